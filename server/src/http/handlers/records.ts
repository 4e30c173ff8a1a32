import type { RecordsQuery, StreamQuery } from '@ocelli/schemas/api/record'
import type { Caller } from '../../actions/caller.ts'
import type { ActionContext } from '../../actions/context.ts'
import { findDevice } from '../../actions/devices.ts'
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts'
import { type Handlers, ok } from '../operations.ts'
import type { StreamFilter } from '../stream/records.ts'
import { outputView, recordView } from '../views/records.ts'
import type { HandlerContext } from './context.ts'

const DEFAULT_LIMIT = 100

export function recordHandlers({ actions, names }: HandlerContext): Pick<Handlers, 'listOutputs' | 'listRecords'> {
  const { store } = actions
  return {
    async listOutputs({ caller, query }) {
      const filter = await resolveFilter(actions, caller, query)
      if (isRefusal(filter)) return filter
      const { device, deployment } = filter
      const rows = await store.lastValues(caller.project, {
        ...(device !== undefined && { device }),
        ...(deployment !== undefined && { deployment }),
      })
      return ok({ items: await Promise.all(rows.map((row) => outputView(names, caller.project, row))) })
    },
    async listRecords({ caller, query }) {
      const filter = await resolveFilter(actions, caller, query)
      if (isRefusal(filter)) return filter
      const { fromMs, toMs, after, end = 'newest', limit = DEFAULT_LIMIT } = query
      // Read before the records: where there are none, what commits in between is not left out.
      const head = await store.head()
      const rows = await store.records({
        ...filter,
        ...(fromMs !== undefined && { fromMs }),
        ...(toMs !== undefined && { toMs }),
        ...(after !== undefined && { after }),
        end,
        limit,
      })
      const view = recordView(names, caller.project)
      const cursor = rows.at(-1)?.cursor ?? head
      return ok({ items: await Promise.all(rows.map(view)), cursor })
    },
  }
}

/** Names become ids; `request.notFound` where there is none. */
export async function resolveFilter(
  actions: ActionContext,
  caller: Caller,
  query: StreamQuery | RecordsQuery,
): Promise<StreamFilter | Refusal> {
  const { kind, instance, name } = query
  const device = query.device === undefined ? undefined : await findDevice(actions, caller, query.device)
  if (isRefusal(device)) return device
  const deployments = query.deployment === undefined ? [] : await actions.store.deployments(caller.project)
  const deployment = deployments.find((one) => one.name === query.deployment)
  if (query.deployment !== undefined && deployment === undefined) {
    return refusal('request.notFound', `there is no deployment ${query.deployment}`)
  }
  return {
    project: caller.project,
    ...(kind !== undefined && { kinds: kind }),
    ...(device !== undefined && { device: device.id }),
    ...(deployment !== undefined && { deployment: deployment.id }),
    ...(instance !== undefined && { instance }),
    ...(name !== undefined && { name }),
  }
}
