/** Sums and retention on a real PostgreSQL server: cut off in the middle, by several replicas at once, and from old data. */
import type { DeviceId } from '@ocelli/schemas/ids'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { RETENTION } from '../../server/src/loops/retention.ts'
import { openPostgresStore } from '../../server/src/store/postgres.ts'
import { readMigrations } from '../../server/src/store/sql/migrate.ts'
import { makePartitions, PARTITIONED, partitionAt } from '../../server/src/store/sql/partitions.ts'
import * as schema from '../../server/src/store/sql/schema.ts'
import type { Store } from '../../server/src/store/store.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { eventually } from '../support/store-adapters.ts'
import { batchOf, enrolDevices, measurement, PROJECT } from '../support/store-rows.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const RECORDS = 400

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
  server = await startPostgres()
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
  await client.end()
})

const hourMs = Date.now() - (Date.now() % HOUR_MS) - HOUR_MS

async function fill(store: Store): Promise<DeviceId> {
  const [device] = await enrolDevices(store, 1)
  if (device === undefined) throw new Error('no device was enrolled')
  for (let first = 1; first <= RECORDS; first += 100) {
    const records = Array.from({ length: 100 }, (_, index) => {
      const sequence = first + index
      return measurement(sequence, { atMs: hourMs + sequence * 1_000, value: sequence })
    })
    await store.commitTelemetry(batchOf(device, first, first + 99, { records, receivedAtMs: hourMs + HOUR_MS }))
  }
  const seen = () => store.records({ project: PROJECT, end: 'oldest', limit: 1_000 })
  await eventually(seen, (rows) => rows.length === RECORDS)
  return device
}

/** What the sums say of the hour, by minute and whole. */
async function sums(): Promise<readonly unknown[]> {
  const total = 'SELECT sum(count)::int AS count, sum(sum) AS sum, min(min) AS min, max(max) AS max FROM'
  return [(await client.query(`${total} minutes`)).rows[0], (await client.query(`${total} hours`)).rows[0]]
}
const whole = { count: RECORDS, sum: (RECORDS * (RECORDS + 1)) / 2, min: 1, max: RECORDS }

describe('sums by minute and hour', () => {
  it('are right though every other step was killed, and three replicas made them at once', async () => {
    const stores = [await open(), await open(), await open()]
    const [first] = stores
    if (first === undefined) return expect.unreachable()
    await fill(first)
    let stopped = false
    const killer = (async () => {
      for (let kill = 0; kill < 15 && !stopped; kill++) {
        await client.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ocelli' AND query ILIKE '%rollups%' AND state <> 'idle'`,
        )
      }
    })()
    const work = async (store: Store) => {
      for (let empty = 0; empty < 3; ) {
        const added = await store.rollUp(7, Date.now()).catch(() => undefined)
        if (added === 0) empty++
      }
    }
    await Promise.all(stores.map(work))
    stopped = true
    await killer
    await first.rollUp(1_000, Date.now())
    expect(await sums()).toEqual([whole, whole])
  }, 60_000)
})

describe('retention', () => {
  it('drops whole partitions, and goes on where it was cut off', async () => {
    const store = await open()
    const database = drizzle(client, { schema })
    const nowMs = Date.now()
    const old = [40, 30, 20].map((days) => nowMs - days * DAY_MS)
    for (const atMs of old) await makePartitions(database, atMs)
    const [device] = await enrolDevices(store, 1)
    if (device === undefined) return expect.unreachable()
    for (const [index, receivedAtMs] of [...old, nowMs].entries()) {
      const records = [measurement(index + 1, { atMs: receivedAtMs })]
      await store.commitTelemetry(batchOf(device, index + 1, index + 1, { records, receivedAtMs }))
    }
    const [daily] = PARTITIONED
    if (daily === undefined) return expect.unreachable()
    // Somebody reads the middle one for long: it is left for the next round, and those before it are gone.
    const held = partitionAt(daily, old[1] ?? 0).name
    await client.query('BEGIN')
    await client.query(`SELECT * FROM ${held}`)
    await expect(store.dropExpired(RETENTION, nowMs, 100)).rejects.toThrow()
    await client.query('COMMIT')
    const { rows: gone } = await client.query('SELECT to_regclass($1)::text AS name', [
      partitionAt(daily, old[0] ?? 0).name,
    ])
    expect(gone).toEqual([{ name: null }])
    const { partitions, more } = await store.dropExpired(RETENTION, nowMs, 100)
    expect(partitions).toContain(held)
    expect(more).toBe(false)
    const { rows } = await client.query('SELECT count(*)::int AS count FROM records')
    expect(rows).toEqual([{ count: 1 }])
  }, 60_000)
})

describe('a database of the first schema', () => {
  it('keeps its records, with what they are filtered and summed by', async () => {
    await client.query('CREATE TABLE schema_version (version integer PRIMARY KEY)')
    const [initial] = readMigrations()
    for (const statement of initial?.statements ?? []) await client.query(statement)
    await client.query('INSERT INTO schema_version VALUES (1)')
    const record = JSON.stringify({ ...measurement(1, { role: 'shadow', value: 7 }) })
    const log = JSON.stringify({ ...measurement(2), kind: 'log', level: 'error', context: 'c', message: 'm' })
    await client.query(
      `INSERT INTO records (txid, row, project, device, stream, received_at_ms, observed_at_ms, kind, instance, name, record)
       VALUES (1, 1, 'default', 'd', 's', $1, $1, 'measurement', 'i', 'people', $2), (1, 2, 'default', 'd', 's', $1, $1, 'log', 'i', NULL, $3)`,
      [Date.now(), record, log],
    )
    const store = await open()
    const query = { project: PROJECT, end: 'oldest', limit: 10 } as const
    expect((await store.records({ ...query, role: 'shadow' })).map((row) => row.record.sequence)).toEqual([1])
    expect((await store.records({ ...query, minLevel: 4, kinds: ['log'] })).map((row) => row.record.sequence)).toEqual([
      2,
    ])
    const { rows } = await client.query(
      'SELECT value, unit, tableoid::regclass::text AS part FROM records ORDER BY row',
    )
    expect(rows).toMatchObject([{ value: 7, unit: '1' }, { value: null }])
    // Those of today left the default partition when that of today was made.
    expect(rows.map(({ part }) => String(part).endsWith('_default'))).toEqual([false, false])
  }, 60_000)
})
