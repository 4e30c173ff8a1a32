/** Numbers waiting records and decides what a full outbox drops for them. Reads the store, writes nothing. */
import type { LostRecord } from '@ocelli/schemas/messages/telemetry'
import type { AgentStore, OutboxRow, RecordPriority } from '../ports.ts'

/** A record as JSON in two halves; its sequence goes between them. */
export interface Waiting {
  readonly priority: RecordPriority
  readonly head: string
  readonly tail: string
}

export interface RoomRequest {
  readonly store: Pick<AgentStore, 'recordsOfPriority'>
  readonly waiting: readonly Waiting[]
  /** Last sequence given. */
  readonly last: number
  readonly heldBytes: number
  readonly maxBytes: number
  /** Records up to here are in flight and stay. */
  readonly protectedThrough: number
  readonly stamp: () => Pick<LostRecord, 'atMs' | 'synchronised' | 'boot'>
}

export interface Room {
  readonly append: readonly OutboxRow[]
  readonly forget: readonly number[]
  /** Last sequence given afterwards. */
  readonly last: number
  readonly heldBytes: number
  /** Of the waiting records, how many are kept. */
  readonly accepted: number
  /** Records dropped, held and waiting ones together. */
  readonly dropped: number
}

/** Rows asked for at once while looking for what to drop. */
const PAGE = 200
/** Dropping down to this part of the limit keeps a full outbox from writing a `lost` record with every transaction. */
const KEEP_PART = 0.9
/** Size that a `lost` record is sure to stay below. */
const LOST_BYTES = 512
/** Most `lost` records that one transaction adds; with more gaps, the last record spans the rest and counts within. */
const MAX_RANGES = 64
/** Of a small outbox: what these take at most fits into the part that is freed. */
const MIN_RANGES = 4

/** Gives each waiting record its sequence and names what goes: least worth first, oldest first within it. */
export function makeRoom(request: RoomRequest): Room {
  const { waiting, maxBytes, stamp } = request
  let last = request.last
  const numbered = waiting.map(({ priority, head, tail }) => {
    const json = `${head}${++last},${tail}`
    return { sequence: last, priority, json, sizeBytes: Buffer.byteLength(json) }
  })
  const bytes = request.heldBytes + sizeOf(numbered)
  if (bytes <= maxBytes) {
    return { append: numbered, forget: [], last, heldBytes: bytes, accepted: numbered.length, dropped: 0 }
  }
  const chosen = chooseVictims(request, numbered, bytes - maxBytes * KEEP_PART + LOST_BYTES)
  if (chosen.length === 0) {
    return { append: numbered, forget: [], last, heldBytes: bytes, accepted: numbered.length, dropped: 0 }
  }
  const victims = [...chosen, ...lostBeside(request, chosen)]
  const gone = new Set(victims.map((row) => row.sequence))
  const kept = numbered.filter((row) => !gone.has(row.sequence))
  const mostRanges = Math.floor((maxBytes * (1 - KEEP_PART)) / LOST_BYTES)
  const ranges = joinFrom(rangesOf(victims), Math.min(MAX_RANGES, Math.max(MIN_RANGES, mostRanges)))
  const lost = ranges.map((range) => lostRow(range, stamp()))
  const freed = sizeOf(victims)
  return {
    append: [...kept, ...lost].sort((a, b) => a.sequence - b.sequence),
    forget: victims.filter((row) => row.sequence <= request.last).map((row) => row.sequence),
    last,
    heldBytes: bytes - freed + sizeOf(lost),
    accepted: kept.length,
    dropped: victims.filter((row) => lostOf(row) === undefined).length,
  }
}

function chooseVictims(request: RoomRequest, numbered: readonly OutboxRow[], wantedBytes: number): OutboxRow[] {
  const victims: OutboxRow[] = []
  let freed = 0
  for (const priority of [0, 1, 2] as const) {
    for (const row of candidates(request, numbered, priority)) {
      if (freed >= wantedBytes) return victims
      victims.push(row)
      freed += row.sizeBytes
    }
  }
  return victims
}

/** Held records of one priority, oldest first, then the waiting ones. */
function* candidates(request: RoomRequest, numbered: readonly OutboxRow[], priority: RecordPriority) {
  let after = request.protectedThrough
  for (;;) {
    const page = request.store.recordsOfPriority(priority, after, PAGE)
    yield* page
    const newest = page.at(-1)
    if (newest === undefined || page.length < PAGE) break
    after = newest.sequence
  }
  yield* numbered.filter((row) => row.priority === priority)
}

/** Earlier `lost` records among or next to the dropped: taken up into the new ones, so that each gap has one. */
function lostBeside(request: RoomRequest, chosen: readonly OutboxRow[]): OutboxRow[] {
  const already = new Set(chosen.map((row) => row.sequence))
  const { from, to } = joined(rangesOf(chosen))
  const found: OutboxRow[] = []
  let after = Math.max(from - 2, request.protectedThrough)
  for (;;) {
    const page = request.store.recordsOfPriority(2, after, PAGE)
    for (const row of page) {
      if (row.sequence > to + 1) return found
      if (!already.has(row.sequence) && lostOf(row) !== undefined) found.push(row)
    }
    const newest = page.at(-1)
    if (newest === undefined || page.length < PAGE) return found
    after = newest.sequence
  }
}

/** Sequences from `from` to `to`, of which `count` are dropped. */
type Range = Pick<LostRecord, 'from' | 'to' | 'count'>

/** The sequences that are gone, as few ranges without gaps. A dropped `lost` record hands on what it named. */
function rangesOf(victims: readonly OutboxRow[]): Range[] {
  const single = victims.map((row): Range => lostOf(row) ?? { from: row.sequence, to: row.sequence, count: 1 })
  const ranges: Range[] = []
  for (const range of single.sort((a, b) => a.from - b.from)) {
    const before = ranges.at(-1)
    if (before !== undefined && range.from <= before.to + 1) ranges[ranges.length - 1] = joined([before, range])
    else ranges.push(joined([range]))
  }
  return ranges
}

/** The same ranges, those beyond the limit as one that spans them. */
function joinFrom(ranges: readonly Range[], limit: number): readonly Range[] {
  if (ranges.length <= limit) return ranges
  return [...ranges.slice(0, limit - 1), joined(ranges.slice(limit - 1))]
}

function joined(ranges: readonly Range[]): Range {
  let from = Number.MAX_SAFE_INTEGER
  let to = 0
  let count = 0
  for (const range of ranges) {
    from = Math.min(from, range.from)
    to = Math.max(to, range.to)
    count += range.count
  }
  return { from, to, count }
}

/** Takes the place of the last record that it names: it needs no number of its own, and stays beside what is gone. */
function lostRow(range: Range, stamp: ReturnType<RoomRequest['stamp']>): OutboxRow {
  const sequence = range.to
  const record: LostRecord = { kind: 'lost', sequence, ...stamp, ...range, reason: 'the outbox was full' }
  const json = JSON.stringify(record)
  return { sequence, priority: 2, json, sizeBytes: Buffer.byteLength(json) }
}

/** The `lost` record in a row, where it is one. */
const lostOf = (row: OutboxRow): LostRecord | undefined =>
  row.json.startsWith('{"kind":"lost"') ? (JSON.parse(row.json) as LostRecord) : undefined

const sizeOf = (rows: readonly OutboxRow[]): number => rows.reduce((sum, row) => sum + row.sizeBytes, 0)
