/** `alerts`: what fires, by which rules, who is told, and what could not be told. Rules are applied as manifests. */
import type { Alert, AlertRule, Delivery, Receiver, TestFired } from '@ocelli/schemas/api/alert'
import { type Command, Option } from 'commander'
import { collect, durationMs } from '../arguments.ts'
import { Client, type Query } from '../client.ts'
import { usageError } from '../exit.ts'
import { type Format, formatOption, note, print, printList, printOne } from '../format/output.ts'
import { age, plural } from '../format/text.ts'

interface ListOptions {
  readonly follow?: boolean
  readonly state: readonly string[]
  readonly device?: string
  readonly rule?: string
  readonly output: Format
}

interface Named {
  readonly output: Format
}

/** Between looks with -f. */
const EVERY_MS = 3_000
const STATES = ['pending', 'firing', 'resolved']

export function addAlerts(program: Command): void {
  const alerts = program
    .command('alerts')
    .summary('list alerts; -f goes on; subcommands take them on, silence and try them')
    .description('Without a subcommand: alerts that fire or may fire. Rules are manifests: ocelli apply -f alert.yaml')
    .option('-f, --follow', 'go on with what changes')
    .addOption(
      new Option('--state <state>', 'only in this state (repeatable): pending, firing or resolved')
        .argParser((value: string, before: readonly string[]) => oneOfStates(value, before))
        .default([]),
    )
    .option('--device <device>', 'only of this device, name or id')
    .option('--rule <name>', 'only of this rule')
    .addOption(formatOption())
    .action(async (options: ListOptions) => {
      const client = Client.fromEnvironment()
      const query = { state: options.state, device: options.device, rule: options.rule }
      if (options.follow) await follow(client, query, options.output)
      else await showAlerts(client, query, options.output)
    })
  addAnswers(alerts)
  addReceivers(alerts)
}

function oneOfStates(value: string, before: readonly string[]): readonly string[] {
  if (!STATES.includes(value)) throw usageError(`${value} is no state of an alert`, `--state ${STATES.join(', ')}`)
  return collect(value, before)
}

async function showAlerts(client: Client, query: Query, format: Format): Promise<void> {
  const { items } = await client.get<{ items: Alert[] }>('/alerts', { query })
  printList(format, {
    rows: items,
    name: (row) => row.id,
    empty: 'Nothing fires.',
    columns: [
      { title: 'ALERT', value: (row) => row.id },
      { title: 'STATE', value: (row) => row.state },
      { title: 'SEVERITY', value: (row) => row.severity },
      { title: 'RULE', value: (row) => row.rule },
      { title: 'DEVICE', value: (row) => row.deviceName },
      { title: 'SINCE', value: (row) => `${age(Math.max(0, Date.now() - row.sinceMs))} ago` },
      { title: 'TAKEN BY', value: (row) => row.acknowledged?.by },
      { title: 'WHAT', value: (row) => row.summary },
    ],
  })
}

/** Each alert once for each state that it comes to. */
async function follow(client: Client, query: Query, format: Format): Promise<void> {
  const seen = new Map<string, string>()
  const states = Array.isArray(query.state) && query.state.length > 0 ? query.state : STATES
  let fromMs: number | undefined
  for (;;) {
    const { items } = await client.get<{ items: Alert[] }>('/alerts', {
      query: { ...query, state: states, limit: 1_000 },
    })
    for (const alert of [...items].reverse()) {
      const before = seen.get(alert.id)
      seen.set(alert.id, alert.state)
      // What was over before the command began is history.
      if (before === alert.state || (fromMs === undefined && alert.state === 'resolved')) continue
      print(format === 'json' ? JSON.stringify(alert) : format === 'name' ? alert.id : line(alert))
    }
    fromMs ??= Date.now()
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
  }
}

function line({ state, severity, rule, deviceName, summary, id }: Alert): string {
  return `${new Date().toISOString()}  ${state.toUpperCase()}  ${severity}  ${rule}  ${deviceName}  ${summary}  ${id}`
}

