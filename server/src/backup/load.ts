/**
 * Brings a backup into a database, in one transaction: it is there whole, or all is as it was. The tables are made as
 * the backup knew them, filled, and then migrated to what this server knows.
 */
import type { BackupHeader } from '@ocelli/schemas/backup'
import type { BackupLine } from '@ocelli/schemas/backup-check'
import { OcelliError } from '@ocelli/schemas/errors'
import { sql } from 'drizzle-orm'
import { type Database, rowsOf } from '../store/sql/database.ts'
import { migrate, readMigrations } from '../store/sql/migrate.ts'
import { LEADER_LOCK } from '../store/sql/postgres-leadership.ts'
import { hasTables, partitionsOf, quoted, type Table, tablesOf } from './catalogue.ts'

export interface LoadOptions {
  readonly database: Database
  readonly header: BackupHeader
  /** The lines after the header. */
  readonly lines: AsyncIterable<BackupLine>
  readonly nowMs: number
  /** Destroys what is there. */
  readonly force: boolean
  /** Last look at the restored database; what it throws undoes all. */
  readonly finish?: (tx: Database) => Promise<void>
}

export interface Loaded {
  readonly epoch: number
  /** Rows that were there before and are no more, by table. */
  readonly destroyed: Readonly<Record<string, number>>
}

/** Rows and bytes sent in one statement. */
const PAGE_ROWS = 2_000
const PAGE_BYTES = 1024 * 1024

/**
 * Throws OcelliError `backup.newer`, `backup.notEmpty` (with what `force` would destroy), `backup.damaged`, or
 * `storage.locked` where a server runs on this database.
 */
export async function load(options: LoadOptions): Promise<Loaded> {
  const { database, header } = options
  const migrations = readMigrations()
  const unknown = header.schema.filter((number) => !migrations.some(({ version }) => version === number))
  if (unknown.length > 0) {
    throw new OcelliError('backup.newer', `The backup has schema ${unknown.join(', ')}, which this version lacks`)
  }
  return database.transaction(async (tx) => {
    await refuseWhileServed(tx)
    const before = await heldRows(tx)
    const heldEpoch = before.meta === undefined ? 0 : Number((await rowsOf(tx, sql`SELECT epoch FROM meta`))[0]?.epoch)
    if (before.meta !== undefined) {
      if (!options.force) throw new OcelliError('backup.notEmpty', `There is data already: ${inWords(before)}`)
      await dropAll(tx)
    }
    await migrate(
      tx,
      migrations.filter(({ version }) => header.schema.includes(version)),
    )
    await fill(tx, options)
    await migrate(tx, migrations)
    const epoch = await raise(tx, header, heldEpoch, options.nowMs)
    await options.finish?.(tx)
    return { epoch, destroyed: before }
  })
}

/** The leader of a running server holds this lock; taken here it also keeps one from starting to lead. */
async function refuseWhileServed(tx: Database): Promise<void> {
  const [row] = await rowsOf(tx, sql`SELECT pg_try_advisory_xact_lock(${LEADER_LOCK}) AS free`)
  if (row?.free !== true) throw new OcelliError('storage.locked', 'A server runs on this database: stop it first')
}

/** Rows by table, of tables that have any; empty where there is no table. */
async function heldRows(tx: Database): Promise<Record<string, number>> {
  const held: Record<string, number> = {}
  if (!(await hasTables(tx))) return held
  for (const { name } of await tablesOf(tx)) {
    const [row] = await rowsOf(tx, sql.raw(`SELECT count(*) AS rows FROM ${quoted(name)}`))
    const rows = Number(row?.rows)
    if (rows > 0) held[name] = rows
  }
  return held
}

function inWords(held: Readonly<Record<string, number>>): string {
  return Object.entries(held)
    .map(([table, rows]) => `${rows} ${table}`)
    .join(', ')
}

/** All that migrations made; extensions and other schemas stay. */
async function dropAll(tx: Database): Promise<void> {
  for (const { name } of await tablesOf(tx)) await tx.execute(sql.raw(`DROP TABLE ${quoted(name)} CASCADE`))
  await tx.execute(sql`DROP TABLE schema_version`)
  const rows = await rowsOf(tx, sql`SELECT sequencename AS name FROM pg_sequences WHERE schemaname = current_schema()`)
  for (const { name } of rows) await tx.execute(sql.raw(`DROP SEQUENCE ${quoted(String(name))} CASCADE`))
}

