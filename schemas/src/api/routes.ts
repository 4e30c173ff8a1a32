/**
 * The HTTP API, one entry an operation. The server registers its routes from this table, the OpenAPI document is
 * generated from it, and clients take their paths from it.
 */
import type { ErrorCode } from '../errors.ts'
import type { RouteShape } from './route.ts'
import { ACCESS_ROUTES } from './routes/access.ts'
import { ALERT_ROUTES } from './routes/alerts.ts'
import { CHANGE_ROUTES } from './routes/changes.ts'
import { COMPONENT_ROUTES } from './routes/components.ts'
import { DEPLOYMENT_ROUTES } from './routes/deployments.ts'
import { DEVICE_ROUTES } from './routes/devices.ts'
import { INSTALLATION_ROUTES } from './routes/installation.ts'
import { RETENTION_ROUTES } from './routes/retention.ts'
import { ROLLOUT_ROUTES } from './routes/rollouts.ts'
import { STATUS_ROUTES } from './routes/status.ts'
import { STREAM_ROUTES } from './routes/stream.ts'
import { TELEMETRY_ROUTES } from './routes/telemetry.ts'
import { Health } from './status.ts'

/** Below this all of the API lives, but for `/healthz`, `/readyz` and `/metrics`. */
export const API_ROOT = '/api/v1'

/** Any route may answer these. */
export const COMMON_ERRORS = [
  'request.invalid',
  'request.tooLarge',
  'auth.missing',
  'auth.invalid',
  'auth.forbidden',
  'server.internal',
  'server.busy',
] as const satisfies readonly ErrorCode[]

export const API = {
  ...STATUS_ROUTES,
  ...DEVICE_ROUTES,
  ...ACCESS_ROUTES,
  ...COMPONENT_ROUTES,
  ...INSTALLATION_ROUTES,
  ...CHANGE_ROUTES,
  ...DEPLOYMENT_ROUTES,
  ...ROLLOUT_ROUTES,
  ...TELEMETRY_ROUTES,
  ...ALERT_ROUTES,
  ...RETENTION_ROUTES,
  ...STREAM_ROUTES,
} as const satisfies Record<string, RouteShape>

/** Outside of `API_ROOT`, for what runs the server. */
export const PROBES = {
  getHealth: {
    method: 'GET',
    path: '/healthz',
    role: 'open',
    summary: 'Tells whether the process works, or should be started anew',
    status: 200,
    alsoStatus: { status: 503, when: 'It is stuck' },
    response: Health,
    errors: [],
  },
  getReadiness: {
    method: 'GET',
    path: '/readyz',
    role: 'open',
    summary: 'Tells whether it can serve: database and broker reached, access rules of the broker hold',
    status: 200,
    alsoStatus: { status: 503, when: 'A check fails' },
    response: Health,
    errors: [],
  },
  getMetrics: {
    method: 'GET',
    path: '/metrics',
    role: 'viewer',
    installation: true,
    summary: 'Metrics in the Prometheus text format',
    status: 200,
    responseType: 'text/plain',
    errors: [],
  },
} as const satisfies Record<string, RouteShape>

export type OperationId = keyof typeof API
export type Operation<Id extends OperationId> = (typeof API)[Id]

export interface ApiRoute extends RouteShape {
  readonly operationId: string
}

/** Both tables as one list; paths are whole. */
export const API_ROUTES: readonly ApiRoute[] = [
  ...Object.entries<RouteShape>(API).map(([operationId, route]) => ({
    ...route,
    operationId,
    path: `${API_ROOT}${route.path}`,
  })),
  ...Object.entries<RouteShape>(PROBES).map(([operationId, route]) => ({ ...route, operationId })),
]
