/** `plan`, `apply`, `label`, `delete`, `approve`, `reject`: changes of intent, shown before they are made. */
import type { ApplyRequest, ApplyResponse, PlanRequest, PlanResponse } from '@ocelli/schemas/api/change'
import { type Command, Option } from 'commander'
import { parseLabelEdits, readInput } from '../arguments.ts'
import { Client } from '../client.ts'
import { EXIT, usageError } from '../exit.ts'
import { type Format, formatOption, note, print, printOne } from '../format/output.ts'
import { cannotBePlaced, changeText } from '../format/plan.ts'
import { plural } from '../format/text.ts'

const fileOption = () =>
  new Option('-f, --file <file>', 'manifest, YAML or JSON; `-` reads standard input').makeOptionMandatory()

export function addChange(program: Command): void {
  program
    .command('plan')
    .summary('show what a manifest would do, and change nothing')
    .description(
      'Shows for each device whether it would get an instance, in which realisation, and if not, all reasons. Ends with exit code 2 when a deployment cannot be placed anywhere or asks for more than it is granted.',
    )
    .addOption(fileOption())
    .addOption(formatOption())
    .action(async (options: { file: string; output: Format }) => {
      const body: PlanRequest = { manifests: readInput(options.file).toString('utf8') }
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
    .addOption(fileOption())
    .option('--if-plan <check>', 'only if the plan is still the one that `ocelli plan` showed')
    .addOption(formatOption())
    .action(async (options: { file: string; ifPlan?: string; output: Format }) => {
      const body: ApplyRequest = {
        manifests: readInput(options.file).toString('utf8'),
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

const DELETABLE: Readonly<Record<string, string>> = {
  deployment: 'deployments',
  fleet: 'fleets',
  device: 'devices',
  'enrolment-token': 'enrolment-tokens',
  'access-token': 'access-tokens',
}

function showPlan(plan: PlanResponse, format: Format): void {
  printOne(format, plan, plan.check, () => plan.changes.map(changeText).join('\n\n'))
  if (format === 'table' || format === 'wide') {
    note(`\nNothing was changed. To do exactly this: ocelli apply -f FILE --if-plan ${plan.check}`)
  }
}

function showApplied(answer: ApplyResponse, format: Format): void {
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
  const touched = plan ? plural(plan.touched.length, 'device') : 'too many devices'
  return `${shown}\n  WAITS FOR A PERSON: touches ${touched}, the limit is ${plan?.maxTouched ?? '?'}\n  to make it: ocelli approve ${change.pending}   to drop it: ocelli reject ${change.pending}`
}
