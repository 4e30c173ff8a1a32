import { LOG_LEVELS, type OutputsQuery, type RecordsQuery, type StreamQuery } from '@ocelli/schemas/api/record'
import type { Caller } from '../../actions/caller.ts'
import type { ActionContext } from '../../actions/context.ts'
import { findDevice } from '../../actions/devices.ts'
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts'
import type { RecordQuery } from '../../store/store.ts'
import { exported, formatOf } from '../export.ts'
import { type Handlers, ok } from '../operations.ts'
import type { StreamFilter } from '../stream/records.ts'
import {
  OUTPUT_COLUMNS,
  outputView,
  RECORD_COLUMNS,
  type RecordView,
  recordCells,
  recordView,
} from '../views/records.ts'
import type { HandlerContext } from './context.ts'

const DEFAULT_LIMIT = 100
const EXPORT_PAGE = 1_000

export function recordHandlers({ actions, names }: HandlerContext): Pick<Handlers, 'listOutputs' | 'listRecords'> {
  const { store } = actions
  return {
    async listOutputs({ caller, query, header }) {
      const filter = await resolveFilter(actions, caller, query)
      if (isRefusal(filter)) return filter
      const { device, deployment, name } = filter
      const rows = await store.lastValues(caller.project, {
        ...(device !== undefined && { device }),
        ...(deployment !== undefined && { deployment }),
      })
      const wanted = rows.filter((row) => name === undefined || row.name === name)
      const items = await Promise.all(wanted.map((row) => outputView(names, caller.project, row)))
      const format = formatOf(query.format, header('accept'))
      return format === 'json' ? ok({ items }) : exported(format, items, OUTPUT_COLUMNS, (item) => item)
    },
    async listRecords({ caller, query, header }) {
      const filter = await resolveFilter(actions, caller, query)
      if (isRefusal(filter)) return filter
      const { fromMs, toMs, after, before, limit = DEFAULT_LIMIT } = query
      const view = recordView(names, caller.project)
      const read: Omit<RecordQuery, 'end' | 'limit'> = {
        ...filter,
        ...(fromMs !== undefined && { fromMs }),
        ...(toMs !== undefined && { toMs }),
        ...(after !== undefined && { after }),
        ...(before !== undefined && { before }),
      }
      const format = formatOf(query.format, header('accept'))
      if (format !== 'json') {
        const records = query.end === 'newest' ? newest(read, limit, view) : all(read, query.limit, view)
        return exported(format, records, RECORD_COLUMNS, recordCells)
      }
      // Read before the records: where there are none, what commits in between is not left out.
      const head = await store.head()
      const rows = await store.records({ ...read, end: query.end ?? 'newest', limit })
      const cursor = rows.at(-1)?.cursor ?? head
      return ok({ items: await Promise.all(rows.map(view)), cursor })
    },
  }

  async function* newest(read: Omit<RecordQuery, 'end' | 'limit'>, limit: number, view: RecordView) {
    for (const row of await store.records({ ...read, end: 'newest', limit })) yield view(row)
  }

  /** Page after page, so that only one is held. */
  async function* all(read: Omit<RecordQuery, 'end' | 'limit'>, limit = Number.POSITIVE_INFINITY, view: RecordView) {
    let left = limit
    for (let { after } = read; left > 0; ) {
      const size = Math.min(EXPORT_PAGE, left)
      const rows = await store.records({ ...read, ...(after !== undefined && { after }), end: 'oldest', limit: size })
      for (const row of rows) yield view(row)
      left -= rows.length
      after = rows.at(-1)?.cursor
      if (rows.length < size) return
    }
  }
}

/** Names become ids; `request.notFound` where there is none. */
export async function resolveFilter(
  actions: ActionContext,
  caller: Caller,
  query: StreamQuery | RecordsQuery | OutputsQuery,
): Promise<StreamFilter | Refusal> {
  const { kind, instance, name }: Partial<StreamQuery> = query
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
    ...traitsOf(query),
  }
}

function traitsOf(query: StreamQuery | RecordsQuery | OutputsQuery): Pick<StreamFilter, 'role' | 'minLevel' | 'text'> {
  const { role, level, text }: Partial<StreamQuery> = query
  return {
    ...(role !== 'any' && { role: role ?? 'live' }),
    ...(level !== undefined && { minLevel: LOG_LEVELS.indexOf(level) }),
    ...(text !== undefined && { text }),
  }
}
