/** `top`: who puts out how much, and what needs somebody; goes on until Ctrl-C on a terminal. */
import type { RangeList, RangeSeries } from '@ocelli/schemas/api/range'
import type { Status } from '@ocelli/schemas/api/status'
import type { Command } from 'commander'
import { durationMs, wholeNumber } from '../arguments.ts'
import { Client } from '../client.ts'
import { type Format, formatOption, print, printOne } from '../format/output.ts'
import { table } from '../format/table.ts'
import { number, plural } from '../format/text.ts'

interface TopOptions {
  readonly follow?: boolean
  readonly interval: string
  readonly limit: string
  readonly output: Format
}

/** Values of one measurement by one device within the last whole minutes. */
interface Row {
  readonly device: string
  readonly name: string
  readonly valuesPerMinute: number
  readonly last: number | undefined
  readonly unit: string
}

const MINUTES = 5

export function addTop(program: Command): void {
  program
    .command('top')
    .summary('show who measures most and what needs attention; -f goes on')
    .description(
      'Devices by state, records a second, what needs attention, and the measurements with the most values a minute. With -f the screen is drawn anew until Ctrl-C; with -o json one document a round.',
    )
    .option('-f, --follow', 'go on, every --interval')
    .option('--interval <duration>', 'with -f: how often', '5s')
    .option('--limit <n>', 'most measurements shown', '20')
    .addOption(formatOption())
    .action(async (options: TopOptions) => {
      const client = Client.fromEnvironment()
      const everyMs = durationMs(options.interval)
      for (;;) {
        const [status, rows] = await Promise.all([client.get<Status>('/status'), busiest(client)])
        show(status, rows.slice(0, wholeNumber(options.limit)), options)
        if (!options.follow) return
        await new Promise((resolve) => setTimeout(resolve, everyMs))
      }
    })
}

async function busiest(client: Client): Promise<Row[]> {
  const toMs = Date.now()
  const query = { fromMs: toMs - MINUTES * 60_000, toMs, resolution: 'minute', groupBy: 'device' }
  const [counts, values] = await Promise.all([
    client.get<RangeList>('/ranges', { query: { ...query, aggregate: 'count' } }),
    client.get<RangeList>('/ranges', { query: { ...query, aggregate: 'last' } }),
  ])
  const last = new Map(values.items.map((series) => [keyOf(series), series.value.at(-1)]))
  const rows = counts.items.map((series) => ({
    device: series.deviceName ?? '',
    name: series.name,
    valuesPerMinute: series.value.reduce((sum, one) => sum + one, 0) / MINUTES,
    last: last.get(keyOf(series)),
    unit: series.unit,
  }))
  return rows.sort((a, b) => b.valuesPerMinute - a.valuesPerMinute || (a.device < b.device ? -1 : 1))
}

const keyOf = ({ device, name, unit }: RangeSeries) => `${device} ${name} ${unit}`

function show(status: Status, rows: readonly Row[], { follow, output }: TopOptions): void {
  const { devices, alerts, telemetry, attention } = status
  const value = { devices, alerts, recordsPerSecond: telemetry.recordsPerSecond, attention, measurements: rows }
  // Home and clear: only a person looks at a screen.
  if (follow && output === 'table' && process.stdout.isTTY) process.stdout.write('\u001b[H\u001b[2J')
  if (follow && output === 'json') print(JSON.stringify(value))
  else printOne(output, value, 'top', () => text(status, rows))
}

function text({ devices, alerts, telemetry, attention }: Status, rows: readonly Row[]): string {
  const gone = devices.lost + devices.offline + devices.unknown
  const lines = [
    `${plural(devices.total, 'device')}: ${devices.online} online, ${gone} not; ${devices.degraded} degraded; ${plural(alerts.firing, 'alert')}; ${number(Math.round(telemetry.recordsPerSecond * 10) / 10)} records/s`,
    ...attention.map((item) => `${item.severity.toUpperCase()}  ${item.text}`),
    '',
    table(rows, [
      { title: 'DEVICE', value: (row) => row.device },
      { title: 'NAME', value: (row) => row.name },
      { title: 'VALUES/MIN', value: (row) => number(Math.round(row.valuesPerMinute * 10) / 10), align: 'right' },
      { title: 'LAST', value: (row) => (row.last === undefined ? undefined : number(row.last)), align: 'right' },
      { title: 'UNIT', value: (row) => row.unit },
    ]),
  ]
  return lines.join('\n')
}
