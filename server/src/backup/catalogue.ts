/**
 * What there is to back up, asked of the database itself: every table but the list of migrations, so that a new one
 * cannot be forgotten.
 */
import type { BackupHeader } from '@ocelli/schemas/backup'
import { sql } from 'drizzle-orm'
import { type Database, rowsOf } from '../store/sql/database.ts'

export interface Column {
  readonly name: string
  /** As PostgreSQL spells it, for instance `jsonb`. */
  readonly type: string
  readonly notNull: boolean
}

export interface Table {
  readonly name: string
  /** Without those that the database computes. */
  readonly columns: readonly Column[]
}

/** A backup has its own word for it: the migrations in its header. */
const MIGRATIONS_TABLE = 'schema_version'

/** The tables with those that others refer to first; a partitioned one stands for its partitions. */
export async function tablesOf(database: Database): Promise<readonly Table[]> {
  const rows = await rowsOf(
    database,
    sql`
    SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, NULL) AS type, a.attnotnull AS not_null
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND c.relname <> ${MIGRATIONS_TABLE}
    ORDER BY c.relname COLLATE "C", a.attnum`,
  )
  const columns = Map.groupBy(rows, (row) => String(row.table))
  const tables = [...columns].map(([name, own]) => ({
    name,
    columns: own.map((row) => ({ name: String(row.name), type: String(row.type), notNull: row.not_null === true })),
  }))
  return parentsFirst(tables, await referencesOf(database))
}

/** Numbers of the migrations that the database has been through; none where it is empty. */
export async function migrationsOf(database: Database): Promise<readonly number[]> {
  if (!(await hasTables(database))) return []
  const rows = await rowsOf(database, sql`SELECT version FROM schema_version ORDER BY version`)
  return rows.map((row) => Number(row.version))
}

export async function hasTables(database: Database): Promise<boolean> {
  const [row] = await rowsOf(database, sql`SELECT to_regclass(${MIGRATIONS_TABLE}) IS NOT NULL AS there`)
  return row?.there === true
}

/** Partitions that were made while the server ran: those by time. */
export async function partitionsOf(database: Database): Promise<BackupHeader['partitions']> {
  const rows = await rowsOf(
    database,
    sql`
    SELECT c.relname AS name, p.relname AS parent, pg_get_expr(c.relpartbound, c.oid) AS bound
    FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid JOIN pg_class p ON p.oid = i.inhparent
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relispartition
    ORDER BY c.relname COLLATE "C"`,
  )
  return rows.flatMap((row) => {
    const [, from, to] = /^FOR VALUES FROM \('?(-?\d+)'?\) TO \('?(-?\d+)'?\)$/.exec(String(row.bound)) ?? []
    if (from === undefined || to === undefined) return []
    return [{ name: String(row.name), parent: String(row.parent), from, to }]
  })
}

/** Sequences that have given a number, and the last one. */
export async function sequencesOf(database: Database): Promise<BackupHeader['sequences']> {
  const rows = await rowsOf(
    database,
    sql`
    SELECT sequencename AS name, last_value::text AS value FROM pg_sequences
    WHERE schemaname = current_schema() AND last_value IS NOT NULL ORDER BY sequencename COLLATE "C"`,
  )
  return rows.map((row) => ({ name: String(row.name), value: String(row.value) }))
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** By table, the other tables that it refers to. */
async function referencesOf(database: Database): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await rowsOf(
    database,
    sql`
    SELECT DISTINCT child.relname AS child, parent.relname AS parent
    FROM pg_constraint k JOIN pg_class child ON child.oid = k.conrelid JOIN pg_class parent ON parent.oid = k.confrelid
    WHERE k.contype = 'f' AND child.oid <> parent.oid AND child.relnamespace = current_schema()::regnamespace`,
  )
  const parents = new Map<string, string[]>()
  for (const row of rows) {
    const child = String(row.child)
    parents.set(child, [...(parents.get(child) ?? []), String(row.parent)])
  }
  return parents
}

function parentsFirst(tables: readonly Table[], parents: ReadonlyMap<string, readonly string[]>): Table[] {
  const ordered: Table[] = []
  const waiting = new Set(tables)
  while (waiting.size > 0) {
    const names = new Set([...waiting].map(({ name }) => name))
    const free = [...waiting].filter(({ name }) => !(parents.get(name) ?? []).some((parent) => names.has(parent)))
    if (free.length === 0) throw new Error(`tables refer to one another in a circle: ${[...names].join(', ')}`)
    for (const table of free) {
      ordered.push(table)
      waiting.delete(table)
    }
  }
  return ordered
}
