/** Transactions on a PostgreSQL server that take rows by COPY. */
import { setImmediate } from 'node:timers/promises'
import pg from 'pg'
import { copyTransaction, type InCopyTransaction } from './copy.ts'

export function inCopyTransaction(pool: pg.Pool): InCopyTransaction {
  return async (act) => {
    const client = await pool.connect()
    try {
      await client.query('BEGIN')
      const answer = await act(copyTransaction(connectionOf(client)))
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

function connectionOf(client: pg.PoolClient): Parameters<typeof copyTransaction>[0] {
  return {
    async query(text, values, asArrays) {
      if (!asArrays) return (await client.query<Record<string, unknown>>(text, values)).rows
      return (await client.query<unknown[]>({ text, values, rowMode: 'array' })).rows
    },
    copy: (target, lines) =>
      new Promise((resolve, reject) => {
        const query = new CopyIn(`COPY ${target} FROM STDIN`, lines)
        query.once('end', () => resolve())
        query.once('error', reject)
        client.query(query)
      }),
  }
}

/** What the driver calls back with; its types leave COPY out. */
interface CopyConnection {
  sendCopyFromChunk(chunk: Uint8Array): void
  sendCopyFail(message: string): void
  endCopyFrom(): void
}

/** A query that answers the server's wish for rows with all of them, piece by piece. */
class CopyIn extends pg.Query {
  readonly #lines: Iterable<string>

  constructor(statement: string, lines: Iterable<string>) {
    super(statement)
    this.#lines = lines
  }

  handleCopyInResponse(connection: CopyConnection): void {
    void this.#send(connection)
  }

  async #send(connection: CopyConnection): Promise<void> {
    try {
      let sent = 0
      for (const piece of this.#lines) {
        // Others have their turn between two pieces, and the server works on one while the next is made.
        if (sent++ > 0) await setImmediate()
        connection.sendCopyFromChunk(Buffer.from(piece))
      }
      connection.endCopyFrom()
    } catch (error) {
      connection.sendCopyFail(String(error))
    }
  }
}
