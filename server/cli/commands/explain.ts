/** `explain`: why each device got an instance of a deployment, or none. */
import type { Explanation } from '@ocelli/schemas/api/deployment'
import type { Command } from 'commander'
import { Client } from '../client.ts'
import { EXIT, usageError } from '../exit.ts'
import { type Format, formatOption, printOne } from '../format/output.ts'
import { decisionLines } from '../format/plan.ts'

interface ExplainOptions {
  readonly device?: string
  readonly outcome?: string
  readonly output: Format
}

export function addExplain(program: Command): void {
  program
    .command('explain')
    .summary('show why a deployment runs, or not, on each device')
    .description(
      'All reasons with their numbers, and what would have to change. Exit code 2 where it runs nowhere (or not on --device).',
    )
    .argument('<kind-or-name>', '`deployment NAME`, or just NAME')
    .argument('[name]', 'name of the deployment')
    .option('--device <device>', 'only this device, name or id')
    .option('--outcome <outcome>', 'only placed, refused or notTargeted')
    .addOption(formatOption())
    .action(async (first: string, second: string | undefined, options: ExplainOptions) => {
      if (second !== undefined && first !== 'deployment') {
        throw usageError(`${first} cannot be explained`, 'ocelli explain deployment NAME [--device DEVICE]')
      }
      const name = second ?? first
      const found = await Client.fromEnvironment().get<Explanation>(
        `/deployments/${encodeURIComponent(name)}/explain`,
        {
          query: { device: options.device, outcome: options.outcome },
        },
      )
      printOne(options.output, found, found.name, explanationText)
      if (!found.decisions.some((decision) => decision.outcome === 'placed')) process.exitCode = EXIT.notPlaced
    })
}

function explanationText(found: Explanation): string {
  const lines = [`deployment ${found.name}, revision ${found.revision}`, ...decisionLines(found.decisions, [], '  ')]
  const [only] = found.decisions
  if (found.decisions.length !== 1 || !only) return lines.join('\n')
  // One device: every candidate with its score, also those that lost.
  for (const candidate of only.candidates) {
    const verdict = candidate.fits ? `fits, score ${candidate.score ?? '-'}` : 'does not fit'
    lines.push(`  considered ${candidate.realisation} on ${candidate.slot}: ${verdict}`)
    for (const pick of candidate.picked ?? []) lines.push(`    links ${pick}`)
  }
  if (only.outcome === 'notTargeted')
    lines.push(...only.reasons.map((reason) => `  - ${reason.message} [${reason.code}]`))
  return lines.join('\n')
}
