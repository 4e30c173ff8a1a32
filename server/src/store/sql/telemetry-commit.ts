/**
 * Commits the batches of several devices in one transaction: positions are locked in one order by every replica, the
 * rule is applied to each, and records, last values and positions are written by three statements whatever their number.
 * Records go by COPY, which costs half of what reading them from a JSON document does.
 */
import type { DeploymentId, ProjectId } from '@ocelli/schemas/ids'
import type { TelemetryRecord } from '@ocelli/schemas/messages/telemetry'
import { sql } from 'drizzle-orm'
import { levelOf, roleOf } from '../../domain/record-traits.ts'
import type { RecordRow } from '../../domain/records.ts'
import { isStorable, storableJson } from '../storable.ts'
import { instanceOf, observedAtMs, type TelemetryAnswer, type TelemetryBatch, takeBatch } from '../telemetry-rule.ts'
import { COPY_NULL, type CopyTransaction, copyField, type InCopyTransaction } from './copy.ts'
import { RECORDS_CHANNEL } from './database.ts'

export interface CommittedRecord {
  readonly project: ProjectId
  readonly row: RecordRow
  /** Of the record as text: about what it takes in memory. */
  readonly characters: number
}

interface Stream {
  readonly project: ProjectId
  committed: number
}

const RECORD_COLUMNS =
  'records (txid, row, project, device, stream, received_at_ms, observed_at_ms, kind, deployment, instance, name, shadow, level, unit, value, record)'

/** Answers in the order of the batches, and tells what was written, in the order of its cursors. */
export async function commitBatches(
  begin: InCopyTransaction,
  batches: readonly TelemetryBatch[],
): Promise<{ readonly answers: readonly TelemetryAnswer[]; readonly written: readonly CommittedRecord[] }> {
  return begin(async (tx) => {
    const { streams, txid } = await lockStreams(tx, batches)
    const deployments = await deploymentsOf(tx, batches, streams)
    const lines: string[] = []
    const written: CommittedRecord[] = []
    const moved = new Map<string, unknown>()
    const last = new Map<string, unknown>()
    const answers = batches.map((batch): TelemetryAnswer => {
      const key = keyOf(batch)
      const stream = streams.get(key)
      if (stream === undefined) return undefined
      const { project } = stream
      const { device, stream: id, receivedAtMs } = batch
      const taken = takeBatch(stream.committed, batch)
      if (taken.committed !== stream.committed) {
        stream.committed = taken.committed
        moved.set(key, { device, stream: id, committed: taken.committed })
      }
      for (const record of taken.records) {
        const row = lines.length + 1
        const observed = observedAtMs(record, receivedAtMs)
        const instance = textOf(instanceOf(record))
        const deployment = instance === undefined ? undefined : deployments.get(`${device} ${instance}`)
        const json = JSON.stringify(record)
        const isPlain = isStorable(json)
        const stored = isPlain ? record : cleaned(record)
        lines.push(
          `${txid}\t${row}\t${project}\t${device}\t${id}\t${receivedAtMs}\t${observed}\t${copyField(stored.kind)}\t${deployment ?? COPY_NULL}\t${copyField(textOf(instanceOf(stored)))}\t${copyField(nameIn(stored))}\t${traitsOf(stored)}\t${copyField(isPlain ? json : JSON.stringify(stored))}\n`,
        )
        written.push({
          project,
          characters: json.length,
          row: {
            cursor: `${txid}-${row}`,
            device,
            stream: id,
            receivedAtMs,
            observedAtMs: observed,
            ...(deployment !== undefined && { deployment }),
            record: stored,
          },
        })
        if (stored.kind !== 'measurement' || stored.role !== 'live') continue
        const { instance: i, name: m, imager: g, unit: u, value: v } = stored
        last.set(`${device} ${i} ${m}`, {
          p: project,
          d: device,
          i,
          m,
          q: deployment,
          g,
          u,
          v,
          r: receivedAtMs,
          o: observed,
        })
      }
      return { committed: taken.committed, added: taken.records.length }
    })
    if (lines.length > 0) await tx.copy(RECORD_COLUMNS, [lines.join('')])
    if (last.size > 0) await writeLastValues(tx, [...last.values()])
    if (moved.size > 0) await writePositions(tx, [...moved.values()])
    return { answers, written }
  })
}

function nameIn(record: TelemetryRecord): string | undefined {
  return record.kind === 'measurement' || record.kind === 'event' ? record.name : undefined
}

/** The record as it will be read again. */
function cleaned(record: TelemetryRecord): TelemetryRecord {
  return JSON.parse(storableJson(record)) as TelemetryRecord
}

/** A record of a kind that is not known may name its instance by anything. */
function textOf(instance: unknown): string | undefined {
  if (instance === undefined || instance === null) return undefined
  return typeof instance === 'string' ? instance : JSON.stringify(instance)
}

