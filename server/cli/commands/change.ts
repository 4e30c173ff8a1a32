/** `plan`, `apply`, `label`, `delete`, `approve`, `reject`: changes of intent, shown before they are made. */
import type { ApplyRequest, ApplyResponse, PlanRequest, PlanResponse } from '@ocelli/schemas/api/change'
import type { ImagerId } from '@ocelli/schemas/ids'
import type { Command } from 'commander'
import { collect, parseLabelEdits, readInput } from '../arguments.ts'
import { Client } from '../client.ts'
import { EXIT, usageError } from '../exit.ts'
import { type Format, formatOption, note, print, printOne } from '../format/output.ts'
import { cannotBePlaced, changeText, exceededTexts, planText } from '../format/plan.ts'

/** Set by `drain`; a deployment stays only if it tolerates it. */
export const DRAIN_TAINT = 'drain'

export function addChange(program: Command): void {
  program
    .command('plan')
    .summary('show what changes would do together, and change nothing')
    .description(
      'Any set of changes at once: a manifest, labels, drained or added devices, imagers gone. Shows for each device whether it would get an instance, in which realisation, and if not, all reasons. Ends with exit code 2 when a deployment cannot be placed anywhere or asks for more than it is granted.',
    )
    .option('-f, --file <file>', 'manifest, YAML or JSON; `-` reads standard input')
    .option('--label <device:key=value>', 'with this label set; `device:key-` removes one; may be repeated', collect)
    .option('--drain <device>', 'with this device drained; may be repeated', collect)
    .option('--without-imager <device/imager>', 'as if this imager were gone; may be repeated', collect)
    .option('--add-device <file>', 'as if there were the devices of this JSON file; may be repeated', collect)
    .addOption(formatOption())
    .action(async (options: WhatIf & { output: Format }) => {
      const body = planRequest(options)
      const plan = await Client.fromEnvironment().post<PlanResponse>('/plan', { body })
      showPlan(plan, options.output)
      if (plan.changes.some((change) => cannotBePlaced(change.plan))) process.exitCode = EXIT.notPlaced
    })

  program
    .command('apply')
    .summary('make a manifest true')
    .description(
      'Shows the devices it touches, then makes the change. A change that touches more devices than maxTouched waits for a person (exit code 3).',
    )
    .option('-f, --file <file>', 'manifest, YAML or JSON; `-` reads standard input')
    .option('--label <device:key=value>', 'and set this label; `device:key-` removes one; may be repeated', collect)
    .option('--drain <device>', 'and drain this device; may be repeated', collect)
    .option('--if-plan <check>', 'only if the plan is still the one that `ocelli plan` showed')
    .addOption(formatOption())
    .action(async (options: Intent & { ifPlan?: string; output: Format }) => {
      const body: ApplyRequest = {
        ...applyRequest(options),
        ...(options.ifPlan === undefined ? {} : { ifPlan: options.ifPlan }),
      }
      showApplied(await Client.fromEnvironment().post<ApplyResponse>('/apply', { body }), options.output)
    })

  program
    .command('label')
    .summary('set or remove labels of a device; placements follow')
    .argument('<device>', 'name or id')
    .argument('<edits...>', '`key=value` sets, `key-` removes')
    .option('--plan', 'show what would change, and change nothing')
    .addOption(formatOption())
    .action(async (device: string, edits: string[], options: { plan?: boolean; output: Format }) => {
      const labels = parseLabelEdits(edits)
      const client = Client.fromEnvironment()
      if (options.plan) {
        const body: PlanRequest = { labels: [{ device, labels }] }
        showPlan(await client.post<PlanResponse>('/plan', { body }), options.output)
      } else {
        const path = `/devices/${encodeURIComponent(device)}/labels`
        showApplied(await client.patch<ApplyResponse>(path, { body: { labels } }), options.output)
      }
    })

  program
    .command('delete')
    .summary('delete a deployment, a fleet, a device, or revoke a token')
    .argument('<kind>', 'deployment, fleet, device, enrolment-token or access-token')
    .argument('<name>', 'its name or id')
    .addOption(formatOption())
    .action(async (kind: string, name: string, options: { output: Format }) => {
      const folder = DELETABLE[kind]
      if (!folder) throw usageError(`${kind} cannot be deleted`, `one of: ${Object.keys(DELETABLE).join(', ')}`)
      const done = await Client.fromEnvironment().delete<ApplyResponse | undefined>(
        `/${folder}/${encodeURIComponent(name)}`,
      )
      if (done) showApplied(done, options.output)
      else note(`Revoked ${name}.`)
    })

  program
    .command('approve')
    .summary('make a change that waits for a person')
    .argument('<change>', 'id, from `ocelli get changes`')
    .addOption(formatOption())
    .action(async (id: string, options: { output: Format }) => {
      const done = await Client.fromEnvironment().post<ApplyResponse>(`/changes/${encodeURIComponent(id)}/approve`)
      showApplied(done, options.output)
    })

  program
    .command('reject')
    .summary('drop a change that waits for a person')
    .argument('<change>', 'id, from `ocelli get changes`')
    .action(async (id: string) => {
      await Client.fromEnvironment().post(`/changes/${encodeURIComponent(id)}/reject`)
      note(`Dropped ${id}; nothing was changed.`)
    })
}

