/** Wakes listeners by LISTEN on a connection of its own, which comes back by itself when it is lost. */
import pg from 'pg'
import { INTENT_CHANNEL, RECORDS_CHANNEL } from './database.ts'
import type { Listeners } from './sql-store.ts'

/** Between attempts to reach the server again. */
const RECONNECT_MS = 500

/** Between looks at whether the transactions that hid the newest records have ended. */
const HORIZON_MS = 20

export class PostgresWakes {
  readonly #config: pg.ClientConfig
  readonly #records: Listeners
  readonly #intent: Listeners
  #client: pg.Client | undefined
  #timer: NodeJS.Timeout | undefined
  #following: Promise<void> | undefined
  #notified = false
  #closed = false

  constructor(config: pg.ClientConfig, records: Listeners, intent: Listeners) {
    this.#config = config
    this.#records = records
    this.#intent = intent
  }

  /** Resolves when it listens; rejects where the server cannot be reached this first time. */
  async open(): Promise<void> {
    const client = new pg.Client(this.#config)
    client.on('error', () => this.#lost(client))
    client.on('end', () => this.#lost(client))
    client.on('notification', ({ channel }) => {
      if (channel === INTENT_CHANNEL) this.#intent.wake()
      else this.#wakeRecords(client)
    })
    await client.connect()
    await client.query(`LISTEN ${RECORDS_CHANNEL}`)
    await client.query(`LISTEN ${INTENT_CHANNEL}`)
    if (this.#closed) return client.end()
    this.#client = client
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    const client = this.#client
    this.#client = undefined
    await this.#following
    await client?.end()
  }

  #lost(client: pg.Client): void {
    if (this.#closed || this.#client !== client) return
    this.#client = undefined
    this.#reconnect()
  }

  #reconnect(): void {
    this.#timer = setTimeout(() => {
      this.open().then(
        () => {
          // What happened meanwhile was told to nobody.
          this.#records.wake()
          this.#intent.wake()
        },
        () => {
          if (!this.#closed) this.#reconnect()
        },
      )
    }, RECONNECT_MS)
  }

  #wakeRecords(client: pg.Client): void {
    this.#notified = true
    this.#records.wake()
    this.#following ??= this.#follow(client).finally(() => {
      this.#following = undefined
    })
  }

  /**
   * Wakes once more when every transaction has ended that ran at the time of the last notification: while one runs,
   * newer records stay out of sight (a cursor must never pass a record that commits late), and its end is not announced.
   */
  async #follow(client: pg.Client): Promise<void> {
    let visibleAt: bigint | undefined
    while (!this.#closed) {
      const seen = await horizon(client)
      if (seen === undefined) return
      if (this.#notified) visibleAt = seen.next
      this.#notified = false
      if (visibleAt === undefined || seen.oldest >= visibleAt) {
        this.#records.wake()
        return
      }
      await new Promise((resolve) => setTimeout(resolve, HORIZON_MS))
    }
  }
}

/** Number of the oldest running transaction and of the next one; undefined where the connection is gone. */
async function horizon(client: pg.Client): Promise<{ readonly oldest: bigint; readonly next: bigint } | undefined> {
  try {
    const { rows } = await client.query<{ oldest: string; next: string }>(
      'SELECT pg_snapshot_xmin(s)::text AS oldest, pg_snapshot_xmax(s)::text AS next FROM pg_current_snapshot() AS s',
    )
    const [row] = rows
    return row && { oldest: BigInt(row.oldest), next: BigInt(row.next) }
  } catch {
    return undefined
  }
}
