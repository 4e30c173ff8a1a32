/**
 * History is kept in tables by time, so that an age can be dropped whole. They are made ahead of their time; a default
 * table below each catches what has no table, and gives its rows up when that table is made.
 */
import type { Retention } from '@ocelli/schemas/api/alert'
import { type SQL, sql } from 'drizzle-orm'
import { type Database, rowsOf } from './database.ts'

/** Any constant, the same in every replica: the ASCII codes of `ocep`. */
const PARTITION_LOCK = 0x6f636570

/** Waiting for readers longer than this would stop ingest; the default partition takes the records meanwhile. */
const LOCK_TIMEOUT_MS = 2_000

const DAY_MS = 86_400_000

type Period = 'day' | 'week' | 'month'

export interface PartitionedTable {
  readonly table: string
  /** Time by which its partitions are cut. */
  readonly column: string
  readonly period: Period
  /** How long its rows are kept. */
  readonly kept: keyof Retention
}

/** Much that is short-lived is cut finely; what is kept for years coarsely, as a query opens every partition it may need. */
export const PARTITIONED: readonly PartitionedTable[] = [
  { table: 'measurements', column: 'received_at_ms', period: 'day', kept: 'measurementsMs' },
  { table: 'logs', column: 'received_at_ms', period: 'week', kept: 'logsMs' },
  { table: 'events', column: 'received_at_ms', period: 'month', kept: 'eventsMs' },
  { table: 'minutes', column: 'bucket_ms', period: 'week', kept: 'minutesMs' },
  { table: 'hours', column: 'bucket_ms', period: 'month', kept: 'hoursMs' },
  { table: 'device_history', column: 'at_ms', period: 'month', kept: 'historyMs' },
]

export interface Partition {
  readonly name: string
  readonly fromMs: number
  readonly toMs: number
}

/** The partition that a time belongs to. Weeks begin on Monday, all by UTC. */
export function partitionAt({ table, period }: Pick<PartitionedTable, 'table' | 'period'>, atMs: number): Partition {
  const fromMs = startOf(period, atMs)
  const name = `${table}_${new Date(fromMs).toISOString().slice(0, 10).replaceAll('-', '')}`
  return { name, fromMs, toMs: endOf(period, fromMs) }
}

function startOf(period: Period, atMs: number): number {
  const date = new Date(atMs)
  if (period === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
  const day = atMs - (atMs % DAY_MS)
  // 1970-01-01 was a Thursday.
  return period === 'day' ? day : day - ((day / DAY_MS + 3) % 7) * DAY_MS
}

function endOf(period: Period, fromMs: number): number {
  if (period === 'day') return fromMs + DAY_MS
  if (period === 'week') return fromMs + 7 * DAY_MS
  const date = new Date(fromMs)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
}

/** The partitions that a table has, but for its default one, oldest first. */
export async function partitionsOf(database: Database, of: PartitionedTable): Promise<Partition[]> {
  const rows = await rowsOf(
    database,
    sql`
    SELECT child.relname AS name FROM pg_inherits
    JOIN pg_class child ON child.oid = inhrelid JOIN pg_class parent ON parent.oid = inhparent
    WHERE parent.relname = ${of.table} AND parent.relnamespace = 'public'::regnamespace ORDER BY 1`,
  )
  return rows.flatMap(({ name }) => {
    const [, year, month, day] = /_(\d{4})(\d\d)(\d\d)$/.exec(String(name)) ?? []
    if (year === undefined) return []
    const fromMs = Date.UTC(Number(year), Number(month) - 1, Number(day))
    return [{ name: String(name), fromMs, toMs: endOf(of.period, fromMs) }]
  })
}

/** Makes the current partition and the next of each table, where they are missing. */
export async function makePartitions(database: Database, nowMs: number): Promise<void> {
  const wanted = PARTITIONED.flatMap((table) => {
    const current = partitionAt(table, nowMs)
    return [current, partitionAt(table, current.toMs)].map((partition) => ({ table, partition }))
  })
  const names = sql.join(
    wanted.map(({ partition }) => sql`${partition.name}`),
    sql`, `,
  )
  const there = await rowsOf(
    database,
    sql`SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname IN (${names})`,
  )
  const known = new Set(there.map(({ relname }) => relname))
  for (const { table, partition } of wanted) {
    if (!known.has(partition.name)) await database.transaction((tx) => makePartition(tx, table, partition))
  }
}

async function makePartition(tx: Database, { table, column }: PartitionedTable, partition: Partition): Promise<void> {
  const { name, fromMs, toMs } = partition
  const bounds = `FOR VALUES FROM (${fromMs}) TO (${toMs})`
  const inRange = `${column} >= ${fromMs} AND ${column} < ${toMs}`
  await raw(tx, `SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`)
  await tx.execute(sql`SELECT pg_advisory_xact_lock(${PARTITION_LOCK})`)
  const [there] = await rowsOf(tx, sql`SELECT to_regclass(${name}) IS NOT NULL AS made`)
  if (there?.made === true) return
  const [waiting] = await rowsOf(tx, sql.raw(`SELECT EXISTS (SELECT FROM ${table}_default WHERE ${inRange}) AS rows`))
  if (waiting?.rows !== true) {
    await raw(tx, `CREATE TABLE ${name} PARTITION OF ${table} ${bounds}`)
    return
  }
  await raw(tx, `CREATE TABLE ${name} (LIKE ${table} INCLUDING DEFAULTS)`)
  await raw(
    tx,
    `WITH moved AS (DELETE FROM ${table}_default WHERE ${inRange} RETURNING *) INSERT INTO ${name} SELECT * FROM moved`,
  )
  await raw(tx, `ALTER TABLE ${table} ATTACH PARTITION ${name} ${bounds}`)
}

/** Drops a partition with all that is in it. Rejects where readers hold it for too long: the next round tries again. */
export async function dropPartition(database: Database, { name }: Partition): Promise<void> {
  await database.transaction(async (tx) => {
    await raw(tx, `SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`)
    await tx.execute(sql`SELECT pg_advisory_xact_lock(${PARTITION_LOCK})`)
    await raw(tx, `DROP TABLE IF EXISTS ${name}`)
  })
}

/** Names and numbers of this file alone go in, nothing from outside. */
function raw(database: Database, text: string): PromiseLike<unknown> {
  const query: SQL = sql.raw(text)
  return database.execute(query)
}

/** Keeps partitions ahead while the store runs: looks again at the first batch of a day, and never stops one. */
export function partitionKeeper(database: Database, onFailure: (cause: unknown) => void) {
  let aheadOf = 0
  let running: Promise<void> | undefined
  return {
    /** Resolves at once but for the first call in a day. */
    async prepare(nowMs: number): Promise<void> {
      if (nowMs < aheadOf) return
      running ??= makePartitions(database, nowMs)
        .catch(onFailure)
        .finally(() => {
          running = undefined
        })
      aheadOf = startOf('day', nowMs) + DAY_MS
      await running
    },
  }
}
