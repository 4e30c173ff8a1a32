/** `outputs`, `logs` and `events`: what the sensors put out, as it comes or as it was. */
import { LOG_LEVELS, type Output, OutputRecord, type RecordList, StreamReset } from '@ocelli/schemas/api/record'
import { validator } from '@ocelli/schemas/message'
import type { TelemetryRecord } from '@ocelli/schemas/messages/telemetry'
import { type Command, Option } from 'commander'
import { durationMs, wholeNumber } from '../arguments.ts'
import { Client, type Query } from '../client.ts'
import { CliError } from '../exit.ts'
import { type Format, formatOption, note, print, printList } from '../format/output.ts'
import { age, number, timeOfDay } from '../format/text.ts'

interface WatchOptions {
  readonly follow?: boolean
  readonly device?: string
  readonly name?: string
  readonly instance?: string
  readonly tail: string
  readonly level?: string
  readonly search?: string
  readonly since?: string
  readonly shadow?: boolean
  readonly output: Format
}

const OUTPUT_KINDS = ['measurement', 'detections', 'event', 'task', 'lost'] as const

export function addWatch(program: Command): void {
  program
    .command('outputs')
    .summary('show what the sensors put out; -f goes on as it comes')
    .description(
      'Without -f: the latest value of each measurement. With -f: each record as it is committed, until Ctrl-C.',
    )
    .argument('[deployment]', 'only of this deployment')
    .option('-f, --follow', 'go on with new records')
    .option('--device <device>', 'only of this device, name or id')
    .option('--name <name>', 'only this measurement or event')
    .option('--shadow', 'with -f: records of shadow instances as well')
    .option('--tail <n>', 'with -f: start with the last n records', '10')
    .addOption(formatOption())
    .action(async (deployment: string | undefined, options: WatchOptions) => {
      const client = Client.fromEnvironment()
      const query = { deployment, device: options.device, name: options.name }
      if (!options.follow) {
        const { items } = await client.get<{ items: Output[] }>('/outputs', { query })
        showOutputs(items, options.output)
        return
      }
      const role = options.shadow ? 'any' : 'live'
      await follow(client, { ...query, role, kind: OUTPUT_KINDS }, options)
    })

  program
    .command('logs')
    .summary('show log lines of instances; -f goes on as they come')
    .argument('[deployment]', 'only of this deployment')
    .option('-f, --follow', 'go on with new lines')
    .option('--device <device>', 'only of this device, name or id')
    .option('--instance <id>', 'only of this instance')
    .addOption(new Option('--level <level>', 'only lines of this level or a higher one').choices(LOG_LEVELS))
    .option('--search <text>', 'only lines that contain this, in any case of letters')
    .option('--since <duration>', 'only lines of the last 2h, 30m, ...')
    .option('--tail <n>', 'start with the last n lines', '50')
    .addOption(formatOption())
    .action(async (deployment: string | undefined, options: WatchOptions) => {
      const query = {
        deployment,
        device: options.device,
        instance: options.instance,
        kind: options.search === undefined ? (['log', 'task'] as const) : (['log'] as const),
        level: options.level,
        text: options.search,
        role: 'any',
      }
      const client = Client.fromEnvironment()
      if (options.follow) await follow(client, query, options)
      else await showTail(client, query, options)
    })

  program
    .command('events')
    .summary('show events; -f goes on as they come')
    .argument('[deployment]', 'only of this deployment')
    .option('-f, --follow', 'go on with new events')
    .option('--device <device>', 'only of this device, name or id')
    .option('--instance <id>', 'only of this instance')
    .option('--name <name>', 'only events of this name')
    .option('--since <duration>', 'only events of the last 2h, 30m, ...')
    .option('--tail <n>', 'start with the last n events', '50')
    .addOption(formatOption())
    .action(async (deployment: string | undefined, options: WatchOptions) => {
      const { device, instance, name } = options
      const query = { deployment, device, instance, name, kind: ['event', 'task', 'lost'] as const }
      const client = Client.fromEnvironment()
      if (options.follow) await follow(client, query, options)
      else await showTail(client, query, options)
    })
}

