/** The store on a real PostgreSQL server: lost connections, late commits, migrations, a crash of the server. */
import { getTableColumns, getTableName, is } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openPostgresStore } from '../../server/src/store/postgres.ts'
import { readMigrations } from '../../server/src/store/sql/migrate.ts'
import { PARTITIONED, partitionAt } from '../../server/src/store/sql/partitions.ts'
import * as schema from '../../server/src/store/sql/schema.ts'
import type { Store } from '../../server/src/store/store.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { eventually } from '../support/store-adapters.ts'
import { batchOf, commitNow, enrolDevices, PROJECT, streamId } from '../support/store-rows.ts'

let server: PostgresServer
let url = ''
let client: pg.Client
const opened: Store[] = []

const open = async () => {
  const store = await openPostgresStore({ url })
  opened.push(store)
  return store
}

beforeAll(async () => {
  server = await startPostgres({ durable: true })
})
afterAll(() => server.stop())
beforeEach(async () => {
  url = await server.createDatabase()
  client = new pg.Client(url)
  client.on('error', () => {})
  await client.connect()
})
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close()
  // A client whose server was killed under it may wait for its goodbye for good.
  await Promise.race([client.end(), new Promise((resolve) => setTimeout(resolve, 2000))])
})

const all = { project: PROJECT, end: 'oldest', limit: 1000 } as const

describe('the store on PostgreSQL', () => {
  it('migrates once when several replicas start at the same time', async () => {
    const stores = await Promise.all([open(), open(), open()])
    for (const store of stores) expect(await store.projects()).toEqual([PROJECT])
    const { rows } = await client.query('SELECT version FROM schema_version ORDER BY version')
    expect(rows).toEqual(readMigrations().map(({ version }) => ({ version })))
  })

  it('refuses a schema that a newer server made', async () => {
    await open()
    await client.query('INSERT INTO schema_version VALUES ($1)', [(readMigrations().at(-1)?.version ?? 0) + 1])
    await expect(openPostgresStore({ url })).rejects.toMatchObject({ code: 'database.newer' })
  })

  it('has the tables that queries are written for', async () => {
    await open()
    const { rows } = await client.query<{ at: string; type: string; not_null: boolean }>(
      `SELECT c.relname || '.' || a.attname AS at, format_type(a.atttypid, NULL) AS type, a.attnotnull AS not_null
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
         AND a.attnum > 0 AND c.relname <> 'schema_version'
       ORDER BY 1`,
    )
    const tables = Object.values(schema).filter((value) => is(value, PgTable))
    const expected = tables.flatMap((table) =>
      Object.values(getTableColumns(table)).map((column) => ({
        at: `${getTableName(table)}.${column.name}`,
        type: column.getSQLType(),
        not_null: column.notNull,
      })),
    )
    const sorted = expected.sort((a, b) => (a.at < b.at ? -1 : 1))
    expect([...rows].sort((a, b) => (a.at < b.at ? -1 : 1))).toEqual(sorted)
  })

  it('keeps measurements by day of arrival, and those of no partition in the default one', async () => {
    const store = await open()
    const [device] = await enrolDevices(store, 1)
    if (device === undefined) return expect.unreachable()
    const now = Date.now()
    await store.commitTelemetry(batchOf(device, 1, 1, { receivedAtMs: now }))
    await store.commitTelemetry(batchOf(device, 2, 2, { receivedAtMs: 0 }))
    const { rows } = await client.query('SELECT tableoid::regclass::text AS part FROM records ORDER BY txid')
    const [daily] = PARTITIONED
    if (daily === undefined) return expect.unreachable()
    const today = partitionAt(daily, now)
    expect(rows).toEqual([{ part: today.name }, { part: 'measurements_default' }])
    const next = partitionAt(daily, today.toMs).name
    const { rows: ahead } = await client.query('SELECT to_regclass($1)::text AS name', [next])
    expect(ahead).toEqual([{ name: next }])
  })

  it('shows no record while an older transaction runs, and wakes when it has ended', async () => {
    const store = await open()
    const [device] = await enrolDevices(store, 1)
    if (device === undefined) return expect.unreachable()
    const start = await store.head()
    await client.query('BEGIN')
    await client.query('SELECT pg_current_xact_id()')
    let woken = 0
    store.onRecords(() => woken++)
    await store.commitTelemetry(batchOf(device, 1, 3))
    await eventually(
      () => woken,
      (count) => count > 0,
    )
    expect(await store.records({ ...all, after: start })).toEqual([])
    const before = woken
    await client.query('COMMIT')
    await eventually(
      () => woken,
      (count) => count > before,
    )
    expect(await store.records({ ...all, after: start })).toHaveLength(3)
  })

  it('shows what a dump of another database brought, below all that comes later', async () => {
    const store = await open()
    const [device] = await enrolDevices(store, 1)
    if (device === undefined) return expect.unreachable()
    await store.commitTelemetry(batchOf(device, 1, 3))
    await store.commitTelemetry(batchOf(device, 4, 5))
    await client.query('UPDATE records SET txid = txid + 1000000')
    const next = await open()
    await next.commitTelemetry(batchOf(device, 6, 7))
    const rows = await eventually(
      () => next.records(all),
      (found) => found.length >= 7,
    )
    expect(rows.map((row) => row.record.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(await next.records({ ...all, after: rows[3]?.cursor ?? '' })).toHaveLength(3)
  })

  it('leads no more when its connection is lost and another took over', async () => {
    const first = await open()
    const second = await open()
    expect(await first.lead()).toBe(true)
    expect(await second.lead()).toBe(false)
    await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()",
    )
    await eventually(() => second.lead(), Boolean)
    expect(await first.lead()).toBe(false)
  })

  it('listens again after its connection was lost', async () => {
    const store = await open()
    let woken = 0
    store.onIntent(() => woken++)
    await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
    // It wakes its listeners when it is back, as it cannot know what it missed.
    await eventually(
      () => woken,
      (count) => count > 0,
    )
    const before = woken
    await commitNow(store)
    await eventually(
      () => woken,
      (count) => count > before,
    )
  })

  it('goes on after a crash of the server with all that it answered', async () => {
    const store = await open()
    const [device] = await enrolDevices(store, 1)
    if (device === undefined) return expect.unreachable()
    let acknowledged = 0
    const writing = (async () => {
      for (;;) {
        const answer = await store.commitTelemetry(batchOf(device, acknowledged + 1, acknowledged + 7))
        acknowledged = answer?.committed ?? acknowledged
      }
    })()
    const stopped = expect(writing).rejects.toThrow()
    await eventually(
      () => acknowledged,
      (count) => count > 100,
    )
    await server.kill()
    await stopped
    await server.restart()
    const position = await eventually(
      () => store.position(device, streamId(1)).catch(() => -1),
      (found) => found >= 0,
    )
    expect(position).toBeGreaterThanOrEqual(acknowledged)
    const rows = await store.records({ ...all, limit: 1_000_000 })
    expect(rows.map((row) => row.record.sequence)).toEqual(Array.from({ length: position }, (_, index) => index + 1))
    const next = await store.commitTelemetry(batchOf(device, position + 1, position + 1))
    expect(next).toEqual({ committed: position + 1, added: 1 })
  })
})