interface Intent {
  readonly file?: string
  readonly label?: readonly string[]
  readonly drain?: readonly string[]
}

interface WhatIf extends Intent {
  readonly withoutImager?: readonly string[]
  readonly addDevice?: readonly string[]
}

function applyRequest({ file, label, drain }: Intent): ApplyRequest {
  const body: ApplyRequest = {
    ...(file !== undefined && { manifests: readInput(file).toString('utf8') }),
    ...(label && { labels: label.map(deviceLabel) }),
    ...(drain && { taints: drain.map((device) => ({ device, taints: { [DRAIN_TAINT]: '' } })) }),
  }
  if (Object.keys(body).length > 0) return body
  throw usageError('nothing to apply', 'ocelli apply -f deployment.yaml')
}

function planRequest({ withoutImager, addDevice, ...intent }: WhatIf): PlanRequest {
  const { file, label, drain } = intent
  const body: PlanRequest = {
    ...((file ?? label ?? drain) && applyRequest(intent)),
    ...(withoutImager && { withoutImagers: withoutImager.map(deviceImager) }),
    ...(addDevice && { addDevices: addDevice.flatMap(devicesIn) }),
  }
  if (Object.keys(body).length > 0) return body
  throw usageError('nothing to plan', 'ocelli plan -f deployment.yaml --drain DEVICE')
}

function deviceLabel(text: string) {
  const at = text.indexOf(':')
  if (at < 1) throw usageError(`${text} is no label of a device`, '--label device-1:floor=2')
  return { device: text.slice(0, at), labels: parseLabelEdits([text.slice(at + 1)]) }
}

function deviceImager(text: string) {
  const at = text.indexOf('/')
  if (at < 1) throw usageError(`${text} is no imager of a device`, '--without-imager device-1/cam0')
  return { device: text.slice(0, at), imager: text.slice(at + 1) as ImagerId }
}

/** One device or a list; the server checks what is in them. */
function devicesIn(file: string): NonNullable<PlanRequest['addDevices']> {
  try {
    const read: unknown = JSON.parse(readInput(file).toString('utf8'))
    return (Array.isArray(read) ? read : [read]) as NonNullable<PlanRequest['addDevices']>
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw usageError(
      `${file} is no JSON: ${cause.message}`,
      'ocelli get device NAME -o json has an inventory to start from',
    )
  }
}

const DELETABLE: Readonly<Record<string, string>> = {
  deployment: 'deployments',
  fleet: 'fleets',
  device: 'devices',
  'enrolment-token': 'enrolment-tokens',
  'access-token': 'access-tokens',
}

export function showPlan(plan: PlanResponse, format: Format): void {
  printOne(format, plan, plan.check, () => planText(plan))
  if (format === 'table' || format === 'wide') {
    const assumed = plan.changes.some((change) => change.kind === 'assume')
    const next = `To do exactly this: ocelli apply ... --if-plan ${plan.check}`
    note(`\nNothing was changed. ${assumed ? 'Some facts were only assumed.' : next}`)
  }
}

export function showApplied(answer: ApplyResponse, format: Format): void {
  if (format === 'json' || format === 'yaml') printOne(format, answer, '', () => '')
  else for (const change of answer.changes) print(appliedText(change, format === 'name'))
  const waiting = answer.changes.some((change) => change.outcome === 'pending')
  const unplaced = answer.changes.some((change) => change.plan !== undefined && cannotBePlaced(change.plan))
  if (waiting) process.exitCode = EXIT.waiting
  else if (unplaced) process.exitCode = EXIT.notPlaced
}

function appliedText(change: ApplyResponse['changes'][number], nameOnly: boolean): string {
  if (nameOnly) return change.pending ?? change.name
  const { plan } = change
  if (change.outcome === 'unchanged') return `${change.name}: unchanged`
  if (change.outcome === 'skipped') return `${change.name}: not tried, a change before it waits for a person`
  const shown = plan ? changeText({ kind: change.kind, name: change.name, plan }) : change.name
  if (change.outcome === 'applied') return `${shown}\n  applied`
  const why = plan ? exceededTexts(plan).join('; ') : 'touches too many devices'
  return `${shown}\n  WAITS FOR A PERSON: ${why}\n  to make it: ocelli approve ${change.pending}   to drop it: ocelli reject ${change.pending}`
}
