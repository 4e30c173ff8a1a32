/** Records as they are committed. */
import { OutputRecord, StreamQuery } from '../record.ts'
import type { RouteShape } from '../route.ts'

export const STREAM_ROUTES = {
  streamRecords: {
    method: 'GET',
    path: '/stream',
    role: 'viewer',
    summary: 'Streams records as they are committed, as server-sent events',
    query: StreamQuery,
    headers: {
      'last-event-id': {
        description: 'Cursor after which the stream goes on; sent by a client that reconnects',
        required: false,
      },
    },
    status: 200,
    response: OutputRecord,
    responseType: 'text/event-stream',
    errors: ['request.notFound'],
  },
} as const satisfies Record<string, RouteShape>
