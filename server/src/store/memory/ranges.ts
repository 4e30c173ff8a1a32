/** Sums over time in memory: the same as in SQL, by the letter of the store port. */
import type { Retention } from '@ocelli/schemas/api/alert'
import type { DeploymentId, DeviceId, ImagerId, InstanceId, ProjectId } from '@ocelli/schemas/ids'
import { roleOf } from '../../domain/record-traits.ts'
import type { Transact } from '../memory.ts'
import type { RangeRead, RangeRow, RangeStore } from '../monitoring.ts'
import { keyOf, knowProject, type State, type StoredRecord } from './state.ts'

/** The measurements of one instance and name within one minute or hour. */
export interface Sum {
  readonly project: ProjectId
  readonly device: DeviceId
  readonly instance: InstanceId
  readonly name: string
  readonly shadow: boolean
  readonly bucketMs: number
  readonly deployment: DeploymentId | undefined
  readonly unit: string
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
  readonly last: number
  readonly lastAtMs: number
}

const WIDTHS = { minute: 60_000, hour: 3_600_000 } as const

export function rangeStore(transact: Transact): RangeStore {
  return {
    ranges: (read) => transact((state) => readRanges(state, read)),
    rollUp: (limit, nowMs) => transact((state) => rollUp(state, limit, nowMs)),
    rolledUpTo: (project) => transact((state) => state.rollups.get(project)?.completeToMs ?? 0),
    retention: (project) => transact((state) => state.retention.get(project) ?? {}),
    putRetention: (project, policy, audit) =>
      transact((state) => {
        knowProject(state, project)
        state.retention.set(project, { ...policy })
        state.audit.push(structuredClone(audit))
      }),
    dropExpired: (defaults, nowMs, limit) => transact((state) => dropExpired(state, defaults, nowMs, limit)),
  }
}

function rollUp(state: State, limit: number, nowMs: number): number {
  let total = 0
  for (const project of [...state.projects.keys()].sort()) {
    const held = state.rollups.get(project) ?? { next: 0, completeToMs: 0 }
    let { next } = held
    let count = 0
    for (; next < state.records.length && count < limit; next++) {
      const stored = state.records[next]
      if (stored === undefined || stored.project !== project || stored.row.record.kind !== 'measurement') continue
      count++
      const sum = sumOf(stored)
      if (sum === undefined) continue
      for (const width of ['minute', 'hour'] as const) add(state.sums[width], sum, WIDTHS[width])
    }
    const completeToMs = count < limit ? Math.max(held.completeToMs, nowMs) : held.completeToMs
    state.rollups.set(project, { next, completeToMs })
    total += count
  }
  return total
}

/** A record as a sum of one. */
function sumOf(stored: StoredRecord | undefined): Sum | undefined {
  if (stored === undefined) return undefined
  const { project, row, name = '' } = stored
  const { record } = row
  if (record.kind !== 'measurement') return undefined
  return {
    project,
    device: row.device,
    instance: record.instance,
    name,
    shadow: roleOf(record) === 'shadow',
    bucketMs: row.observedAtMs,
    deployment: row.deployment,
    unit: record.unit,
    count: 1,
    sum: record.value,
    min: record.value,
    max: record.value,
    last: record.value,
    lastAtMs: row.observedAtMs,
  }
}

function add(sums: Map<string, Sum>, sum: Sum, intervalMs: number): void {
  const bucketMs = sum.bucketMs - (sum.bucketMs % intervalMs)
  const key = keyOf(sum.device, sum.instance, String(sum.shadow), String(bucketMs), sum.name)
  const held = sums.get(key)
  sums.set(key, held === undefined ? { ...sum, bucketMs } : merge(held, sum))
}

/** Of two values of one time the later one in order of commit is the last. */
function merge(held: Sum, next: Sum): Sum {
  const later = next.lastAtMs >= held.lastAtMs
  return {
    ...held,
    deployment: next.deployment ?? held.deployment,
    unit: next.unit,
    count: held.count + next.count,
    sum: held.sum + next.sum,
    min: Math.min(held.min, next.min),
    max: Math.max(held.max, next.max),
    last: later ? next.last : held.last,
    lastAtMs: Math.max(held.lastAtMs, next.lastAtMs),
  }
}

interface Point {
  readonly atMs: number
  readonly values: number[]
  min: number
  max: number
  count: number
}

interface Group {
  readonly row: Omit<RangeRow, 'atMs' | 'value' | 'min' | 'max' | 'count'>
  readonly order: string
  readonly points: Map<number, Point>
}

function readRanges(state: State, read: RangeRead): RangeRow[] {
  const groups = new Map<string, Group>()
  for (const { sum, value } of valuesOf(read, sumsOf(state, read))) {
    const group = groupOf(state, read, sum)
    const found = groups.get(group.order) ?? group
    groups.set(group.order, found)
    const point = found.points.get(sum.bucketMs) ?? {
      atMs: sum.bucketMs,
      values: [],
      min: sum.min,
      max: sum.max,
      count: 0,
    }
    found.points.set(sum.bucketMs, point)
    point.values.push(value)
    point.min = Math.min(point.min, sum.min)
    point.max = Math.max(point.max, sum.max)
    point.count += sum.count
  }
  return [...groups.values()]
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .slice(0, read.maxSeries + 1)
    .map((group) => rangeRow(group, read.combine))
}