function addAnswers(alerts: Command): void {
  alerts
    .command('rules')
    .summary('list the rules by which alerts fire')
    .addOption(formatOption())
    .action(async (options: Named) => {
      const { items } = await Client.fromEnvironment().get<{ items: AlertRule[] }>('/alert-rules')
      printList(options.output, {
        rows: items,
        name: (row) => row.name,
        empty: 'No rules yet. Write one of kind Alert, then: ocelli apply -f alert.yaml',
        columns: [
          { title: 'RULE', value: (row) => row.name },
          { title: 'CONDITION', value: (row) => Object.keys(row.spec.condition).join() },
          { title: 'SEVERITY', value: (row) => row.spec.severity ?? 'warning' },
          { title: 'FIRING', value: (row) => row.firing, align: 'right' },
          { title: 'PENDING', value: (row) => row.pending, align: 'right' },
          { title: 'TELLS', value: (row) => row.spec.notify?.join() },
          { title: 'SILENT FOR', value: (row) => silence(row.mutedUntilMs) },
        ],
      })
    })
  alerts
    .command('ack')
    .summary('say that you take an alert on')
    .argument('<alert>', 'id')
    .option('--note <text>', 'what you are about to do')
    .action(async (id: string, options: { note?: string }) => {
      const alert = await Client.fromEnvironment().post<Alert>(`/alerts/${encodeURIComponent(id)}/acknowledge`, {
        body: { ...(options.note !== undefined && { note: options.note }) },
      })
      note(`${alert.rule} on ${alert.deviceName} is yours`)
    })
  alerts
    .command('mute')
    .summary('tell nobody of an alert or a rule for a while')
    .argument('<what>', 'id of an alert, or name of a rule')
    .requiredOption('--for <duration>', 'how long, as in 2h')
    .action(async (what: string, options: { for: string }) => {
      await Client.fromEnvironment().post(`${pathOf(what)}/mute`, { body: { forMs: durationMs(options.for) } })
      note(`${what} is silent for ${options.for}`)
    })
  alerts
    .command('unmute')
    .summary('end such a silence')
    .argument('<what>', 'id of an alert, or name of a rule')
    .action(async (what: string) => {
      await Client.fromEnvironment().delete(`${pathOf(what)}/mute`)
      note(`${what} is told again`)
    })
  alerts
    .command('test')
    .summary('send a test message to the receivers of a rule')
    .argument('<rule>', 'name')
    .action(async (rule: string) => {
      const path = `/alert-rules/${encodeURIComponent(rule)}/test`
      const { deliveries } = await Client.fromEnvironment().post<TestFired>(path)
      note(`${plural(deliveries.length, 'message is', 'messages are')} on the way; see: ocelli alerts deliveries --all`)
    })
}

/** An id of an alert cannot be a name: names have no two parts of this length. */
function pathOf(what: string): string {
  return /^a-[a-z2-7]{16}$/.test(what) ? `/alerts/${what}` : `/alert-rules/${encodeURIComponent(what)}`
}

function silence(untilMs: number | undefined): string | undefined {
  return untilMs === undefined || untilMs <= Date.now() ? undefined : age(untilMs - Date.now())
}

function addReceivers(alerts: Command): void {
  alerts
    .command('receivers')
    .summary('list the webhooks to which alerts are told')
    .addOption(formatOption())
    .action(async (options: Named) => {
      const { items } = await Client.fromEnvironment().get<{ items: Receiver[] }>('/receivers')
      printList(options.output, {
        rows: items,
        name: (row) => row.name,
        empty: 'Nobody is told. Make one: ocelli alerts add-receiver NAME URL',
        columns: [
          { title: 'NAME', value: (row) => row.name },
          { title: 'URL', value: (row) => row.url },
          { title: 'WAITING', value: (row) => row.pending, align: 'right' },
          { title: 'GIVEN UP', value: (row) => row.dead, align: 'right' },
        ],
      })
    })
  alerts
    .command('add-receiver')
    .summary('make or change a webhook; prints the new key of its signatures once')
    .argument('<name>', 'as rules name it under `notify`')
    .argument('<url>', 'where messages are posted')
    .addOption(formatOption())
    .action(async (name: string, url: string, options: Named) => {
      const path = `/receivers/${encodeURIComponent(name)}`
      const made = await Client.fromEnvironment().put<Receiver & { secret: string }>(path, { body: { url } })
      note('The key of its signatures is shown once; messages are signed as Standard Webhooks 1.0 says.')
      printOne(options.output, made, made.name, ({ secret }) => secret)
    })
  alerts
    .command('remove-receiver')
    .summary('delete a webhook; what waits for it is given up')
    .argument('<name>', 'name')
    .action(async (name: string) => {
      await Client.fromEnvironment().delete(`/receivers/${encodeURIComponent(name)}`)
      note(`${name} is told nothing more`)
    })
  alerts
    .command('deliveries')
    .summary('list messages that were given up')
    .option('--all', 'those under way and delivered as well')
    .option('--receiver <name>', 'only for this one')
    .addOption(formatOption())
    .action(async (options: Named & { all?: boolean; receiver?: string }) => {
      const state = options.all ? ['pending', 'delivered', 'dead'] : ['dead']
      const query = { state, receiver: options.receiver }
      const { items } = await Client.fromEnvironment().get<{ items: Delivery[] }>('/deliveries', { query })
      printList(options.output, {
        rows: items,
        name: (row) => row.id,
        empty: options.all ? 'No message yet.' : 'No message was given up.',
        columns: [
          { title: 'DELIVERY', value: (row) => row.id },
          { title: 'STATE', value: (row) => row.state },
          { title: 'RECEIVER', value: (row) => row.receiver },
          { title: 'EVENT', value: (row) => row.event },
          { title: 'ATTEMPTS', value: (row) => row.attempts, align: 'right' },
          { title: 'AGE', value: (row) => age(Math.max(0, Date.now() - row.createdAtMs)) },
          { title: 'WHAT', value: (row) => row.summary },
          { title: 'WHY', value: (row) => row.lastError },
        ],
      })
    })
  alerts
    .command('retry')
    .summary('send a message again that was given up')
    .argument('<delivery>', 'id, from `ocelli alerts deliveries`')
    .action(async (id: string) => {
      await Client.fromEnvironment().post(`/deliveries/${encodeURIComponent(id)}/retry`)
      note(`${id} is sent again`)
    })
}
