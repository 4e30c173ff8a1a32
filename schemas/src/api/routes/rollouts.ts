/** Rollouts and what a person does to them. */
import {
  RolloutDetail,
  RolloutDeviceList,
  RolloutDevicesQuery,
  RolloutEffect,
  RolloutList,
  RolloutParams,
  RolloutQuery,
  RolloutsQuery,
  RolloutVerbParams,
  RolloutVerbQuery,
} from '../rollout.ts'
import type { RouteShape } from '../route.ts'

export const ROLLOUT_ROUTES = {
  listRollouts: {
    method: 'GET',
    path: '/rollouts',
    role: 'viewer',
    summary: 'Lists rollouts',
    query: RolloutsQuery,
    status: 200,
    response: RolloutList,
    errors: [],
  },
  getRollout: {
    method: 'GET',
    path: '/rollouts/{name}',
    role: 'viewer',
    summary: 'Shows the rollout of a deployment: waves, gates with their evidence, and what it waits for',
    description:
      'With `after` and `waitMs` it answers as soon as something differs: ask again with each `check` to follow.',
    params: RolloutParams,
    query: RolloutQuery,
    status: 200,
    response: RolloutDetail,
    errors: ['request.notFound'],
  },
  listRolloutDevices: {
    method: 'GET',
    path: '/rollouts/{name}/devices',
    role: 'viewer',
    summary: 'Lists the progress of each device',
    params: RolloutParams,
    query: RolloutDevicesQuery,
    status: 200,
    response: RolloutDeviceList,
    errors: ['request.notFound'],
  },
  actOnRollout: {
    method: 'POST',
    path: '/rollouts/{name}/{verb}',
    role: 'operator',
    summary: 'Pauses, resumes, approves, aborts, rolls back or promotes a rollout, or says what that would do',
    params: RolloutVerbParams,
    query: RolloutVerbQuery,
    status: 200,
    response: RolloutEffect,
    errors: ['request.notFound', 'request.conflict', 'rollout.state'],
  },
} as const satisfies Record<string, RouteShape>
