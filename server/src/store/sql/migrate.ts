/** Brings a database to the schema of this server: each numbered file once, in order, in one transaction under a lock. */
import { readdirSync, readFileSync } from 'node:fs'
import { OcelliError } from '@ocelli/schemas/errors'
import { sql } from 'drizzle-orm'
import { type Database, rowsOf } from './database.ts'

/** Any constant, the same in every replica: the ASCII codes of `ocel`. */
const MIGRATION_LOCK = 0x6f63656c

const DIRECTORY = new URL('./migrations/', import.meta.url)

export interface Migration {
  readonly version: number
  readonly statements: readonly string[]
}

/** Throws OcelliError `database.newer` where the database was migrated by a newer server. */
export async function migrate(database: Database, migrations = readMigrations()): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.execute(sql`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`)
    await tx.execute(sql`CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY)`)
    const rows = await rowsOf(tx, sql`SELECT version FROM schema_version`)
    const done = new Set(rows.map((row) => Number(row.version)))
    const held = Math.max(0, ...done)
    const known = migrations.at(-1)?.version ?? 0
    if (held > known) {
      throw new OcelliError('database.newer', `the database has schema ${held}, this server knows ${known}`)
    }
    for (const { version, statements } of migrations) {
      if (done.has(version)) continue
      for (const statement of statements) await tx.execute(sql.raw(statement))
      await tx.execute(sql`INSERT INTO schema_version VALUES (${version})`)
    }
  })
}

/** The files `NNNN-name.sql` in order of their numbers; a statement ends with a semicolon at a line's end. */
export function readMigrations(): Migration[] {
  const names = readdirSync(DIRECTORY)
    .filter((name) => name.endsWith('.sql'))
    .sort()
  const seen = new Set<number>()
  return names.map((name) => {
    const version = Number(name.slice(0, 4))
    if (!Number.isInteger(version) || version < 1 || seen.has(version)) throw new Error(`migration ${name}: the number`)
    seen.add(version)
    const text = readFileSync(new URL(name, DIRECTORY), 'utf8')
    const statements = text.split(/;[ \t]*$/m).map((part) => part.replace(/^--.*$/gm, '').trim())
    return { version, statements: statements.filter((statement) => statement !== '') }
  })
}
