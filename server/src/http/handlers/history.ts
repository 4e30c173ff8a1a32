/** Measurements over time, and what happened to a device. */
import { RANGE_COLUMNS, type RangesQuery } from '@ocelli/schemas/api/range'
import type { DeviceId } from '@ocelli/schemas/ids'
import type { Caller } from '../../actions/caller.ts'
import { findDevice } from '../../actions/devices.ts'
import { editRetention } from '../../actions/edit-retention.ts'
import { type PresenceNote, presenceSpans } from '../../domain/presence-history.ts'
import { planRange } from '../../domain/range-plan.ts'
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts'
import { type DeploymentOf, timelineOf, timeOfEntry } from '../../domain/timeline.ts'
import type { HistoryRow, RangeRead } from '../../store/monitoring.ts'
import { exported, formatOf } from '../export.ts'
import { type Handlers, ok } from '../operations.ts'
import { pointsOf, seriesView } from '../views/ranges.ts'
import type { HandlerContext } from './context.ts'
import { membersOf } from './devices.ts'

type Operations = 'getDeviceTimeline' | 'getDevicePresence' | 'getRetention' | 'editRetention' | 'listRanges'

const HOUR_MS = 3_600_000
const DEFAULT_POINTS = 500
/** A chart of more lines says nothing; their numbers are many. */
const MAX_SERIES = 500
/** Devices whose records are read one by one. */
const FEW_DEVICES = 8
const DEFAULT_ENTRIES = 100
/** Notes of one device in the strip of its presence. */
const MAX_NOTES = 20_000

