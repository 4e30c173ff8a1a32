/**
 * The live stream of records. A browser's own EventSource cannot carry the Authorization header, so the events are
 * read from a fetch; like EventSource it comes back after a break and goes on behind the last record it has.
 */
import { authorisedFetch } from './client.ts'
import { knownRecords, type OutputRecord } from './records.ts'

export interface StreamFilter {
  readonly kind?: readonly string[]
  readonly device?: string
  readonly deployment?: string
  readonly instance?: string
  readonly level?: string
  readonly text?: string
  readonly name?: string
}

export interface StreamHandlers {
  readonly onRecords: (records: readonly OutputRecord[]) => void
  /** Records were missed: what is shown must be read again. */
  readonly onReset?: () => void
  readonly onState?: (state: 'live' | 'connecting') => void
}

const RETRY_MS = 1_000
const LONGEST_RETRY_MS = 15_000
/** Records are handed over together, so that a thousand a second do not draw a page a thousand times. */
const HAND_OVER_MS = 200

/** Reads until the returned function is called. */
export function followRecords(filter: StreamFilter, handlers: StreamHandlers): () => void {
  const ended = new AbortController()
  let cursor = ''
  let waiting: OutputRecord[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const handOver = () => {
    timer = undefined
    const records = waiting
    waiting = []
    if (records.length > 0 && !ended.signal.aborted) handlers.onRecords(records)
  }
  const take = (event: string, data: string, id: string) => {
    if (id !== '') cursor = id
    if (event === 'record') {
      waiting.push(...knownRecords([JSON.parse(data)]))
      timer ??= setTimeout(handOver, HAND_OVER_MS)
    } else if (event === 'ready') handlers.onState?.('live')
    else if (event === 'reset') handlers.onReset?.()
  }
  const run = async () => {
    let waitMs = RETRY_MS
    while (!ended.signal.aborted) {
      handlers.onState?.('connecting')
      try {
        await readOnce(addressOf(filter), cursor, ended.signal, (event, data, id) => {
          waitMs = RETRY_MS
          take(event, data, id)
        })
      } catch {
        // Silence or a break: tried again below.
      }
      await pause(waitMs, ended.signal)
      waitMs = Math.min(waitMs * 2, LONGEST_RETRY_MS)
    }
  }
  void run()
  return () => {
    ended.abort()
    clearTimeout(timer)
  }
}

function addressOf(filter: StreamFilter): string {
  const query = new URLSearchParams()
  for (const kind of filter.kind ?? []) query.append('kind', kind)
  for (const key of ['device', 'deployment', 'instance', 'name', 'level', 'text'] as const) {
    const value = filter[key]
    if (value !== undefined) query.set(key, value)
  }
  return `${location.origin}/api/v1/stream?${query}`
}

type Take = (event: string, data: string, id: string) => void

async function readOnce(address: string, cursor: string, signal: AbortSignal, take: Take): Promise<void> {
  const headers = new Headers({ accept: 'text/event-stream' })
  if (cursor !== '') headers.set('last-event-id', cursor)
  const response = await authorisedFetch(new Request(address, { headers, signal }))
  if (!response.ok || response.body === null) throw new Error(`the stream answered ${response.status}`)
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    text += value
    const events = text.split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) readEvent(event, take)
  }
}

function readEvent(text: string, take: Take): void {
  let event = 'message'
  let data = ''
  let id = ''
  for (const line of text.split('\n')) {
    if (line.startsWith('event: ')) event = line.slice(7)
    else if (line.startsWith('data: ')) data += line.slice(6)
    else if (line.startsWith('id: ')) id = line.slice(4)
  }
  if (data !== '') take(event, data, id)
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