/** The columns of shadow, level, unit and value. */
function traitsOf(record: TelemetryRecord): string {
  const shadow = roleOf(record) === 'shadow' ? 't' : 'f'
  if (record.kind === 'measurement') return `${shadow}\t${COPY_NULL}\t${copyField(record.unit)}\t${record.value}`
  const level = record.kind === 'log' ? levelOf(record) : undefined
  return `${shadow}\t${level ?? COPY_NULL}\t${COPY_NULL}\t${COPY_NULL}`
}

function keyOf({ device, stream }: { readonly device: string; readonly stream: string }): string {
  return `${device} ${stream}`
}

/**
 * Locks the position of every stream whose device is known, and makes those that are new. Both statements go by device
 * and stream, so that two replicas with the same streams wait for each other and never in a circle.
 */
async function lockStreams(
  tx: CopyTransaction,
  batches: readonly TelemetryBatch[],
): Promise<{ readonly streams: Map<string, Stream>; readonly txid: string }> {
  const wanted = new Map(batches.map((batch) => [keyOf(batch), { device: batch.device, stream: batch.stream }]))
  const json = storableJson([...wanted.values()])
  await tx.rows(sql`
    INSERT INTO positions (device, stream, committed)
    SELECT w.device, w.stream, 0 FROM json_to_recordset(${json}::json) AS w (device text, stream text)
    JOIN devices ON devices.id = w.device
    WHERE NOT EXISTS (SELECT FROM positions p WHERE p.device = w.device AND p.stream = w.stream)
    ORDER BY w.device COLLATE "C", w.stream COLLATE "C"
    ON CONFLICT DO NOTHING`)
  const rows = await tx.rows(sql`
    SELECT p.device, p.stream, p.committed, devices.project, pg_current_xact_id()::text AS txid
    FROM json_to_recordset(${json}::json) AS w (device text, stream text)
    JOIN positions p ON p.device = w.device AND p.stream = w.stream
    JOIN devices ON devices.id = w.device
    ORDER BY p.device, p.stream
    FOR UPDATE OF p`)
  const streams = rows.map(
    (row) =>
      [
        keyOf({ device: String(row.device), stream: String(row.stream) }),
        { project: row.project as ProjectId, committed: Number(row.committed) },
      ] as const,
  )
  return { streams: new Map(streams), txid: String(rows[0]?.txid ?? '') }
}

/** Of the instances that the batches speak of, by device and instance, be they placed or no more. */
async function deploymentsOf(
  tx: CopyTransaction,
  batches: readonly TelemetryBatch[],
  streams: ReadonlyMap<string, Stream>,
): Promise<ReadonlyMap<string, DeploymentId>> {
  const wanted = new Map<string, { readonly p: ProjectId; readonly i: string }>()
  for (const batch of batches) {
    const project = streams.get(keyOf(batch))?.project
    if (project === undefined) continue
    for (const record of batch.records) {
      const i = textOf(instanceOf(record))
      if (i !== undefined) wanted.set(`${project} ${i}`, { p: project, i })
    }
  }
  if (wanted.size === 0) return new Map()
  const rows = await tx.rows(sql`
    WITH w AS MATERIALIZED (SELECT * FROM json_to_recordset(${storableJson([...wanted.values()])}::json) AS w (p text, i text))
    SELECT instance, device, deployment FROM w JOIN instances ON instance = i
    UNION ALL SELECT instance, device, deployment FROM w JOIN placements ON project = p AND instance = i`)
  return new Map(rows.map((row) => [`${row.device} ${row.instance}`, row.deployment as DeploymentId]))
}

/** Wakes who follows the tail when the transaction ends. */
async function writePositions(tx: CopyTransaction, rows: readonly unknown[]): Promise<void> {
  await tx.rows(sql`
    WITH moved AS (
      UPDATE positions SET committed = m.committed
      FROM json_to_recordset(${storableJson(rows)}::json) AS m (device text, stream text, committed bigint)
      WHERE positions.device = m.device AND positions.stream = m.stream
    )
    SELECT pg_notify(${RECORDS_CHANNEL}, '')`)
}

/** A row is newest by order of commit, which within a stream is that of its records, never by a device's clock. */
async function writeLastValues(tx: CopyTransaction, rows: readonly unknown[]): Promise<void> {
  await tx.rows(sql`
    INSERT INTO last_values (project, device, instance, name, deployment, imager, unit, value, observed_at_ms, received_at_ms)
    SELECT p, d, i, m, q, g, u, v, o, r
    FROM json_to_recordset(${storableJson(rows)}::json) AS new (p text, d text, i text, m text, q text, g text, u text,
      v double precision, o bigint, r bigint)
    ORDER BY d COLLATE "C", i COLLATE "C", m COLLATE "C"
    ON CONFLICT (device, instance, name) DO UPDATE SET project = excluded.project, deployment = excluded.deployment,
      imager = excluded.imager, unit = excluded.unit, value = excluded.value,
      observed_at_ms = excluded.observed_at_ms, received_at_ms = excluded.received_at_ms`)
}