export function historyHandlers({ actions, names, retention }: HandlerContext): Pick<Handlers, Operations> {
  const { store, clock } = actions
  return {
    async listRanges({ caller, query, header }) {
      const read = await rangeRead(caller, query)
      if (isRefusal(read)) return read
      const rows = await store.ranges(read)
      if (rows.length > read.maxSeries) {
        const how = 'name fewer, or group by device, by a label or by none'
        return refusal('request.tooLarge', `there are more than ${read.maxSeries} series: ${how}`)
      }
      const items = await Promise.all(rows.map((row) => seriesView(names, read, row)))
      const format = formatOf(query.format, header('accept'))
      if (format !== 'json') return exported(format, pointsOf(items), RANGE_COLUMNS, (point) => point)
      const { fromMs, toMs, source, intervalMs } = read
      const completeToMs = source === 'raw' ? clock.wallMs() : await store.rolledUpTo(caller.project)
      return ok({ fromMs, toMs, resolution: source, intervalMs, completeToMs, items })
    },
    async getDeviceTimeline({ caller, params, query }) {
      const device = await findDevice(actions, caller, params.device)
      if (isRefusal(device)) return device
      const { fromMs, limit = DEFAULT_ENTRIES, kind, after } = query
      const afterMs = after === undefined ? undefined : timeOfEntry(after)
      if (after !== undefined && afterMs === undefined) {
        return refusal('request.invalid', `query: "${after}" is no entry of a timeline`)
      }
      const toMs = Math.min(afterMs ?? Number.MAX_SAFE_INTEGER, (query.toMs ?? Number.MAX_SAFE_INTEGER) - 1)
      const found: ReturnType<typeof timelineOf> = []
      // Entries of other kinds may fill a page of the sources: then they are read further back.
      for (let until = toMs; found.length <= limit; ) {
        const page = await timelinePage(device.id, until, fromMs)
        const fresh = page.entries.filter(
          ({ id }) => (after === undefined || id < after) && !found.some((one) => one.id === id),
        )
        found.push(...fresh.filter((entry) => kind === undefined || kind.includes(entry.kind)))
        if (page.completeFromMs === undefined || page.completeFromMs >= until) break
        until = page.completeFromMs
      }
      const items = found.slice(0, limit)
      const last = items.at(-1)
      return ok({ items, ...(found.length > limit && last !== undefined && { next: last.id }) })

      async function timelinePage(id: DeviceId, until: number, since: number | undefined) {
        if (isRefusal(device)) throw new Error('there is no device')
        const page = { toMs: until, limit: limit + 50, ...(since !== undefined && { fromMs: since }) }
        const [notes, audit, alerts] = await Promise.all([
          store.deviceHistory(id, page),
          store.deviceAudit(caller.project, device, page),
          store.alerts({ project: caller.project, device: id, limit: page.limit }),
        ])
        const deployments = deploymentsOf(notes, device.desired?.instances ?? [])
        // Below the oldest of a source that was not read to its end, others may be missing.
        const bounds = [notes, audit].flatMap((rows) => (rows.length < page.limit ? [] : [rows.at(-1)?.atMs ?? 0]))
        const completeFromMs = bounds.length === 0 ? undefined : Math.max(...bounds)
        const entries = timelineOf({ notes, audit, alerts, deployments }).filter(
          ({ atMs }) => atMs <= until && atMs >= (since ?? 0) && atMs >= (completeFromMs ?? 0),
        )
        return { entries, completeFromMs }
      }
    },
    async getDevicePresence({ caller, params, query }) {
      const device = await findDevice(actions, caller, params.device)
      if (isRefusal(device)) return device
      const toMs = query.toMs ?? clock.wallMs()
      const fromMs = Math.max(query.fromMs ?? toMs - 24 * HOUR_MS, device.enrolledAtMs)
      if (fromMs >= toMs) return ok({ device: device.id, fromMs: toMs, toMs, spans: [], onlineMs: 0 })
      const kinds = ['presence', 'instance'] as const
      const [presence, instances, within] = await Promise.all([
        store.deviceHistory(device.id, { kinds: ['presence'], toMs: fromMs, limit: 1 }),
        store.deviceHistory(device.id, { kinds: ['instance'], toMs: fromMs, limit: 1_000 }),
        store.deviceHistory(device.id, { kinds, fromMs: fromMs + 1, toMs, limit: MAX_NOTES }),
      ])
      const spans = presenceSpans(fromMs, toMs, oldestFirst([...presence, ...instances]), oldestFirst(within))
      const there = spans.filter(({ state }) => state === 'online' || state === 'degraded')
      const onlineMs = there.reduce((sum, span) => sum + span.toMs - span.fromMs, 0)
      return ok({ device: device.id, fromMs, toMs, spans, onlineMs })
    },
    async getRetention({ caller }) {
      return ok({ ...retention, ...(await store.retention(caller.project)) })
    },
    async editRetention({ caller, body }) {
      return ok({ ...retention, ...(await editRetention(actions, caller, body)) })
    },
  }

  async function rangeRead(caller: Caller, query: RangesQuery): Promise<RangeRead | Refusal> {
    const devices = await membersOf(actions, caller, query)
    if (isRefusal(devices)) return devices
    const deployments = query.deployment === undefined ? [] : await store.deployments(caller.project)
    const deployment = deployments.find(({ name }) => name === query.deployment)
    if (query.deployment !== undefined && deployment === undefined) {
      return refusal('request.notFound', `there is no deployment ${query.deployment}`)
    }
    const toMs = query.toMs ?? clock.wallMs() + 1
    const fromMs = query.fromMs ?? Math.max(0, toMs - HOUR_MS)
    if (fromMs >= toMs) return refusal('request.invalid', `query: fromMs ${fromMs} is not before toMs ${toMs}`)
    const { resolution = 'auto', maxPoints = DEFAULT_POINTS, aggregate = 'mean', name, instance } = query
    const few = instance !== undefined || (devices !== undefined && devices.length <= FEW_DEVICES)
    const groupBy = query.groupBy ?? 'instance'
    return {
      project: caller.project,
      ...planRange({ fromMs, toMs, resolution, maxPoints, few }),
      ...(name !== undefined && { names: name }),
      ...(devices !== undefined && { devices }),
      ...(deployment !== undefined && { deployment: deployment.id }),
      ...(instance !== undefined && { instance }),
      role: query.role ?? 'live',
      groupBy:
        groupBy === 'none' || groupBy === 'device' || groupBy === 'instance' ? groupBy : { label: groupBy.slice(6) },
      aggregate,
      combine: query.combine ?? COMBINED_BY[aggregate],
      maxSeries: MAX_SERIES,
    }
  }
}

const COMBINED_BY: Readonly<Record<RangeRead['aggregate'], RangeRead['combine']>> = {
  mean: 'mean',
  last: 'mean',
  min: 'min',
  max: 'max',
  sum: 'sum',
  count: 'sum',
  rate: 'sum',
}

function oldestFirst(rows: readonly HistoryRow[]): PresenceNote[] {
  return rows
    .flatMap(({ kind, ...row }) => (kind === 'desired' ? [] : [{ ...row, kind }]))
    .sort((a, b) => a.atMs - b.atMs || a.id - b.id)
}

/** Whose an instance is: desired states name it, old ones as well as the newest. */
function deploymentsOf(
  notes: readonly HistoryRow[],
  desired: readonly { readonly id: string; readonly deployment: DeploymentOf }[],
): ReadonlyMap<string, DeploymentOf> {
  const noted = notes.flatMap(({ kind, detail }) => {
    if (kind !== 'desired' || !Array.isArray(detail.instances)) return []
    return detail.instances as readonly { readonly id: string; readonly deployment: DeploymentOf }[]
  })
  return new Map([...noted, ...desired].map(({ id, deployment }) => [id, deployment]))
}
