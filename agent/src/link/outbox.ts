/**
 * The outbox: records from the moment a component puts them out until the server's database has them.
 *
 * Invariants:
 * 1. A record has a sequence and a place in the store from one transaction on; until then it is only offered.
 * 2. Sequences of a stream are given once, in order, and never again, whatever crashes.
 * 3. A record leaves the store by the server's acknowledgement, or by being dropped in the very transaction that puts
 *    the `lost` record naming it in the place of the last one of its range.
 * 4. Records of the batch in flight are not dropped: the server may have them already.
 */
import { idText, type StreamId } from '@ocelli/schemas/ids'
import type { Reported } from '@ocelli/schemas/messages/reported'
import type { Ack, LostRecord, TelemetryRecord } from '@ocelli/schemas/messages/telemetry'
import type { AgentStore, Clock, OutboxRow, Random, RecordPriority, StoreWrites } from '../ports.ts'
import { type GroupCommit, writeUnlessFull } from '../storage/group-commit.ts'
import { makeRoom, type Room, type Waiting } from './outbox-room.ts'

type Unnumbered<T> = T extends { sequence: number } ? Omit<T, 'sequence'> : never
/** A record before its transaction. */
export type OfferedRecord = Unnumbered<TelemetryRecord>
export type RecordStamp = Pick<LostRecord, 'atMs' | 'synchronised' | 'boot'>

export interface OutboxOptions {
  readonly store: AgentStore
  readonly clock: Clock
  readonly random: Random
  readonly commit: GroupCommit
  /** Most bytes of records held. */
  readonly maxBytes: number
  /** First wait for an acknowledgement. */
  readonly resendMs: number
  /** Stamp of a record that the outbox itself makes. */
  readonly stamp: () => RecordStamp
  /** Hands a batch, as JSON text, to the link. */
  readonly send: (batch: string) => void
  readonly onChange: () => void
}

const KEY = 'outbox'
/** Records in one batch and in one transaction. */
const BATCH_RECORDS = 500
/** Half of what a telemetry message may hold: a batch of small records is bounded by their number anyway. */
const BATCH_BYTES = 128 * 1024
const MAX_RESEND_MS = 60_000
/** Largest record: below the limit of a telemetry message, so that one record can never block its stream. */
export const MAX_RECORD_BYTES = 128 * 1024
/** Records offered while the disk is full; above it the oldest of least worth is forgotten. */
const MAX_WAITING = 5000

const PRIORITY: Record<OfferedRecord['kind'], RecordPriority> = {
  measurement: 0,
  detections: 0,
  log: 1,
  event: 2,
  task: 2,
  lost: 2,
  other: 2,
}

/** What the store keeps beside the records. */
interface Position {
  readonly stream: StreamId
  /** Last sequence given. */
  readonly last: number
  /** Highest sequence that the server acknowledged. */
  readonly acked: number
  readonly lost: number
}

