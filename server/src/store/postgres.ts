/** The store on a PostgreSQL server (15 or newer), for any number of replicas. */
import { OcelliError } from '@ocelli/schemas/errors'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { migrate } from './sql/migrate.ts'
import { inCopyTransaction } from './sql/postgres-copy.ts'
import { PostgresLeadership } from './sql/postgres-leadership.ts'
import { PostgresWakes } from './sql/postgres-wakes.ts'
import * as schema from './sql/schema.ts'
import { Listeners, type SqlStore, sqlStore } from './sql/sql-store.ts'

export interface PostgresStoreOptions {
  /** As in `DATABASE_URL`. */
  readonly url: string
  readonly clock?: { wallMs(): number }
  /** Connections for queries; two more are held for waking and leading. */
  readonly maxConnections?: number
}

const OLDEST_MAJOR = 15

/** Two transactions at a time keep both the server and this process busy; larger ones gain nothing more. */
const QUEUE = { maxRecords: 4_000, maxInFlight: 2 }

/** Longest wait for a server's goodbye: one that died in the middle of it never says it. */
const CLOSE_MS = 5_000

/** Opens the store. Throws OcelliError `database.newer` or `database.version`; a server out of reach throws its error. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<SqlStore> {
  const config = { connectionString: options.url, application_name: 'ocelli' }
  const pool = new pg.Pool({
    ...config,
    max: options.maxConnections ?? 8,
    // A query over many partitions looks dear, and what looks dear would be compiled first: for longer than it runs.
    onConnect: async (client) => {
      await client.query('SET jit TO off')
    },
  })
  // A connection that is lost while it is idle leaves the pool by itself; queries on it reject where they were made.
  pool.on('error', () => {})
  // One that is lost between two queries of a transaction tells nobody else, and would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  const records = new Listeners()
  const intent = new Listeners()
  const wakes = new PostgresWakes({ ...config, keepAlive: true }, records, intent)
  const leadership = new PostgresLeadership(config)
  let closing: Promise<unknown> | undefined
  const close = async () => {
    closing ??= within(CLOSE_MS, Promise.all([wakes.close(), leadership.resign(), pool.end()]))
    await closing
  }
  try {
    await checkVersion(pool)
    const database = drizzle(pool, { schema })
    await migrate(database)
    await wakes.open()
    return await sqlStore({
      database,
      queue: QUEUE,
      inCopyTransaction: inCopyTransaction(pool),
      isAlone: false,
      records,
      intent,
      leadership,
      wallMs: () => options.clock?.wallMs() ?? Date.now(),
      close,
    })
  } catch (cause) {
    await close()
    throw cause
  }
}

/** Resolves with `work`, or without it when the time is up. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, timeUp]).finally(() => clearTimeout(timer))
}

async function checkVersion(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ number: string }>("SELECT current_setting('server_version_num') AS number")
  const major = Math.floor(Number(rows[0]?.number) / 10_000)
  if (major >= OLDEST_MAJOR) return
  throw new OcelliError(
    'database.version',
    `the database is PostgreSQL ${major}, Ocelli needs ${OLDEST_MAJOR} or newer`,
  )
}