function showOutputs(items: readonly Output[], format: Format): void {
  printList(format, {
    rows: items,
    name: (row) => `${row.instance}/${row.name}`,
    empty: 'No measurement yet. See what runs: ocelli get deployments',
    columns: [
      { title: 'DEPLOYMENT', value: (row) => row.deploymentName },
      { title: 'DEVICE', value: (row) => row.deviceName },
      { title: 'IMAGER', value: (row) => row.imager },
      { title: 'NAME', value: (row) => row.name },
      { title: 'VALUE', value: (row) => number(row.value), align: 'right' },
      { title: 'UNIT', value: (row) => row.unit },
      { title: 'AGE', value: (row) => age(Math.max(0, Date.now() - row.observedAtMs)) },
      { title: 'INSTANCE', value: (row) => row.instance, wide: true },
    ],
  })
}

/** The last records; answers the cursor after them. */
async function showTail(client: Client, query: Query, options: WatchOptions): Promise<string> {
  const list = await client.get<RecordList>('/records', {
    query: {
      ...query,
      end: 'newest',
      limit: wholeNumber(options.tail),
      ...(options.since !== undefined && { fromMs: Date.now() - durationMs(options.since) }),
    },
  })
  if (list.items.length === 0 && !options.follow) note('Nothing yet.')
  for (const item of list.items) showRecord(item, options.output)
  return list.cursor
}

const readRecord = validator(OutputRecord)
const readReset = validator(StreamReset)
const RECONNECT_MS = 1000

/** Follows the stream and resumes it after a break at the last record seen, so nothing is shown twice or missed. */
async function follow(client: Client, query: Query, options: WatchOptions): Promise<void> {
  let cursor: string | undefined = await showTail(client, query, options)
  for (;;) {
    try {
      for await (const event of client.stream('/stream', { query, lastEventId: cursor })) {
        if (event.id !== undefined) cursor = event.id
        if (event.event === 'record') {
          const read = readRecord(JSON.parse(event.data))
          if (read.ok) showRecord(read.value, options.output)
          else note(`a record could not be read: ${read.message}`)
        } else if (event.event === 'reset' || event.event === 'dropped') {
          const read = readReset(JSON.parse(event.data))
          if (read.ok) cursor = read.value.cursor
          note(`some records were skipped: ${read.ok ? read.value.reason : event.event}`)
        }
      }
      note('the stream ended; connecting again')
    } catch (error) {
      if (error instanceof CliError && error.code !== 'server.busy') throw error
      note(`the stream broke (${error instanceof Error ? error.message : String(error)}); connecting again`)
    }
    await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS))
  }
}

function showRecord(item: OutputRecord, format: Format): void {
  if (format === 'json') print(JSON.stringify(item))
  else if (format === 'yaml') print(`---\n${JSON.stringify(item)}`)
  else if (format === 'name') print(item.cursor)
  else print(recordLine(item))
}

export function recordLine(item: OutputRecord): string {
  const { record } = item
  const imager = 'imager' in record && record.imager !== undefined ? `/${record.imager}` : ''
  const where = `${item.deviceName}${imager}`
  const what = item.deploymentName ?? '-'
  return `${timeOfDay(item.observedAtMs)}  ${what}  ${where}  ${recordText(record)}`
}

function recordText(record: TelemetryRecord): string {
  switch (record.kind) {
    case 'measurement':
      return `${record.name} ${number(record.value)}${record.unit === '1' ? '' : ` ${record.unit}`}`
    case 'detections':
      return `${record.boxes.length} found: ${record.boxes.map((box) => `${box.class} ${Math.round(box.score * 100)}%`).join(', ')}`
    case 'event':
      return `EVENT ${record.name} (${record.severity}) ${JSON.stringify(record.attributes)}`
    case 'log':
      return `${record.level.toUpperCase()} ${record.context}: ${record.message}`
    case 'task':
      return `task ended with exit code ${record.exitCode}`
    case 'lost':
      return `LOST ${record.count} records (${record.from} to ${record.to}): ${record.reason}`
    default:
      return `a record of kind ${record.kind}, which this version does not know`
  }
}
