/** One leader among the replicas of a database: who holds the advisory lock, on a connection that does nothing else. */
import pg from 'pg'
import type { LeadershipStore } from '../store.ts'

/** Any constant, the same in every replica: the ASCII codes of `ocld`. */
export const LEADER_LOCK = 0x6f636c64

/** A leader that cannot reach the database this long does not lead: the server may have given the lock away. */
const ANSWER_MS = 3_000

export class PostgresLeadership implements LeadershipStore {
  readonly #config: pg.ClientConfig
  #client: pg.Client | undefined
  #asking: Promise<boolean> | undefined

  constructor(config: pg.ClientConfig) {
    this.#config = { ...config, query_timeout: ANSWER_MS, connectionTimeoutMillis: ANSWER_MS, keepAlive: true }
  }

  /** Asks the database each time, as the lock ends with its connection. */
  readonly lead = (): Promise<boolean> => {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  readonly resign = async (): Promise<void> => {
    await this.#asking
    const client = this.#client
    this.#client = undefined
    await client?.end().catch(() => {})
  }

  async #ask(): Promise<boolean> {
    try {
      if (this.#client !== undefined) {
        await this.#client.query('SELECT 1')
        return this.#client !== undefined
      }
      return await this.#takeLock()
    } catch {
      const client = this.#client
      this.#client = undefined
      void client?.end().catch(() => {})
      return false
    }
  }

  async #takeLock(): Promise<boolean> {
    const client = new pg.Client(this.#config)
    const lost = () => {
      if (this.#client === client) this.#client = undefined
    }
    client.on('error', lost)
    client.on('end', lost)
    try {
      await client.connect()
      const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [LEADER_LOCK])
      if (rows[0]?.held === true) {
        this.#client = client
        return true
      }
    } catch (cause) {
      void client.end().catch(() => {})
      throw cause
    }
    await client.end()
    return false
  }
}
