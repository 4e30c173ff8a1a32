/** How long history is kept. */
import { EditRetention, Retention } from '../alert.ts'
import type { RouteShape } from '../route.ts'

export const RETENTION_ROUTES = {
  getRetention: {
    method: 'GET',
    path: '/retention',
    role: 'viewer',
    summary: 'Shows how long history is kept',
    status: 200,
    response: Retention,
    errors: [],
  },
  editRetention: {
    method: 'PATCH',
    path: '/retention',
    role: 'admin',
    summary: 'Changes how long history is kept',
    body: EditRetention,
    status: 200,
    response: Retention,
    errors: [],
  },
} as const satisfies Record<string, RouteShape>
