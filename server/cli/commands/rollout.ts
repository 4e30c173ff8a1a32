/** `rollout`: list and follow rollouts, and say what a verb will do before it is done. */
import { createInterface } from 'node:readline/promises'
import {
  ROLLOUT_VERBS,
  type RolloutDetail,
  type RolloutDevice,
  type RolloutEffect,
  type RolloutSummary,
  type RolloutVerb,
} from '@ocelli/schemas/api/rollout'
import type { Command } from 'commander'
import { wholeNumber } from '../arguments.ts'
import { Client } from '../client.ts'
import { EXIT, usageError } from '../exit.ts'
import { type Format, formatOption, note, printList, printOne } from '../format/output.ts'
import {
  countsText,
  detailText,
  deviceLines,
  effectText,
  endText,
  outcomeCode,
  progressBar,
  progressLine,
} from '../format/rollout.ts'

const SUMMARIES: Readonly<Record<RolloutVerb, string>> = {
  pause: 'release no further device until it is resumed',
  resume: 'go on; failures so far count no more',
  approve: 'open the wave that waits for a person',
  abort: 'end it: no device starts the revision any more; those that run it keep it',
  'roll-back': 'take every device back to what it ran before',
  promote: 'open all waves now, whatever gates and approvals are left',
}

const EXIT_CODES = `
Exit codes of status: 0 the revision is out; 1 it is out, but failed on some devices; 3 paused or waiting for approval: a
person decides; 4 rolled back; 5 aborted; 6 a later revision was made.`

/** How long one request of a follower waits for news. */
const WAIT_MS = 10_000

export function addRollout(program: Command): void {
  const rollout = program.command('rollout').summary('follow and steer how a revision reaches the devices')
  rollout
    .command('list')
    .summary('list the newest rollout of each deployment')
    .option('--all', 'earlier ones as well')
    .option('--deployment <name>', 'only of this deployment')
    .addOption(formatOption())
    .action(async ({ all, deployment, output }: { all?: boolean; deployment?: string; output: Format }) => {
      const query = { ...(all && { all: 'true' }), deployment }
      const { items } = await Client.fromEnvironment().get<{ items: RolloutSummary[] }>('/rollouts', { query })
      printList(output, {
        rows: items,
        columns: [
          { title: 'NAME', value: (row) => row.name },
          { title: 'REVISION', value: (row) => row.revision, align: 'right' },
          { title: 'FROM', value: (row) => row.from, align: 'right' },
          { title: 'PHASE', value: (row) => row.phase },
          { title: 'WAVE', value: (row) => `${row.wave} of ${row.waves}` },
          { title: 'DEVICES', value: countsText },
          { title: 'ACTOR', value: (row) => row.actor, wide: true },
          { title: 'WHY', value: (row) => row.reasons.join('; '), wide: true },
        ],
        name: (row) => row.name,
        empty: 'No rollouts: `ocelli apply -f deployment.yaml` makes one with each revision.',
      })
    })

  rollout
    .command('status')
    .summary('follow a rollout to its end; the exit code tells the outcome')
    .argument('<name>', 'name of the deployment')
    .option('--no-follow', 'show it as it is now; the exit code is 0 while it goes on')
    .option('--revision <number>', 'an earlier rollout', wholeNumber)
    .addOption(formatOption())
    .addHelpText('after', EXIT_CODES)
    .action(async (name: string, options: { follow: boolean; revision?: number; output: Format }) => {
      const client = Client.fromEnvironment()
      const shown = await (options.follow ? follow(client, name, options.revision) : getRollout(client, name, options))
      const { items } = await client.get<{ items: RolloutDevice[] }>(`${pathOf(name)}/devices`, {
        query: { revision: options.revision },
      })
      printOne(options.output, { ...shown, devices: items }, shown.name, () => detailText(shown, items))
      process.exitCode = outcomeCode(shown) ?? EXIT.done
    })

  for (const verb of ROLLOUT_VERBS) addVerb(rollout, verb)
}

function addVerb(rollout: Command, verb: RolloutVerb): void {
  rollout
    .command(verb)
    .summary(SUMMARIES[verb])
    .description(`Says first what it does to devices that have the revision, that wait, and that are absent.`)
    .argument('<name>', 'name of the deployment')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'only say what it would do')
    .addOption(formatOption())
    .action(async (name: string, options: { yes?: boolean; dryRun?: boolean; output: Format }) => {
      const client = Client.fromEnvironment()
      const ask = (dryRun: boolean) =>
        client.post<RolloutEffect>(`${pathOf(name)}/${verb}`, { query: { dryRun: String(dryRun) } })
      const effect = await ask(true)
      if (options.dryRun) return printOne(options.output, effect, effect.name, effectText)
      if (!options.yes) {
        note(effectText(effect))
        if (!process.stdin.isTTY) throw usageError('nobody can be asked here', `ocelli rollout ${verb} ${name} --yes`)
        if (!(await isAgreed())) return note('Nothing was done.')
      }
      printOne(options.output, await ask(false), effect.name, effectText)
    })
}

async function isAgreed(): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await terminal.question('Do it? [y/N] ')).trim())
  } finally {
    terminal.close()
  }
}

function getRollout(client: Client, name: string, query: { readonly revision?: number; readonly after?: string }) {
  const wait = query.after === undefined ? {} : { waitMs: WAIT_MS }
  return client.get<RolloutDetail>(pathOf(name), { query: { revision: query.revision, after: query.after, ...wait } })
}

/** Until it ended or a person must act. On a terminal one line is drawn anew; elsewhere each change is a line. */
async function follow(client: Client, name: string, revision: number | undefined): Promise<RolloutDetail> {
  const lines = new ProgressLines()
  const which = revision === undefined ? {} : { revision }
  for (let shown = await getRollout(client, name, which); ; ) {
    lines.show(shown)
    if (outcomeCode(shown) !== undefined) {
      await tellFailures(client, shown, lines)
      lines.end(endText(shown))
      return shown
    }
    shown = await getRollout(client, name, { ...which, after: shown.check })
  }
}

/** On a terminal the table below shows them too; in a log they stand where they happened. */
async function tellFailures(client: Client, { name, revision, counts }: RolloutDetail, lines: ProgressLines) {
  if (counts.failed === 0) return
  const query = { revision, progress: 'failed' }
  const { items } = await client.get<{ items: RolloutDevice[] }>(`${pathOf(name)}/devices`, { query })
  for (const device of items.slice(0, 10)) for (const line of deviceLines(device)) lines.add(line.trim())
}

class ProgressLines {
  readonly #onTerminal = process.stderr.isTTY === true
  #last = ''

  show(rollout: RolloutDetail): void {
    const [reason] = rollout.reasons
    const line = this.#onTerminal
      ? `${progressBar(rollout)} ${rollout.phase}, wave ${rollout.wave} of ${rollout.waves}`
      : progressLine(rollout)
    const text = reason === undefined ? line : `${line}; ${reason}`
    if (!this.#onTerminal) {
      // Times go on in every reason: a line each second would say nothing new.
      if (line !== this.#last) note(text)
      this.#last = line
      return
    }
    const width = process.stderr.columns ?? 80
    process.stderr.write(`\r\u001b[K${text.slice(0, width - 1)}`)
  }

  add(line: string): void {
    if (this.#onTerminal) process.stderr.write('\r\u001b[K')
    note(line)
  }

  end(text: string): void {
    this.add(text)
  }
}

function pathOf(name: string): string {
  return `/rollouts/${encodeURIComponent(name)}`
}
