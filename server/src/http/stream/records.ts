/** `GET /stream`: what was missed since a cursor, then what commits, in one order and without a gap between them. */
import type { StreamQuery, StreamReset } from '@ocelli/schemas/api/record'
import { levelOf, roleOf, searchedTexts } from '../../domain/record-traits.ts'
import type { RecordRow } from '../../domain/records.ts'
import type { Clock } from '../../ports.ts'
import type { RecordQuery, TelemetryStore } from '../../store/store.ts'
import type { RecordView } from '../views/records.ts'
import type { EventStream } from './event-stream.ts'
import type { Feed } from './feed.ts'

/** Most records sent again after a reconnect; who missed more reads them by pages, or reads the last values. */
export const RESUME_WINDOW = 10_000
const PAGE = 1_000

export interface StreamPorts {
  readonly store: Pick<TelemetryStore, 'records'>
  readonly feed: Feed
  readonly clock: Clock
}

/** Filters of a query with its names resolved. */
export type StreamFilter = Pick<
  RecordQuery,
  'project' | 'kinds' | 'device' | 'deployment' | 'instance' | 'name' | 'role' | 'minLevel' | 'text'
>

/** Runs until the client goes or is let go. `view` writes a row as the API shows it. */
export async function streamRecords(
  ports: StreamPorts,
  client: EventStream,
  filter: StreamFilter,
  after: StreamQuery['after'],
  view: RecordView,
): Promise<void> {
  const queue: RecordRow[] = []
  let live = false
  let sending: Promise<void> = Promise.resolve()
  const sendAll = async (rows: readonly RecordRow[]) => {
    for (const row of rows) if (!client.send('record', await view(row), row.cursor)) return
  }
  const { cursor, end } = await ports.feed.follow(filter.project, (rows) => {
    const wanted = rows.filter((row) => matches(filter, row))
    if (live) sending = sending.then(() => sendAll(wanted)).catch(() => client.end())
    else if (queue.length + wanted.length <= RESUME_WINDOW) queue.push(...wanted)
    else client.drop(`${queue.length} records wait while older ones are sent`)
  })
  client.onClose(end)
  if (!client.open) return end()
  try {
    if (after !== undefined) await resume(ports, client, filter, after, cursor, queue, sendAll)
    live = true
    sending = sendAll(queue.splice(0))
    await sending
    client.send('ready', { cursor }, after === undefined ? cursor : undefined)
  } catch (error) {
    end()
    client.end()
    throw error
  }
}

/** Sends what committed after the cursor; rows that the feed brought meanwhile are taken out of `queue`. */
async function resume(
  { store }: StreamPorts,
  client: EventStream,
  filter: StreamFilter,
  after: string,
  feedCursor: string,
  queue: RecordRow[],
  sendAll: (rows: readonly RecordRow[]) => Promise<void>,
): Promise<void> {
  const sent = new Set<string>()
  for (let from = after; client.open && from !== feedCursor; ) {
    const rows = await store.records({ ...filter, after: from, end: 'oldest', limit: PAGE })
    await sendAll(rows)
    await client.drained()
    for (const row of rows) sent.add(row.cursor)
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) break
    from = last.cursor
    if (sent.size >= RESUME_WINDOW) {
      const reset: StreamReset = { reason: `more than ${RESUME_WINDOW} records were missed`, cursor: feedCursor }
      client.send('reset', reset, feedCursor)
      break
    }
  }
  const rest = queue.filter((row) => !sent.has(row.cursor))
  queue.splice(0, queue.length, ...rest)
}

function matches(filter: StreamFilter, row: RecordRow): boolean {
  const { record } = row
  return (
    (filter.kinds === undefined || filter.kinds.includes(record.kind)) &&
    (filter.device === undefined || filter.device === row.device) &&
    (filter.deployment === undefined || filter.deployment === row.deployment) &&
    (filter.instance === undefined || ('instance' in record && record.instance === filter.instance)) &&
    (filter.name === undefined || ('name' in record && record.name === filter.name)) &&
    (filter.role === undefined || filter.role === roleOf(record)) &&
    (filter.minLevel === undefined || (levelOf(record) ?? filter.minLevel) >= filter.minLevel) &&
    (filter.text === undefined || mentions(record, filter.text))
  )
}

function mentions(record: RecordRow['record'], text: string): boolean {
  const wanted = text.toLowerCase()
  return searchedTexts(record).some((one) => one.toLowerCase().includes(wanted))
}
