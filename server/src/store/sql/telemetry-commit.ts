/**
 * Commits the batches of several devices in one transaction: positions are locked in one order by every replica, the
 * rule is applied to each, and records, last values and positions are written by three statements whatever their number.
 */
import type { TelemetryRecord } from '@ocelli/schemas/messages/telemetry'
import { sql } from 'drizzle-orm'
import { levelOf, roleOf } from '../../domain/record-traits.ts'
import { storableJson, storableText } from '../storable.ts'
import {
  instanceOf,
  nameOf,
  observedAtMs,
  type TelemetryAnswer,
  type TelemetryBatch,
  takeBatch,
} from '../telemetry-rule.ts'
import { type Database, RECORDS_CHANNEL, rowsOf } from './database.ts'

interface Stream {
  readonly project: string
  committed: number
}

/** Answers in the order of the batches. */
export async function commitBatches(
  database: Database,
  batches: readonly TelemetryBatch[],
): Promise<TelemetryAnswer[]> {
  return database.transaction(async (tx) => {
    const streams = await lockStreams(tx, batches)
    const records: unknown[] = []
    const moved = new Map<string, unknown>()
    const last = new Map<string, unknown>()
    const answers = batches.map((batch): TelemetryAnswer => {
      const key = keyOf(batch)
      const stream = streams.get(key)
      if (stream === undefined) return undefined
      const taken = takeBatch(stream.committed, batch)
      if (taken.committed !== stream.committed) {
        stream.committed = taken.committed
        moved.set(key, { device: batch.device, stream: batch.stream, committed: taken.committed })
      }
      for (const record of taken.records) {
        const times = { r: batch.receivedAtMs, o: observedAtMs(record, batch.receivedAtMs) }
        records.push({
          n: records.length + 1,
          p: stream.project,
          d: batch.device,
          s: batch.stream,
          ...times,
          k: record.kind,
          i: instanceOf(record),
          m: nameOf(record),
          ...sortedOut(record),
          b: record,
        })
        if (record.kind !== 'measurement' || record.role !== 'live') continue
        const name = storableText(record.name)
        const { instance: i, imager: g, unit: u, value: v } = record
        last.set(`${batch.device} ${i} ${name}`, { p: stream.project, d: batch.device, i, m: name, g, u, v, ...times })
      }
      return { committed: taken.committed, added: taken.records.length }
    })
    if (moved.size > 0) await writePositions(tx, [...moved.values()])
    if (records.length > 0) await writeRecords(tx, records)
    if (last.size > 0) await writeLastValues(tx, [...last.values()])
    return answers
  })
}

/** The traits of a record that have columns of their own; what is absent is not sent. */
function sortedOut(record: TelemetryRecord): Readonly<Record<string, unknown>> {
  const shadow = roleOf(record) === 'shadow' ? { h: 1 } : {}
  if (record.kind === 'measurement') return { ...shadow, u: record.unit, v: record.value }
  return record.kind === 'log' ? { ...shadow, l: levelOf(record) } : shadow
}

function keyOf({ device, stream }: { readonly device: string; readonly stream: string }): string {
  return `${device} ${stream}`
}

/**
 * Locks the position of every stream whose device is known, and makes those that are new. Both statements go by device
 * and stream, so that two replicas with the same streams wait for each other and never in a circle.
 */
async function lockStreams(tx: Database, batches: readonly TelemetryBatch[]): Promise<Map<string, Stream>> {
  const wanted = new Map(batches.map((batch) => [keyOf(batch), { device: batch.device, stream: batch.stream }]))
  const json = storableJson([...wanted.values()])
  await tx.execute(sql`
    INSERT INTO positions (device, stream, committed)
    SELECT w.device, w.stream, 0 FROM json_to_recordset(${json}::json) AS w (device text, stream text)
    JOIN devices ON devices.id = w.device
    WHERE NOT EXISTS (SELECT FROM positions p WHERE p.device = w.device AND p.stream = w.stream)
    ORDER BY w.device COLLATE "C", w.stream COLLATE "C"
    ON CONFLICT DO NOTHING`)
  const rows = await rowsOf(
    tx,
    sql`
    SELECT p.device, p.stream, p.committed, devices.project
    FROM json_to_recordset(${json}::json) AS w (device text, stream text)
    JOIN positions p ON p.device = w.device AND p.stream = w.stream
    JOIN devices ON devices.id = w.device
    ORDER BY p.device, p.stream
    FOR UPDATE OF p`,
  )
  return new Map(
    rows.map((row) => [
      keyOf({ device: String(row.device), stream: String(row.stream) }),
      { project: String(row.project), committed: Number(row.committed) },
    ]),
  )
}

async function writePositions(tx: Database, rows: readonly unknown[]): Promise<void> {
  await tx.execute(sql`
    UPDATE positions SET committed = m.committed
    FROM json_to_recordset(${storableJson(rows)}::json) AS m (device text, stream text, committed bigint)
    WHERE positions.device = m.device AND positions.stream = m.stream`)
}

async function writeRecords(tx: Database, rows: readonly unknown[]): Promise<void> {
  await tx.execute(sql`
    WITH written AS (
      INSERT INTO records (txid, row, project, device, stream, received_at_ms, observed_at_ms, kind, deployment,
        instance, name, shadow, level, unit, value, record)
      SELECT pg_current_xact_id()::text::bigint, n, p, d, s, r, o, k, instances.deployment, i, m, h IS NOT NULL, l, u, v, b
      FROM json_to_recordset(${storableJson(rows)}::json) AS new (n integer, p text, d text, s text, r bigint, o bigint,
        k text, i text, m text, h integer, l smallint, u text, v double precision, b json)
      LEFT JOIN instances ON instances.instance = i AND instances.device = d
    )
    SELECT pg_notify(${RECORDS_CHANNEL}, '')`)
}

/** A row is newest by order of commit, which within a stream is that of its records, never by a device's clock. */
async function writeLastValues(tx: Database, rows: readonly unknown[]): Promise<void> {
  await tx.execute(sql`
    INSERT INTO last_values (project, device, instance, name, deployment, imager, unit, value, observed_at_ms, received_at_ms)
    SELECT p, d, i, m, instances.deployment, g, u, v, o, r
    FROM json_to_recordset(${storableJson(rows)}::json) AS new (p text, d text, i text, m text, g text, u text,
      v double precision, o bigint, r bigint)
    LEFT JOIN instances ON instances.instance = i AND instances.device = d
    ORDER BY d COLLATE "C", i COLLATE "C", m COLLATE "C"
    ON CONFLICT (device, instance, name) DO UPDATE SET project = excluded.project, deployment = excluded.deployment,
      imager = excluded.imager, unit = excluded.unit, value = excluded.value,
      observed_at_ms = excluded.observed_at_ms, received_at_ms = excluded.received_at_ms`)
}
