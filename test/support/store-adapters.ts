/** The three adapters of the store, each making fresh and empty stores for one test file. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { type DataDirectory, defaultTemplate, openDataDirectory } from '../../server/src/store/data-directory.ts'
import { createMemoryStore, MemoryDisk } from '../../server/src/store/memory.ts'
import { storeOnPglite } from '../../server/src/store/pglite.ts'
import { openPostgresStore } from '../../server/src/store/postgres.ts'
import type { Store } from '../../server/src/store/store.ts'
import { type PostgresServer, startPostgres } from './postgres.ts'

export interface StoreAdapter {
  readonly name: string
  start(): Promise<void>
  /** A fresh store, used by this many replicas. */
  open(replicas: number): Promise<readonly Store[]>
  stop(): Promise<void>
  /** Whether several processes may share one database. */
  readonly shared: boolean
}

export function storeAdapters(): StoreAdapter[] {
  return [memoryAdapter(), pgliteAdapter(), postgresAdapter()]
}

export function memoryAdapter(): StoreAdapter {
  return {
    name: 'memory',
    shared: true,
    start: async () => {},
    async open(replicas) {
      const disk = new MemoryDisk()
      return Array.from({ length: replicas }, () => createMemoryStore({ disk }))
    },
    stop: async () => {},
  }
}

/** One PGlite for the whole file, emptied for each store, as it takes a second to start. */
export function pgliteAdapter(): StoreAdapter {
  const directory = mkdtempSync(join(tmpdir(), 'ocelli-pglite-'))
  let client: PGlite | undefined
  let data: DataDirectory | undefined
  return {
    name: 'PGlite',
    shared: false,
    async start() {
      data = await openDataDirectory(directory, defaultTemplate())
      client = await PGlite.create(data.path)
    },
    async open() {
      if (client === undefined) throw new Error('the database was not started')
      const store = await storeOnPglite(client, { close: async () => {} })
      await client.exec(EMPTY)
      return [store]
    },
    async stop() {
      await client?.close()
      data?.release()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Rows go one table at a time: making dozens of tables and indexes anew takes a second. */
const EMPTY = `
  SET session_replication_role = replica;
  DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT relname FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
        AND relname <> 'schema_version'
    LOOP EXECUTE 'DELETE FROM ' || quote_ident(name); END LOOP;
  END $$;
  SET session_replication_role = origin;
  SELECT setval(pg_get_serial_sequence('audit', 'id'), 1, false);
  INSERT INTO meta (epoch) VALUES (1);
  INSERT INTO projects (id) VALUES ('default');
`

/** Each store is a copy of a database that was migrated once, as making all tables takes most of a second. */
export function postgresAdapter(): StoreAdapter {
  let server: PostgresServer | undefined
  let template: string | undefined
  return {
    name: 'PostgreSQL',
    shared: true,
    async start() {
      server = await startPostgres()
      template = await server.createDatabase()
      await (await openPostgresStore({ url: template })).close()
    },
    async open(replicas) {
      if (server === undefined) throw new Error('the server was not started')
      const url = await server.createDatabase(template)
      const stores: Store[] = []
      for (let index = 0; index < replicas; index++) stores.push(await openPostgresStore({ url }))
      return stores
    },
    async stop() {
      await server?.stop()
    },
  }
}

/** Waits until `read` answers what `good` accepts, and answers it; throws what it saw last when the bound is over. */
export async function eventually<T>(
  read: () => Promise<T> | T,
  good: (value: T) => boolean,
  boundMs = 10_000,
): Promise<T> {
  const deadline = performance.now() + boundMs
  for (;;) {
    const value = await read()
    if (good(value)) return value
    if (performance.now() > deadline) throw new Error(`did not come true; the last answer: ${JSON.stringify(value)}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
