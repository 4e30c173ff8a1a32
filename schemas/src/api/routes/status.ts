/** Who asks, how the control plane fares, and what was changed. */
import { WhoAmI } from '../access.ts'
import type { RouteShape } from '../route.ts'
import { AuditList, AuditQuery, Status } from '../status.ts'

export const STATUS_ROUTES = {
  whoAmI: {
    method: 'GET',
    path: '/whoami',
    role: 'any',
    summary: 'Tells which token is in use',
    status: 200,
    response: WhoAmI,
    errors: [],
  },
  getStatus: {
    method: 'GET',
    path: '/status',
    role: 'viewer',
    summary: 'Shows the control plane and its fleet at a glance',
    status: 200,
    response: Status,
    errors: [],
  },
  listAudit: {
    method: 'GET',
    path: '/audit',
    role: 'viewer',
    summary: 'Lists what was changed by whom, newest first',
    query: AuditQuery,
    status: 200,
    response: AuditList,
    errors: [],
  },
} as const satisfies Record<string, RouteShape>
