/** The embedded store: PGlite in this process. It survives kill -9; PGlite never calls fsync, so a power cut may not be. */
import { createHash } from 'node:crypto'
import { cpSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { PGlite, type Transaction } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { defaultTemplate, openDataDirectory, prepareTemplate } from './data-directory.ts'
import { type CopyConnection, copyTransaction } from './sql/copy.ts'
import { INTENT_CHANNEL, RECORDS_CHANNEL } from './sql/database.ts'
import { migrate, readMigrations } from './sql/migrate.ts'
import * as schema from './sql/schema.ts'
import { Listeners, type SqlStore, sqlStore } from './sql/sql-store.ts'

export interface PgliteStoreOptions {
  /** Made where it is missing, readable by its owner only. */
  readonly dataDir: string
  /** Directory of the initial database that new data directories are copied from; null: none, start from nothing. */
  readonly template?: string | null
  readonly clock?: { wallMs(): number }
}

/** Statements run in this thread: a transaction of more records would hold up everything else for over 100 ms. */
const MAX_RECORDS = 1_000

/**
 * Opens the embedded database. Throws OcelliError `storage.locked`, `database.version` or `database.newer`.
 * The first start of an installation takes about 10 s, others below 2 s.
 */
export async function openPgliteStore(options: PgliteStoreOptions): Promise<SqlStore> {
  const template = options.template === undefined ? await migratedTemplate() : (options.template ?? undefined)
  const directory = await openDataDirectory(options.dataDir, template)
  let client: PGlite | undefined
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= Promise.resolve(client?.close()).finally(() => directory.release())
    return closing
  }
  try {
    client = await PGlite.create(directory.path)
    return await storeOnPglite(client, { ...options, close })
  } catch (cause) {
    await close()
    throw cause
  }
}

/** A template that has the tables of this server already: making them takes a second. */
async function migratedTemplate(): Promise<string | undefined> {
  const plain = defaultTemplate()
  if (plain === undefined) return undefined
  const tables = createHash('sha256').update(JSON.stringify(readMigrations())).digest('hex').slice(0, 12)
  const template = `${plain}-${tables}`
  const make = async (path: string) => {
    await prepareTemplate(plain)
    cpSync(plain, path, { recursive: true })
    const client = await PGlite.create(path)
    await migrate(drizzle(client, { schema })).finally(() => client.close())
  }
  // Without it the first start takes longer, and that is all.
  await prepareTemplate(template, make).catch(() => {})
  return template
}

/** A store on an open PGlite, which `close` is to end. */
export async function storeOnPglite(
  client: PGlite,
  options: { readonly clock?: { wallMs(): number }; readonly close: () => Promise<void> },
): Promise<SqlStore> {
  const { clock, close } = options
  const database = drizzle(client, { schema })
  await migrate(database)
  const records = new Listeners()
  const intent = new Listeners()
  await client.listen(RECORDS_CHANNEL, records.wake)
  await client.listen(INTENT_CHANNEL, intent.wake)
  return sqlStore({
    database,
    queue: { maxRecords: MAX_RECORDS, maxInFlight: 1 },
    inCopyTransaction: async (act) => {
      // PGlite answers without ever leaving the turn: without this a full queue would keep everybody else from theirs.
      await setImmediate()
      return client.transaction((tx) => act(copyTransaction(connectionOf(tx))))
    },
    isAlone: true,
    records,
    intent,
    // The lock on the data directory lets in one process alone, so it leads.
    leadership: { lead: async () => true, resign: async () => {} },
    wallMs: () => clock?.wallMs() ?? Date.now(),
    close,
  })
}

/** PGlite takes what is copied from a file that it shows as `/dev/blob`. */
function connectionOf(tx: Transaction): CopyConnection {
  return {
    async query(text, values, asArrays) {
      return (await tx.query(text, values, { rowMode: asArrays ? 'array' : 'object' })).rows
    },
    async copy(target, lines) {
      await tx.query(`COPY ${target} FROM '/dev/blob'`, [], { blob: new Blob([...lines]) })
    },
  }
}
