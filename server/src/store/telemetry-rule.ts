/**
 * The exactly-once rule of telemetry, as one pure function that every adapter applies to the position it holds locked.
 * What it answers is all that a batch changes, so a redelivered, reordered or doubled batch changes nothing.
 */
import type { LostRecord, TelemetryRecord } from '@ocelli/schemas/messages/telemetry'
import { storableText } from './storable.ts'
import type { TelemetryStore } from './store.ts'

export type TelemetryBatch = Parameters<TelemetryStore['commitTelemetry']>[0]
export type TelemetryAnswer = Awaited<ReturnType<TelemetryStore['commitTelemetry']>>

/**
 * A synchronised clock may still be a little ahead of the server's: NTP over a radio link is good to about a second.
 * Within this a device's time is believed as it is, so that the distances between its records stay true.
 */
export const CLOCK_SLACK_MS = 5_000

export interface Taken {
  /** Position of the stream afterwards; the same as before where nothing was taken. */
  readonly committed: number
  /** What to store, in order of sequence; the first may be a record of the gap. */
  readonly records: readonly TelemetryRecord[]
}

/**
 * Applies a batch to a stream at position `committed`. It is taken if it joins on (`first <= committed + 1`), or if the
 * device holds nothing older than `first`: then what lies between is gone for good and recorded as lost.
 */
export function takeBatch(committed: number, batch: TelemetryBatch): Taken {
  const gap = batch.first > committed + 1
  const refused = batch.last < batch.first || batch.last <= committed || (gap && batch.first !== batch.oldestHeld)
  if (refused) return { committed, records: [] }
  const records = newRecords(committed, batch)
  return { committed: batch.last, records: gap ? [lostGap(committed, batch), ...records] : records }
}

/** Best estimate of when a record happened: the device's word where its clock can be believed, else the arrival. */
export function observedAtMs(record: TelemetryRecord, receivedAtMs: number): number {
  const believed = record.synchronised && record.atMs <= receivedAtMs + CLOCK_SLACK_MS
  return believed ? record.atMs : receivedAtMs
}

/** The instance that put a record out; a record of a kind that is not known may name none. */
export function instanceOf(record: TelemetryRecord) {
  return 'instance' in record ? record.instance : undefined
}

/** What a query by name compares: the name of a measurement or an event. */
export function nameOf(record: TelemetryRecord): string | undefined {
  return record.kind === 'measurement' || record.kind === 'event' ? storableText(record.name) : undefined
}

/** Records above the position, by sequence and each sequence once, whatever order a hostile device sent them in. */
function newRecords(committed: number, batch: TelemetryBatch): TelemetryRecord[] {
  const bySequence = new Map<number, TelemetryRecord>()
  let last = 0
  let ordered = true
  for (const record of batch.records) {
    const { sequence } = record
    if (sequence <= committed || sequence < batch.first || sequence > batch.last || bySequence.has(sequence)) continue
    if (sequence < last) ordered = false
    last = sequence
    bySequence.set(sequence, record.kind === 'lost' ? lostAfter(Math.max(committed, batch.first - 1), record) : record)
  }
  const records = [...bySequence.values()]
  return ordered ? records : records.sort((a, b) => a.sequence - b.sequence)
}

/** What is lost above `position`: the device may not have heard that the rest arrived before it was dropped. */
function lostAfter(position: number, lost: LostRecord): LostRecord {
  if (lost.from > position || lost.to <= position) return lost
  const from = position + 1
  return { ...lost, from, count: Math.min(lost.count, lost.to - position) }
}

function lostGap(committed: number, batch: TelemetryBatch): LostRecord {
  const to = batch.first - 1
  return {
    kind: 'lost',
    sequence: to,
    atMs: batch.receivedAtMs,
    synchronised: true,
    boot: '',
    from: committed + 1,
    to,
    count: to - committed,
    reason: 'neither the database nor the device holds them',
  }
}
