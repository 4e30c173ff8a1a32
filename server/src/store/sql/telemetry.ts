import { OcelliError } from '@ocelli/schemas/errors'
import type { DeploymentId } from '@ocelli/schemas/ids'
import { and, eq, gte, inArray, lt, ne, or, type SQL, sql } from 'drizzle-orm'
import type { RecordRow } from '../../domain/records.ts'
import { storableText } from '../storable.ts'
import type { RecordQuery, TelemetryStore } from '../store.ts'
import { CLOCK_SLACK_MS } from '../telemetry-rule.ts'
import { type Database, present, type Row, rowsOf } from './database.ts'
import type { Beside } from './recent-records.ts'
import { lastValues, positions, records } from './schema.ts'

/** All of the telemetry store but its commits, which go through a queue. */
export function telemetryReader(
  database: Database,
): Pick<TelemetryStore, 'position' | 'records' | 'head' | 'lastValues'> {
  return {
    position: async (device, stream) => {
      const where = and(eq(positions.device, device), eq(positions.stream, stream))
      return (await database.select().from(positions).where(where))[0]?.committed ?? 0
    },
    records: (query) => findRecords(database, query),
    // Every transaction below the oldest running one has ended; a later commit has this number or a higher one.
    head: async () => {
      const [row] = await rowsOf(database, sql`SELECT ${HORIZON}::text AS horizon`)
      return `${row?.horizon}-0`
    },
    lastValues: async (project, { deployment, device }) => {
      const rows = await database
        .select()
        .from(lastValues)
        .where(
          and(
            eq(lastValues.project, project),
            deployment && eq(lastValues.deployment, deployment),
            device && eq(lastValues.device, device),
          ),
        )
        .orderBy(lastValues.device, lastValues.instance, lastValues.name)
      return rows.map(({ project: _, ...row }) => present(row))
    },
  }
}

/** The oldest transaction that still runs: records are read below it, so that none commits behind a cursor's back. */
export const HORIZON = sql`pg_snapshot_xmin(pg_current_snapshot())::text::bigint`

async function findRecords(database: Database, query: RecordQuery): Promise<RecordRow[]> {
  if (query.after === undefined || query.end !== 'oldest') return selectRecords(database, query)
  return database.transaction(async (tx) => {
    await inOrderOfCommit(tx)
    return selectRecords(tx, query)
  })
}

/**
 * For the rest of the transaction: a partition of today has no statistics yet, and the database would take a page of
 * its tail for a few rows, read all that is left to sort it, and do so for each page. */
export async function inOrderOfCommit(tx: Database): Promise<void> {
  await tx.execute(sql`SELECT set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)`)
}

/** The tail of a project, of which this process has a part. One statement, so that rows and horizon are of one moment. */
export async function readBeside(
  database: Database,
  query: RecordQuery,
  beside: Beside,
): Promise<readonly RecordRow[]> {
  const { gaps } = beside
  const bounds = JSON.stringify(
    gaps.map(({ after: [txid, row], below }) => ({
      t: String(txid),
      r: row,
      b: below === undefined ? null : String(below),
    })),
  )
  const rows = await database.transaction(async (tx) => {
    await inOrderOfCommit(tx)
    return rowsOf(
      tx,
      sql`
      SELECT horizon::text AS horizon, other.* FROM (SELECT ${HORIZON} AS horizon) AS now
      LEFT JOIN LATERAL (
        SELECT one.* FROM json_to_recordset(${bounds}::json) AS gap (t bigint, r integer, b bigint)
        CROSS JOIN LATERAL (
          SELECT txid, row, device, stream, received_at_ms, observed_at_ms, deployment, record FROM records
          WHERE project = ${query.project} AND (txid, row) > (t, r) AND txid < least(b, now.horizon)
          ORDER BY txid, row LIMIT ${query.limit}
        ) AS one
        ORDER BY one.txid, one.row LIMIT ${query.limit}
      ) AS other ON true`,
    )
  })
  const others = rows.filter((row) => row.txid !== null).map(recordRow)
  return beside.join(others, BigInt(String(rows[0]?.horizon)))
}

function recordRow(row: Row): RecordRow {
  return {
    cursor: `${row.txid}-${row.row}`,
    device: row.device as RecordRow['device'],
    stream: row.stream as RecordRow['stream'],
    receivedAtMs: Number(row.received_at_ms),
    observedAtMs: Number(row.observed_at_ms),
    ...(row.deployment !== null && { deployment: row.deployment as DeploymentId }),
    record: row.record as RecordRow['record'],
  }
}

async function selectRecords(database: Database, query: RecordQuery): Promise<RecordRow[]> {
  const order = query.end === 'oldest' ? sql`ASC` : sql`DESC`
  const rows = await database
    .select({
      txid: records.txid,
      row: records.row,
      device: records.device,
      stream: records.stream,
      receivedAtMs: records.receivedAtMs,
      observedAtMs: records.observedAtMs,
      deployment: records.deployment,
      record: records.record,
    })
    .from(records)
    .where(and(...conditions(query)))
    .orderBy(sql`${records.txid} ${order}`, sql`${records.row} ${order}`)
    .limit(query.limit)
  if (query.end === 'newest') rows.reverse()
  return rows.map(({ txid, row, ...rest }) => ({ cursor: `${txid}-${row}`, ...present(rest) }))
}

function conditions(query: RecordQuery): (SQL | undefined)[] {
  const { project, kinds, device, deployment, instance, name, role, minLevel, text, fromMs, toMs, after, before } =
    query
  return [
    eq(records.project, project),
    sql`${records.txid} < ${HORIZON}`,
    after === undefined ? undefined : sql`(${records.txid}, ${records.row}) > (${cursorOf(after)})`,
    before === undefined ? undefined : sql`(${records.txid}, ${records.row}) < (${cursorOf(before)})`,
    kinds && inArray(records.kind, [...kinds]),
    device && eq(records.device, device),
    deployment && eq(records.deployment, deployment),
    instance && eq(records.instance, instance),
    name === undefined ? undefined : eq(records.name, storableText(name)),
    role === undefined ? undefined : eq(records.shadow, role === 'shadow'),
    minLevel === undefined ? undefined : or(ne(records.kind, 'log'), gte(records.level, minLevel)),
    text === undefined ? undefined : contains(text),
    fromMs === undefined ? undefined : gte(records.observedAtMs, fromMs),
    // Nothing is believed to have happened much later than it arrived: older partitions need not be looked at.
    fromMs === undefined ? undefined : gte(records.receivedAtMs, fromMs - CLOCK_SLACK_MS),
    toMs === undefined ? undefined : lt(records.observedAtMs, toMs),
  ]
}

/** `kind` is named so that the partitions of measurements are not looked at. */
function contains(text: string): SQL {
  const pattern = `%${storableText(text).replace(/[\\%_]/g, '\\$&')}%`
  return sql`(${records.kind} = 'log' AND (${records.record} ->> 'message' ILIKE ${pattern} OR ${records.record} ->> 'context' ILIKE ${pattern})
    OR ${records.kind} = 'event' AND ${records.name} ILIKE ${pattern})`
}

function cursorOf(cursor: string): SQL {
  const [, txid, row] = /^(-?[0-9]{1,18})-([0-9]{1,9})$/.exec(cursor) ?? []
  if (txid === undefined || row === undefined) {
    throw new OcelliError('request.invalid', `"${cursor}" is no cursor of this store`)
  }
  return sql`${txid}::bigint, ${row}::integer`
}
