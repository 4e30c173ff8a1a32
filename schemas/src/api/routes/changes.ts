/** Changes of intent: planned, applied, and waiting for a person. */
import type { ErrorCode } from '../../errors.ts'
import {
  ApplyRequest,
  ApplyResponse,
  PendingChange,
  PendingChangeList,
  PendingParams,
  PlanRequest,
  PlanResponse,
} from '../change.ts'
import { type RouteShape, WAITS } from '../route.ts'

const CHANGE_ERRORS = [
  'manifest.malformed',
  'manifest.invalid',
  'manifest.selector',
  'manifest.secretRef',
  'component.unknown',
  'grant.unknown',
  'placement.tooLarge',
  'request.notFound',
  'request.conflict',
] as const satisfies readonly ErrorCode[]

export const CHANGE_ROUTES = {
  planChange: {
    method: 'POST',
    path: '/plan',
    role: 'viewer',
    summary: 'Shows what a change would do to each device, and changes nothing',
    body: PlanRequest,
    status: 200,
    response: PlanResponse,
    errors: CHANGE_ERRORS,
  },
  applyChange: {
    method: 'POST',
    path: '/apply',
    role: 'operator',
    summary: 'Makes a change of intent',
    body: ApplyRequest,
    status: 200,
    alsoStatus: WAITS,
    response: ApplyResponse,
    errors: [...CHANGE_ERRORS, 'grant.missing', 'change.planMoved'],
  },
  listChanges: {
    method: 'GET',
    path: '/changes',
    role: 'viewer',
    summary: 'Lists changes that wait for a person',
    status: 200,
    response: PendingChangeList,
    errors: [],
  },
  getChange: {
    method: 'GET',
    path: '/changes/{id}',
    role: 'viewer',
    summary: 'Shows one change that waits for a person',
    params: PendingParams,
    status: 200,
    response: PendingChange,
    errors: ['request.notFound'],
  },
  approveChange: {
    method: 'POST',
    path: '/changes/{id}/approve',
    role: 'operator',
    summary: 'Makes a waiting change, if it still touches no more than was shown',
    params: PendingParams,
    status: 200,
    response: ApplyResponse,
    errors: ['request.notFound', 'change.planMoved', 'component.unknown', 'grant.missing'],
  },
  rejectChange: {
    method: 'POST',
    path: '/changes/{id}/reject',
    role: 'operator',
    summary: 'Drops a waiting change',
    params: PendingParams,
    status: 204,
    errors: ['request.notFound'],
  },
} as const satisfies Record<string, RouteShape>
