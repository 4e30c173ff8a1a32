/**
 * Server-sent events to one client. What waits for a slow reader is bounded: past the bound it is told so and let go,
 * so that it costs neither memory nor its neighbours' time; it comes back with `Last-Event-ID`.
 */
import type { STREAM_EVENTS } from '@ocelli/schemas/api/record'
import type { FastifyReply } from 'fastify'
import type { Clock } from '../../ports.ts'

const MAX_WAITING_BYTES = 1_048_576
/** Below the 30 s after which many proxies end a silent connection. */
const HEARTBEAT_MS = 15_000
/** How long a client that reads nothing may hold up the end. */
const END_WITHIN_MS = 1_000

export interface EventStream {
  readonly open: boolean
  /** False where the client was let go since it reads too slowly. */
  send(event: (typeof STREAM_EVENTS)[number], data: unknown, id?: string): boolean
  /** Tells the client that it reads too slowly, and lets it go. */
  drop(reason: string): void
  /** Resolves when the client has taken what waits, or is gone. */
  drained(): Promise<void>
  end(): void
  onClose(listener: () => void): void
}

export function openEventStream(reply: FastifyReply, clock: Clock): EventStream {
  const { raw } = reply
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value)
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    // Its end is the end of the connection: nobody shall wait for a next request on it.
    connection: 'close',
    // nginx would keep events back until its buffer is full.
    'x-accel-buffering': 'no',
  })
  raw.write(':\n\n')
  const listeners = new Set<() => void>()
  let open = true
  /** The client goes on from here. */
  let lastId = ''
  let cancelBeat = () => {}
  const beat = () => {
    if (raw.writableLength === 0) raw.write(':\n\n')
    cancelBeat = clock.setTimer(HEARTBEAT_MS, beat)
  }
  cancelBeat = clock.setTimer(HEARTBEAT_MS, beat)
  const close = () => {
    if (!open) return
    open = false
    cancelBeat()
    for (const listener of [...listeners]) listener()
  }
  raw.once('close', close)
  raw.on('error', close)
  const finish = () => {
    if (!open) return
    raw.end()
    const cancel = clock.setTimer(END_WITHIN_MS, () => raw.destroy())
    raw.once('close', cancel)
    close()
  }

  const drop = (reason: string) => {
    if (!open) return
    raw.write(frame('dropped', { reason, cursor: lastId }))
    finish()
  }

  return {
    get open() {
      return open
    },
    send(event, data, id) {
      if (!open) return false
      if (raw.writableLength > MAX_WAITING_BYTES) {
        drop(`${raw.writableLength} bytes wait to be read, the limit is ${MAX_WAITING_BYTES}`)
        return false
      }
      raw.write(frame(event, data, id))
      lastId = id ?? lastId
      return true
    },
    drop,
    async drained() {
      if (!open || !raw.writableNeedDrain) return
      await new Promise<void>((resolve) => {
        const done = () => {
          raw.off('drain', done)
          listeners.delete(done)
          resolve()
        }
        raw.once('drain', done)
        listeners.add(done)
      })
    },
    end: finish,
    onClose(listener) {
      if (open) listeners.add(listener)
      else listener()
    },
  }
}

/** JSON has no line breaks of its own, so one data line is enough. An id is a cursor: letters, digits and punctuation. */
function frame(event: string, data: unknown, id?: string): string {
  return `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`
}
