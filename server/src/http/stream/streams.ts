/** All clients of `GET /stream`. */
import type { StreamQuery } from '@ocelli/schemas/api/record'
import { OcelliError } from '@ocelli/schemas/errors'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../../actions/caller.ts'
import type { ActionContext } from '../../actions/context.ts'
import { isRefusal } from '../../domain/refusal.ts'
import type { Log } from '../../log.ts'
import type { Clock } from '../../ports.ts'
import { resolveFilter } from '../handlers/records.ts'
import { sendProblem } from '../problem.ts'
import type { Names } from '../views/names.ts'
import { recordView } from '../views/records.ts'
import { type EventStream, openEventStream } from './event-stream.ts'
import { createFeed } from './feed.ts'
import { streamRecords } from './records.ts'

/** Each costs memory for what it has not read yet. */
const MAX_CLIENTS = 1_000

export interface Streams {
  serve(request: FastifyRequest, reply: FastifyReply, caller: Caller, query: StreamQuery): Promise<void>
  clients(): number
  /** Ends all streams. */
  stop(): Promise<void>
}

export function createStreams(ports: {
  readonly actions: ActionContext
  readonly names: Names
  readonly clock: Clock
  readonly log: Log
}): Streams {
  const { actions, names, clock, log } = ports
  const { store } = actions
  const feed = createFeed({ store, clock, log })
  const open = new Set<EventStream>()
  return {
    clients: () => open.size,
    async serve(request, reply, caller, query) {
      const filter = await resolveFilter(actions, caller, query)
      if (isRefusal(filter)) {
        sendProblem(request, reply, filter)
        return
      }
      if (open.size >= MAX_CLIENTS) throw new OcelliError('server.busy', `${open.size} streams are open already`)
      const lastEventId = request.headers['last-event-id']
      const after = typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : query.after
      // A cursor that is none is refused while there is a status to refuse it with.
      if (after !== undefined) await store.records({ ...filter, after, end: 'oldest', limit: 1 })
      const client = openEventStream(reply, clock)
      open.add(client)
      client.onClose(() => open.delete(client))
      try {
        await streamRecords({ store, feed, clock }, client, filter, after, recordView(names, caller.project))
      } catch (error) {
        // The status is sent already: all that is left is to end, and the client comes back with its cursor.
        log.error({ err: error }, 'a stream failed and ends')
        client.end()
      }
    },
    async stop() {
      for (const client of [...open]) client.end()
      await feed.stop()
    },
  }
}
