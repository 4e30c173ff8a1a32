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

/** Gives each waiting record its sequence and names what goes: least worth first, oldest first within it. */
export function makeRoom(request: RoomRequest): Room {
  const { waiting, maxBytes, stamp } = request
  let last = request.last
  const numbered = waiting.map(({ priority, head, tail }) => {
    const json = `${head}${++last},${tail}`
    return { sequence: last, priority, json, sizeBytes: Buffer.byteLength(json) }
  })
  const bytes = request.heldBytes + numbered.reduce((sum, row) => sum + row.sizeBytes, 0)
  if (bytes <= maxBytes) {
    return { append: numbered, forget: [], last, heldBytes: bytes, accepted: numbered.length, dropped: 0 }
  }
  const victims = chooseVictims(request, numbered, bytes - maxBytes * KEEP_PART + LOST_BYTES)
  if (victims.length === 0) {
    return { append: numbered, forget: [], last, heldBytes: bytes, accepted: numbered.length, dropped: 0 }
  }
  const gone = new Set(victims.map((row) => row.sequence))
  const kept = numbered.filter((row) => !gone.has(row.sequence))
  const lost = lostRow(++last, victims, stamp())
  const freed = victims.reduce((sum, row) => sum + row.sizeBytes, 0)
  return {
    append: [...kept, lost],
    forget: victims.filter((row) => row.sequence <= request.last).map((row) => row.sequence),
    last,
    heldBytes: bytes - freed + lost.sizeBytes,
    accepted: kept.length,
    dropped: victims.length,
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

/** Names the dropped range. A dropped `lost` record hands on what it named. */
function lostRow(
  sequence: number,
  victims: readonly OutboxRow[],
  stamp: Pick<LostRecord, 'atMs' | 'synchronised' | 'boot'>,
): OutboxRow {
  let from = Number.MAX_SAFE_INTEGER
  let to = 0
  let count = 0
  for (const row of victims) {
    const earlier = row.json.startsWith('{"kind":"lost"') ? (JSON.parse(row.json) as LostRecord) : undefined
    from = Math.min(from, row.sequence, earlier?.from ?? row.sequence)
    to = Math.max(to, row.sequence, earlier?.to ?? row.sequence)
    count += 1 + (earlier?.count ?? 0)
  }
  const record: LostRecord = { kind: 'lost', sequence, ...stamp, from, to, count, reason: 'the outbox was full' }
  const json = JSON.stringify(record)
  return { sequence, priority: 2, json, sizeBytes: Buffer.byteLength(json) }
}