export class Outbox {
  readonly #options: OutboxOptions
  #position: Position
  #held: number
  #heldBytes: number
  #waiting: Waiting[] = []
  #offered = 0
  #accepted = 0
  /** What the transaction under way will make true. */
  #next: { position: Position; room: Room; taken: number } | undefined
  #up = false
  #inFlight: { readonly last: number; readonly cancel: () => void } | undefined
  #resendMs: number
  /** The server knows less than it acknowledged: it was restored, and the next batch begins at what is still held. */
  #serverFellBack = false

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#resendMs = options.resendMs
    const stored = options.store.get(KEY)
    this.#position = stored === undefined ? this.#newStream() : (JSON.parse(stored) as Position)
    if (stored === undefined) {
      options.store.write((writes) => writes.put(KEY, JSON.stringify(this.#position)))
    }
    const all = options.store.countRecords(Number.MAX_SAFE_INTEGER)
    this.#held = all.records
    this.#heldBytes = all.bytes
    options.commit.join(this)
  }

  /** Takes a record; it is accepted with the next transaction. False where it is too large for any message. */
  offer(record: OfferedRecord): boolean {
    const { kind, ...rest } = record
    this.#offered++
    // Kind and sequence lead; the sequence is known only in the transaction.
    const tail = JSON.stringify(rest).slice(1)
    if (Buffer.byteLength(tail) > MAX_RECORD_BYTES) return false
    this.#waiting.push({ priority: PRIORITY[kind], head: `{"kind":${JSON.stringify(kind)},"sequence":`, tail })
    if (this.#waiting.length > MAX_WAITING) this.#forgetOneWaiting()
    if (this.#waiting.length % BATCH_RECORDS === 0) this.#options.commit.now()
    else this.#options.commit.request()
    return true
  }

  write(writes: StoreWrites): void {
    this.#next = undefined
    if (this.#waiting.length === 0) return
    const { store, maxBytes, stamp } = this.#options
    const room = makeRoom({
      store,
      waiting: this.#waiting,
      last: this.#position.last,
      heldBytes: this.#heldBytes,
      maxBytes,
      protectedThrough: this.#inFlight?.last ?? 0,
      stamp,
    })
    const position = { ...this.#position, last: room.last, lost: this.#position.lost + room.dropped }
    writes.forgetRecords(room.forget)
    for (const row of room.append) writes.appendRecord(row)
    writes.put(KEY, JSON.stringify(position))
    this.#next = { position, room, taken: this.#waiting.length }
  }

  committed(): void {
    if (this.#next === undefined) return
    const { position, room, taken } = this.#next
    this.#next = undefined
    this.#position = position
    this.#held += room.append.length - room.forget.length
    this.#heldBytes = room.heldBytes
    this.#accepted += room.accepted
    this.#waiting = this.#waiting.slice(taken)
    this.#pump()
    this.#options.onChange()
  }

  linkUp(): void {
    this.#up = true
    this.#land()
    this.#resendMs = this.#options.resendMs
    this.#pump()
  }

  linkDown(): void {
    this.#up = false
    this.#land()
  }

  /** Takes the server's position. Late, doubled and reordered ones change nothing that matters. */
  acknowledge(ack: Ack): void {
    const { stream, acked, last } = this.#position
    if (ack.stream !== stream) return
    // On a full disk not even forgetting can be written: the batch is sent again later, and answered again.
    if (ack.committed > acked && !this.#advance(Math.min(ack.committed, last))) return
    // The server holds numbers that this store never gave: the store itself was set back. Numbers given from here on
    // would be taken for repetitions, so they begin anew in a stream of their own.
    if (ack.committed > last) this.#restartStream()
    if (ack.committed >= acked) {
      if (ack.committed > acked) {
        this.#serverFellBack = false
        this.#resendMs = this.#options.resendMs
        this.#land()
        this.#pump()
      }
    } else if (!this.#serverFellBack) {
      this.#serverFellBack = true
      this.#land()
      this.#pump()
    }
    this.#options.onChange()
  }

  counters(): Reported['outbox'] {
    return {
      stream: this.#position.stream,
      offered: this.#offered,
      accepted: this.#accepted,
      held: this.#held,
      heldBytes: this.#heldBytes,
      lost: this.#position.lost,
    }
  }

  close(): void {
    this.linkDown()
  }

  #advance(through: number): boolean {
    const { store } = this.#options
    const position = { ...this.#position, acked: through }
    const done = store.countRecords(through)
    const written = writeUnlessFull(store, (writes) => {
      writes.forgetRecordsThrough(through)
      writes.put(KEY, JSON.stringify(position))
    })
    if (!written) return false
    this.#position = position
    this.#held -= done.records
    this.#heldBytes -= done.bytes
    return true
  }

  #restartStream(): void {
    const position = this.#newStream()
    this.#options.store.write((writes) => writes.put(KEY, JSON.stringify(position)))
    this.#position = position
  }

  #newStream(): Position {
    const stream = `s-${idText(this.#options.random.bytes('stream', 10))}` as StreamId
    return { stream, last: 0, acked: 0, lost: 0 }
  }

  /** Sends the next batch, if the link is up and none is in flight. */
  #pump(): void {
    if (!this.#up || this.#inFlight !== undefined) return
    const { store, clock, send, maxBytes } = this.#options
    const { stream, acked } = this.#position
    // A small outbox is never held up whole by the batch in flight.
    const rows = fitting(store.records(acked, BATCH_RECORDS), Math.min(BATCH_BYTES, maxBytes / 4))
    const [oldest] = rows
    const newest = rows.at(-1)
    if (oldest === undefined || newest === undefined) return
    const first = this.#serverFellBack ? oldest.sequence : acked + 1
    const head = JSON.stringify({ stream, first, last: newest.sequence, oldestHeld: oldest.sequence })
    const cancel = clock.setTimer(this.#resendMs, () => {
      this.#inFlight = undefined
      this.#resendMs = Math.min(this.#resendMs * 2, Math.max(MAX_RESEND_MS, this.#options.resendMs))
      this.#pump()
    })
    this.#inFlight = { last: newest.sequence, cancel }
    send(`${head.slice(0, -1)},"records":[${rows.map((row) => row.json).join(',')}]}`)
  }

  /** Nothing is in flight any more. */
  #land(): void {
    this.#inFlight?.cancel()
    this.#inFlight = undefined
  }

  #forgetOneWaiting(): void {
    for (const priority of [0, 1, 2]) {
      const index = this.#waiting.findIndex((waiting) => waiting.priority === priority)
      if (index < 0) continue
      this.#waiting.splice(index, 1)
      return
    }
  }
}

/** The longest beginning within the size; at least one record, which alone always fits a message. */
function fitting(rows: readonly OutboxRow[], maxBytes: number): readonly OutboxRow[] {
  let bytes = 0
  for (const [index, row] of rows.entries()) {
    bytes += row.sizeBytes + 1
    if (bytes > maxBytes && index > 0) return rows.slice(0, index)
  }
  return rows
}
