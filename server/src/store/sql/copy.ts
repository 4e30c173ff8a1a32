/** Rows as the text of COPY, which costs a database half of what reading them from a JSON document does. */
import type { SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import { drizzle } from 'drizzle-orm/pg-proxy'
import type { Database, Row } from './database.ts'
import * as schema from './schema.ts'

/** A running transaction that can take rows as the text of COPY. */
export interface CopyTransaction {
  /** The same transaction for queries that are built. */
  readonly database: Database
  rows(query: SQL): Promise<readonly Row[]>
  /**
   * `target`: a table with its columns in brackets. `lines`: rows, each ended by a line break, in pieces of any number:
   * the database may work on one piece while the next is made.
   */
  copy(target: string, lines: Iterable<string>): Promise<void>
}

/** Runs `act` in a transaction, which a throw undoes. */
export type InCopyTransaction = <T>(act: (tx: CopyTransaction) => Promise<T>) => Promise<T>

/** What a driver has to do; `asArrays`: rows as arrays instead of objects. */
export interface CopyConnection {
  query(text: string, values: unknown[], asArrays: boolean): Promise<readonly unknown[]>
  copy: CopyTransaction['copy']
}

const dialect = new PgDialect()

export function copyTransaction(connection: CopyConnection): CopyTransaction {
  let database: Database | undefined
  return {
    get database() {
      database ??= drizzle(
        async (text, values, method) => ({ rows: [...(await connection.query(text, values, method === 'all'))] }),
        { schema },
      )
      return database
    },
    async rows(query) {
      const { sql, params } = dialect.sqlToQuery(query)
      return (await connection.query(sql, params, false)) as readonly Row[]
    },
    copy: connection.copy,
  }
}

/** How COPY spells an absent value. */
export const COPY_NULL = '\\N'
const SPECIAL = /[\\\t\n\r]/g
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** A value as a field; fields are separated by tabs. */
export function copyField(text: string | undefined): string {
  return text === undefined ? COPY_NULL : text.replace(SPECIAL, (one) => ESCAPES[one] ?? one)
}
