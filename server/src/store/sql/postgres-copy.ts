/** Transactions on a PostgreSQL server that take rows by COPY. */
import { PgDialect } from 'drizzle-orm/pg-core'
import pg from 'pg'
import type { CopyTransaction, InCopyTransaction } from './telemetry-commit.ts'

const dialect = new PgDialect()

export function inCopyTransaction(pool: pg.Pool): InCopyTransaction {
  return async (act) => {
    const client = await pool.connect()
    try {
      await client.query('BEGIN')
      const answer = await act(copyTransaction(client))
      await client.query('COMMIT')
      client.release()
      return answer
    } catch (cause) {
      // What cannot be rolled back has lost its connection, and the server rolls it back.
      await client.query('ROLLBACK').then(
        () => client.release(),
        (error: unknown) => client.release(error instanceof Error ? error : true),
      )
      throw cause
    }
  }
}

function copyTransaction(client: pg.PoolClient): CopyTransaction {
  return {
    async rows(query) {
      const { sql, params } = dialect.sqlToQuery(query)
      return (await client.query(sql, params)).rows
    },
    copy: (target, text) =>
      new Promise((resolve, reject) => {
        const query = new CopyIn(`COPY ${target} FROM STDIN`, text)
        query.once('end', () => resolve())
        query.once('error', reject)
        client.query(query)
      }),
  }
}

/** What the driver calls back with; its types leave COPY out. */
interface CopyConnection {
  sendCopyFromChunk(chunk: Uint8Array): void
  endCopyFrom(): void
}

/** A query that answers the server's wish for rows with all of them. */
class CopyIn extends pg.Query {
  readonly #text: string

  constructor(statement: string, text: string) {
    super(statement)
    this.#text = text
  }

  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(Buffer.from(this.#text))
    connection.endCopyFrom()
  }
}
