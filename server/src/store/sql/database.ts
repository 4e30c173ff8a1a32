/** What the queries need of a database, be it embedded or a server. */

import type { SQL } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import type * as schema from './schema.ts'

/** A connection, a pool of them, or a running transaction. */
export type Database = PgDatabase<PgQueryResultHKT, typeof schema>

export type Row = Readonly<Record<string, unknown>>

/** Runs hand-written SQL; the drivers answer with `rows`, a transaction that takes rows by COPY with the rows alone. */
export async function rowsOf(database: Database, query: SQL): Promise<readonly Row[]> {
  const result: unknown = await database.execute(query)
  if (Array.isArray(result)) return result
  if (typeof result === 'object' && result !== null && 'rows' in result && Array.isArray(result.rows)) {
    return result.rows
  }
  throw new Error('the database driver answered without rows')
}

/** The row without what is NULL: in the rest of the server an absent fact is an absent field. */
export function present<T extends object>(row: T): { [K in keyof T]: Exclude<T[K], null> } {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as {
    [K in keyof T]: Exclude<T[K], null>
  }
}

/** Rows sent in one statement: enough to make its cost small, few enough to bound the memory of its one parameter. */
const CHUNK_ROWS = 5_000

export function chunksOf<T>(items: readonly T[], size = CHUNK_ROWS): T[][] {
  const chunks: T[][] = []
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size))
  return chunks
}

/** A transaction in which every query sees the same moment. */
export const ONE_MOMENT = { isolationLevel: 'repeatable read', accessMode: 'read only' } as const

/** Channels of NOTIFY; a message carries no data. */
export const RECORDS_CHANNEL = 'ocelli_records'
export const INTENT_CHANNEL = 'ocelli_intent'
