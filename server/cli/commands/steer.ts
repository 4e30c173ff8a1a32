/** `drain`, `undrain`, `taint`, `pin`, `unpin`: what a person decides about single devices. */
import type { ApplyResponse, PlanRequest, PlanResponse } from '@ocelli/schemas/api/change'
import type { Command } from 'commander'
import { parseLabelEdits, wholeNumber } from '../arguments.ts'
import { Client } from '../client.ts'
import { usageError } from '../exit.ts'
import { type Format, formatOption } from '../format/output.ts'
import { DRAIN_TAINT, showApplied, showPlan } from './change.ts'

interface SteerOptions {
  readonly plan?: boolean
  readonly output: Format
}

export function addSteer(program: Command): void {
  const command = (name: string, summary: string) =>
    program
      .command(name)
      .summary(summary)
      .option('--plan', 'show what would change, and change nothing')
      .addOption(formatOption())

  command('drain', 'move everything off a device and keep it free')
    .description(
      'Sets the taint `drain`: every deployment that does not tolerate it leaves the device; replicas go to others.',
    )
    .argument('<devices...>', 'names or ids')
    .action((devices: string[], options: SteerOptions) => make(taints(devices, { [DRAIN_TAINT]: '' }), options))

  command('undrain', 'let a drained device be used again')
    .argument('<devices...>', 'names or ids')
    .action((devices: string[], options: SteerOptions) => make(taints(devices, { [DRAIN_TAINT]: null }), options))

  command('taint', 'set or remove taints of a device: what does not tolerate them leaves it')
    .argument('<device>', 'name or id')
    .argument('<edits...>', '`key` or `key=value` sets, `key-` removes')
    .action((device: string, edits: string[], options: SteerOptions) => {
      const pairs = edits.map((edit) => (edit.includes('=') || edit.endsWith('-') ? edit : `${edit}=`))
      return make(taints([device], parseLabelEdits(pairs)), options)
    })

  command('pin', 'hold a device at a revision of a deployment, whatever rollouts do')
    .argument('<deployment>', 'name')
    .argument('<device>', 'name or id')
    .argument('<revision>', 'number, from `ocelli describe deployment NAME`')
    .action((deployment: string, device: string, revision: string, options: SteerOptions) =>
      make({ pins: [{ deployment, device, revision: wholeNumber(revision) }] }, options),
    )

  command('unpin', 'let a device follow its deployment again')
    .argument('<deployment>', 'name')
    .argument('<device>', 'name or id')
    .action((deployment: string, device: string, options: SteerOptions) =>
      make({ pins: [{ deployment, device, revision: null }] }, options),
    )
}

function taints(devices: readonly string[], edit: Record<string, string | null>): PlanRequest {
  if (devices.length === 0) throw usageError('no device is named')
  return { taints: devices.map((device) => ({ device, taints: edit })) }
}

async function make(body: PlanRequest, options: SteerOptions): Promise<void> {
  const client = Client.fromEnvironment()
  if (options.plan) showPlan(await client.post<PlanResponse>('/plan', { body }), options.output)
  else showApplied(await client.post<ApplyResponse>('/apply', { body }), options.output)
}
