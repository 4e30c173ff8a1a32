/** `explain`: why each device got an instance of a deployment, or none. */
import { writeFileSync } from 'node:fs'
import type { Explanation } from '@ocelli/schemas/api/deployment'
import type { Recording, Replay } from '@ocelli/schemas/api/recording'
import { RECORDING_TYPE } from '@ocelli/schemas/api/recording'
import type { Command } from 'commander'
import { readInput } from '../arguments.ts'
import { Client } from '../client.ts'
import { EXIT, usageError } from '../exit.ts'
import { type Format, formatOption, note, printOne } from '../format/output.ts'
import { decisionLines, exceededText } from '../format/plan.ts'
import { parseDuration } from '../format/text.ts'

interface ExplainOptions {
  readonly device?: string
  readonly outcome?: string
  readonly at?: string
  readonly record?: string
  readonly replay?: string
  readonly output: Format
}

export function addExplain(program: Command): void {
  program
    .command('explain')
    .summary('show why a deployment runs, or not, on each device')
    .description(
      'All reasons with their numbers, and what would have to change. Exit code 2 where it runs nowhere (or not on --device). With --record and --replay a decision can be looked at again anywhere: exit code 1 where the plan is not the same, byte for byte.',
    )
    .argument('<kind-or-name>', '`deployment NAME`, or just NAME')
    .argument('[name]', 'name of the deployment')
    .option('--device <device>', 'only this device, name or id')
    .option('--outcome <outcome>', 'only placed, refused or notTargeted')
    .option('--at <time>', 'what was decided then: 2026-11-21T18:00:00Z, or how long ago: 24h')
    .option('--record <file>', 'also keep everything that decides about placements in this file')
    .option('--replay <file>', 'decide again on such a file instead, whatever is true now')
    .addOption(formatOption())
    .action(async (first: string, second: string | undefined, options: ExplainOptions) => {
      if (second !== undefined && first !== 'deployment') {
        throw usageError(`${first} cannot be explained`, 'ocelli explain deployment NAME [--device DEVICE]')
      }
      const name = second ?? first
      const client = Client.fromEnvironment()
      const found =
        options.replay === undefined ? await ask(client, name, options) : await replay(client, name, options)
      if (options.record !== undefined) await record(client, options.record)
      printOne(options.output, found, found.name, explanationText)
      if (!found.decisions.some((decision) => decision.outcome === 'placed')) process.exitCode ??= EXIT.notPlaced
    })
}

function ask(client: Client, name: string, { device, outcome, at }: ExplainOptions): Promise<Explanation> {
  const query = { device, outcome, atMs: at === undefined ? undefined : timeMs(at) }
  return client.get<Explanation>(`/deployments/${encodeURIComponent(name)}/explain`, { query })
}

function timeMs(text: string): number {
  const agoMs = parseDuration(text)
  const ms = agoMs === undefined ? Date.parse(text) : Date.now() - agoMs
  if (Number.isNaN(ms)) throw usageError(`${text} is no time`, '--at 2026-11-21T18:00:00Z, or --at 24h')
  return ms
}

async function record(client: Client, file: string): Promise<void> {
  const recording = await client.get<Recording>('/recording')
  writeFileSync(file, `${JSON.stringify(recording)}\n`)
  note(`Recorded ${recording.snapshot.devices.length} devices; plan ${recording.planSha256}.`)
}

/** The plan of the recording in the form of an explanation. */
async function replay(
  client: Client,
  name: string,
  { replay: file = '-', device, outcome }: ExplainOptions,
): Promise<Explanation> {
  const body = new Uint8Array(readInput(file))
  const { deployments, same, planSha256 } = await client.post<Replay>('/recording/replay', {
    body,
    headers: { 'content-type': RECORDING_TYPE },
  })
  if (same) note(`The same plan, byte for byte: ${planSha256}.`)
  else {
    note(`NOT the plan that was recorded: ${planSha256}.`)
    process.exitCode = EXIT.failed
  }
  const plan = deployments.find((one) => one.name === name)
  if (!plan) throw usageError(`${file} has no deployment ${name}`)
  const decisions = plan.decisions.filter(
    (one) =>
      (device === undefined || one.device === device || one.name === device) &&
      (outcome === undefined || one.outcome === outcome),
  )
  return { deployment: plan.deployment, name, revision: plan.revision, decisions, held: [] }
}

function explanationText(found: Explanation): string {
  const lines = [
    `deployment ${found.name}, revision ${found.revision}`,
    ...decisionLines(found.decisions, [], '  '),
    ...waitsLines(found),
  ]
  const [only] = found.decisions
  if (found.decisions.length !== 1 || !only) return lines.join('\n')
  // One device: every candidate with its score, also those that lost.
  for (const candidate of only.candidates) {
    const load = candidate.loadPercent === undefined ? '' : `, ${candidate.loadPercent} % of the memory held by others`
    const verdict = candidate.fits ? `fits, score ${candidate.score ?? '-'}${load}` : 'does not fit'
    lines.push(`  considered ${candidate.realisation} on ${candidate.slot}: ${verdict}`)
    for (const pick of candidate.picked ?? []) lines.push(`    links ${pick}`)
  }
  const [held] = found.held
  if (held) lines.push(`  decided ${new Date(held.sinceMs).toISOString()}${untilText(held.untilMs)}`)
  if (only.outcome === 'notTargeted')
    lines.push(...only.reasons.map((reason) => `  - ${reason.message} [${reason.code}]`))
  return lines.join('\n')
}

/** Devices that are waited for have no decision yet. */
function waitsLines({ waits }: Explanation): string[] {
  if (waits === undefined) return []
  const { change, devices, exceeded } = waits
  return [
    `  WAITS FOR A PERSON: ${exceededText(exceeded)}`,
    `    would touch ${devices.slice(0, 20).join(', ')}${devices.length > 20 ? ` and ${devices.length - 20} more` : ''}`,
    `    to make it: ocelli approve ${change}   to see it: ocelli get changes`,
  ]
}

function untilText(untilMs: number | undefined): string {
  return untilMs === undefined ? ', and holds' : `, held until ${new Date(untilMs).toISOString()}`
}
