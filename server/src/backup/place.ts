/** Where an installation keeps its data, opened by itself: no server runs on it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { OcelliError } from '@ocelli/schemas/errors'
import { drizzle as drizzlePostgres } from 'drizzle-orm/node-postgres'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import pg from 'pg'
import { defaultTemplate, openDataDirectory } from '../store/data-directory.ts'
import type { Database } from '../store/sql/database.ts'
import * as schema from '../store/sql/schema.ts'

export interface Place {
  /** Holds keys, and the embedded database where there is no URL. */
  readonly dataDir: string | undefined
  /** PostgreSQL instead of the embedded database. */
  readonly databaseUrl: string | undefined
}

export interface OpenPlace {
  readonly database: Database
  close(): Promise<void>
}

/**
 * Throws OcelliError `storage.locked` where a server uses the embedded database, `database.version`, or
 * `request.notFound` where it must exist and does not.
 */
export async function openPlace({ dataDir, databaseUrl }: Place, make: 'make' | 'mustExist'): Promise<OpenPlace> {
  if (databaseUrl !== undefined) return openPostgres(databaseUrl)
  if (dataDir === undefined) throw new OcelliError('flag.invalid', '--data-dir or --database-url is needed')
  if (make === 'mustExist' && !existsSync(join(dataDir, 'pgdata'))) {
    throw new OcelliError('request.notFound', `There is no database in ${dataDir}`)
  }
  const directory = await openDataDirectory(dataDir, defaultTemplate())
  try {
    const client = await PGlite.create(directory.path)
    return {
      database: drizzlePglite(client, { schema }),
      close: () => client.close().finally(() => directory.release()),
    }
  } catch (cause) {
    directory.release()
    throw cause
  }
}

async function openPostgres(connectionString: string): Promise<OpenPlace> {
  const client = new pg.Client({ connectionString, application_name: 'ocelli-backup' })
  // A connection that breaks rejects the query under way; this keeps it from ending the process as well.
  client.on('error', () => {})
  await client.connect()
  return { database: drizzlePostgres(client, { schema }), close: () => client.end() }
}