async function fill(tx: Database, { header, lines }: LoadOptions): Promise<void> {
  const tables = new Map((await tablesOf(tx)).map((table) => [table.name, table]))
  const strangers = header.tables.filter(({ name }) => !tables.has(name)).map(({ name }) => name)
  if (strangers.length > 0) {
    throw new OcelliError('backup.damaged', `Its schema has no tables ${strangers.join(', ')}`)
  }
  await makePartitions(tx, header)
  // Migrations put a row here and there; the backup has them as they became.
  await tx.execute(sql.raw(`TRUNCATE ${[...tables.keys()].map(quoted).join(', ')}`))
  const back = await transactionsBack(tx, header)
  let page: string[] = []
  let bytes = 0
  let current: Table | undefined
  const flush = async () => {
    if (current !== undefined && page.length > 0) await insert(tx, current, page, back)
    page = []
    bytes = 0
  }
  for await (const line of lines) {
    if (line.kind !== 'row') continue
    if (current?.name !== line.table) await flush()
    current = tables.get(line.table)
    page.push(line.text)
    bytes += line.text.length
    if (page.length >= PAGE_ROWS || bytes >= PAGE_BYTES) await flush()
  }
  await flush()
  await setSequences(tx, header)
}

async function insert(tx: Database, { name, columns }: Table, rows: readonly string[], back: bigint): Promise<void> {
  const list = columns.map((column) => quoted(column.name)).join(', ')
  const values = columns.map((column) => {
    const value = `r.${quoted(column.name)}`
    if (column.name === 'txid') return `${value} - ${back}`
    // JSON has one null: in a column that must hold a value it is that of JSON.
    const isJson = column.type === 'json' || column.type === 'jsonb'
    return isJson && column.notNull ? `coalesce(${value}, 'null'::${column.type})` : value
  })
  const json = `[${rows.join(',')}]`
  const table = quoted(name)
  await tx.execute(sql`
    ${sql.raw(`INSERT INTO ${table} (${list}) OVERRIDING SYSTEM VALUE SELECT ${values.join(', ')}`)}
    FROM json_populate_recordset(${sql.raw(`NULL::${table}`)}, ${json}::json) AS r`)
}

/**
 * How far transaction numbers move down, so that all lie below those that this database gives: otherwise records would
 * stay out of sight until it has counted that far.
 */
async function transactionsBack(tx: Database, { newestTransaction }: BackupHeader): Promise<bigint> {
  if (newestTransaction === undefined) return 0n
  const [row] = await rowsOf(tx, sql`SELECT pg_current_xact_id()::text AS own`)
  const ahead = BigInt(newestTransaction) - BigInt(String(row?.own)) + 1n
  return ahead > 0n ? ahead : 0n
}

/** Rows find their partitions, so that an age of them can be dropped as a whole later. */
async function makePartitions(tx: Database, header: BackupHeader): Promise<void> {
  const there = new Set((await partitionsOf(tx)).map(({ name }) => name))
  for (const { name, parent, from, to } of header.partitions) {
    if (there.has(name)) continue
    await tx.execute(
      sql.raw(`CREATE TABLE ${quoted(name)} PARTITION OF ${quoted(parent)} FOR VALUES FROM (${from}) TO (${to})`),
    )
  }
}

async function setSequences(tx: Database, header: BackupHeader): Promise<void> {
  for (const { name, value } of header.sequences) {
    await tx.execute(sql`SELECT setval(${quoted(name)}::regclass, ${value}::bigint)`)
  }
}

/**
 * The fleet went on after the backup: agents are ahead in their generations, and hold certificates that are not in it.
 * The epoch rises above all that may have been given out, a second restore of the same backup included, and every
 * device is told its state anew. Enrolment tokens may have been used since: a one-time token must not work twice.
 */
async function raise(tx: Database, header: BackupHeader, heldEpoch: number, nowMs: number): Promise<number> {
  const epoch = Math.max(header.epoch + 1, heldEpoch + 1, Math.floor(nowMs / 1000))
  await tx.execute(sql`
    UPDATE meta SET epoch = ${epoch}, restored_at_ms = ${nowMs},
      backup_at_ms = least(backup_at_ms, ${header.createdAtMs}::bigint)`)
  await tx.execute(sql`UPDATE desired SET epoch = ${epoch}, counter = counter + 1, issued_at_ms = ${nowMs}`)
  // The rest of a decision is still due: until then nobody is told.
  await tx.execute(sql`UPDATE projects SET rest_due_ms = ${nowMs + 1} WHERE rest_due_ms IS NOT NULL`)
  await tx.execute(sql`
    INSERT INTO desired (device, epoch, counter, instances, issued_at_ms, trust_version)
    SELECT id, ${epoch}, 1, '[]', ${nowMs}, (SELECT coalesce(max(version), 0) FROM trust) FROM devices
    WHERE NOT EXISTS (SELECT FROM desired WHERE desired.device = devices.id)`)
  await tx.execute(sql`UPDATE enrolment_tokens SET revoked = true WHERE uses_left > 0`)
  const detail = JSON.stringify({ createdAtMs: header.createdAtMs, epoch })
  await tx.execute(sql`
    INSERT INTO audit (at_ms, project, actor, action, subject, detail)
    VALUES (${nowMs}, 'default', 'ocelli', 'restore', 'installation', ${detail}::jsonb)`)
  return epoch
}