/** What is read, as one sum for each instance, name and bucket. */
function sumsOf(state: State, read: RangeRead): Sum[] {
  const fromMs = read.aggregate === 'rate' ? read.fromMs - read.intervalMs : read.fromMs
  const given =
    read.source === 'raw' ? state.records.flatMap((stored) => sumOf(stored) ?? []) : state.sums[read.source].values()
  const sums = new Map<string, Sum>()
  for (const sum of given) {
    if (sum.bucketMs < fromMs || sum.bucketMs >= read.toMs || !matches(read, sum)) continue
    add(sums, sum, read.intervalMs)
  }
  return [...sums.values()].sort((a, b) => a.bucketMs - b.bucketMs)
}

function matches({ project, names, devices, deployment, instance, role }: RangeRead, sum: Sum): boolean {
  return (
    sum.project === project &&
    sum.shadow === (role === 'shadow') &&
    (names === undefined || names.includes(sum.name)) &&
    (devices === undefined || devices.includes(sum.device)) &&
    (deployment === undefined || sum.deployment === deployment) &&
    (instance === undefined || sum.instance === instance)
  )
}

/** The one value of an instance in a bucket; a rate needs the bucket before. */
function valuesOf(read: RangeRead, sums: readonly Sum[]): { readonly sum: Sum; readonly value: number }[] {
  const before = new Map<string, Sum>()
  return sums.flatMap((sum) => {
    const key = keyOf(sum.device, sum.instance, sum.name)
    const previous = before.get(key)
    before.set(key, sum)
    if (read.aggregate !== 'rate') return [{ sum, value: AGGREGATES[read.aggregate](sum) }]
    if (sum.bucketMs < read.fromMs || previous === undefined || sum.lastAtMs <= previous.lastAtMs) return []
    const grown = sum.last - (sum.last < previous.last ? 0 : previous.last)
    return [{ sum, value: (grown * 1000) / (sum.lastAtMs - previous.lastAtMs) }]
  })
}

const AGGREGATES: Readonly<Record<Exclude<RangeRead['aggregate'], 'rate'>, (sum: Sum) => number>> = {
  mean: ({ sum, count }) => sum / count,
  min: ({ min }) => min,
  max: ({ max }) => max,
  sum: ({ sum }) => sum,
  count: ({ count }) => count,
  last: ({ last }) => last,
}

function groupOf(state: State, { groupBy }: RangeRead, sum: Sum): Group {
  const { name, unit, device, instance, deployment } = sum
  const points = new Map<number, Point>()
  const named = { name, unit }
  if (groupBy === 'none') return { row: named, order: keyOf(name, unit), points }
  if (groupBy === 'device') return { row: { ...named, device }, order: keyOf(name, unit, device), points }
  if (groupBy !== 'instance') {
    const label = state.devices.get(device)?.labels[groupBy.label] ?? null
    // Where a database puts NULL: behind all others.
    return { row: { ...named, label }, order: keyOf(name, unit, label === null ? '\uffff' : label), points }
  }
  const imager = imagerOf(state, device, instance)
  const row = {
    ...named,
    device,
    instance,
    ...(deployment !== undefined && { deployment }),
    ...(imager !== undefined && { imager }),
  }
  return { row, order: keyOf(name, unit, device, instance), points }
}

function imagerOf(state: State, device: DeviceId, instance: InstanceId): ImagerId | undefined {
  for (const { row } of state.lastValues.values()) {
    if (row.device === device && row.instance === instance && row.imager !== undefined) return row.imager
  }
  return undefined
}

function rangeRow({ row, points }: Group, combine: RangeRead['combine']): RangeRow {
  const ordered = [...points.values()].sort((a, b) => a.atMs - b.atMs)
  return {
    ...row,
    atMs: ordered.map(({ atMs }) => atMs),
    value: ordered.map(({ values }) => COMBINED[combine](values)),
    min: ordered.map(({ min }) => min),
    max: ordered.map(({ max }) => max),
    count: ordered.map(({ count }) => count),
  }
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)
const COMBINED: Readonly<Record<RangeRead['combine'], (values: readonly number[]) => number>> = {
  mean: (values) => total(values) / values.length,
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
  sum: total,
  count: (values) => values.length,
}

function dropExpired(state: State, defaults: Retention, nowMs: number, limit: number) {
  let rows = 0
  const policyOf = (project: ProjectId): Retention => ({ ...defaults, ...state.retention.get(project) })
  /** False where enough went in this step. */
  const expired = (project: ProjectId, kept: keyof Retention, atMs: number) =>
    rows < limit && atMs < nowMs - policyOf(project)[kept] && rows++ >= 0
  for (const [index, stored] of state.records.entries()) {
    if (stored !== undefined && expired(stored.project, keptOf(stored), stored.row.receivedAtMs)) {
      state.records[index] = undefined
    }
  }
  const drop = <V>(map: Map<string, V>, kept: keyof Retention, of: (value: V) => readonly [ProjectId, number]) => {
    for (const [key, value] of [...map]) if (expired(of(value)[0], kept, of(value)[1])) map.delete(key)
  }
  drop(state.sums.minute, 'minutesMs', ({ project, bucketMs }) => [project, bucketMs])
  drop(state.sums.hour, 'hoursMs', ({ project, bucketMs }) => [project, bucketMs])
  drop(state.deviceHistory, 'historyMs', ({ project, row }) => [project, row.atMs])
  drop(state.alerts, 'historyMs', ({ project, state: at, sinceMs }) => [project, at === 'resolved' ? sinceMs : nowMs])
  drop(state.deliveries, 'historyMs', ({ project, state: at, createdAtMs }) => [
    project,
    at === 'pending' ? nowMs : createdAtMs,
  ])
  return { partitions: [], rows, more: rows >= limit }
}

function keptOf({ row }: StoredRecord): keyof Retention {
  const { kind } = row.record
  if (kind === 'log') return 'logsMs'
  return kind === 'measurement' || kind === 'detections' ? 'measurementsMs' : 'eventsMs'
}
