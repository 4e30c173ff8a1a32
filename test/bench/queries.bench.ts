/**
 * Questions about history, asked of the real tables and the real store after the database itself has filled them:
 * the last value, a day of one device, an hour of the fleet, each against a plain scan of the same records in the same run.
 * `--records 100000000` for the full figure (55 GB of disk); 5 million where nothing is said. `--only embedded` or
 * `--only postgres` leaves the other database out.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type { DeviceId } from '@ocelli/schemas/ids'
import pg from 'pg'
import { defaultTemplate, openDataDirectory } from '../../server/src/store/data-directory.ts'
import type { RangeRead } from '../../server/src/store/monitoring.ts'
import { storeOnPglite } from '../../server/src/store/pglite.ts'
import { openPostgresStore } from '../../server/src/store/postgres.ts'
import { PARTITIONED, partitionAt } from '../../server/src/store/sql/partitions.ts'
import type { Store } from '../../server/src/store/store.ts'
import { startPostgres } from '../support/postgres.ts'
import { PROJECT } from '../support/store-rows.ts'
import type { BenchResult } from './ingest.bench.ts'

const RECORDS = Number(flag('--records') ?? 5_000_000)
const EMBEDDED = Math.min(RECORDS, 5_000_000)
const DEVICES = 1_000
/** One value in ten seconds: what a component that counts people puts out. */
const EVERY_MS = 10_000
const DAY_MS = 86_400_000
const ROUNDS = 7

function flag(name: string): string | undefined {
  const at = process.argv.indexOf(name)
  return at < 0 ? undefined : process.argv[at + 1]
}

/** Not how a database should be set up, but how one gets to a filled one before the night. */
const fastFill = (megabytes: number) =>
  `SET work_mem = '128MB'; SET maintenance_work_mem = '${megabytes}MB'; SET synchronous_commit = off`

type Query = (text: string) => Promise<{ readonly rows: readonly Record<string, unknown>[] }>

export async function run(): Promise<BenchResult[]> {
  const only = flag('--only')
  return [...(only === 'embedded' ? [] : await onPostgres()), ...(only === 'postgres' ? [] : await onPglite())]
}

async function onPostgres(): Promise<BenchResult[]> {
  const server = await startPostgres()
  try {
    const url = await server.createDatabase()
    const store = await openPostgresStore({ url })
    const client = new pg.Client(url)
    client.on('error', () => {})
    await client.connect()
    await client.query(fastFill(512))
    const results = await measure('PostgreSQL', RECORDS, store, (text) => client.query(text))
    await client.end()
    await store.close()
    return results
  } finally {
    await server.stop()
  }
}

async function onPglite(): Promise<BenchResult[]> {
  const root = mkdtempSync(join(tmpdir(), 'ocelli-bench-'))
  try {
    const directory = await openDataDirectory(root, defaultTemplate())
    const client = await PGlite.create(directory.path)
    const store = await storeOnPglite(client, { close: () => client.close() })
    const query: Query = (text) => client.query<Record<string, unknown>>(text)
    // All of its memory is that of this process, in one address space of 4 GB.
    await client.exec(fastFill(128))
    const results = await measure('embedded', EMBEDDED, store, query)
    await store.close()
    directory.release()
    return results
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

async function measure(database: string, records: number, store: Store, query: Query): Promise<BenchResult[]> {
  const said = (what: string) => process.stderr.write(`  ${database}: ${what}\n`)
  const startMs = performance.now()
  const seconds = () => `${Math.round((performance.now() - startMs) / 1000)} s`
  const endMs = Date.now() - (Date.now() % 3_600_000)
  const fromMs = endMs - Math.ceil(records / DEVICES) * EVERY_MS
  await fill(query, fromMs, endMs, (day) => said(`day ${day} is filled after ${seconds()}`))
  said(`${records.toLocaleString('en-US')} records are there after ${seconds()}`)
  const device = 'd-ggggggggggggggg7' as DeviceId
  const dayMs = Math.max(fromMs, endMs - DAY_MS)
  const read: RangeRead = {
    project: PROJECT,
    source: 'minute',
    fromMs: dayMs - (dayMs % 180_000) + 180_000,
    toMs: endMs,
    intervalMs: 180_000,
    names: ['people'],
    role: 'live',
    groupBy: 'instance',
    aggregate: 'mean',
    combine: 'mean',
    maxSeries: 500,
  }
  const hour = { ...read, fromMs: endMs - 3_600_000, toMs: endMs, intervalMs: 60_000, groupBy: 'none' } as const
  const names = { minMs: dayMs, maxMs: endMs, device }
  const note = `${records.toLocaleString('en-US')} records of ${DEVICES} devices over ${((endMs - fromMs) / DAY_MS).toFixed(1)} days, filled by the database; median of ${ROUNDS}; through the store`
  const found = [
    {
      what: 'last values of a device',
      goalMs: 5,
      ours: async () => expectRows((await store.lastValues(PROJECT, { device })).length, 1),
      plain: `SELECT DISTINCT ON (instance, name) value FROM records WHERE device = '${device}' AND kind = 'measurement' ORDER BY instance, name, observed_at_ms DESC`,
    },
    {
      what: 'a day of a device',
      goalMs: 50,
      ours: async () => {
        const [series] = await store.ranges({ ...read, devices: [device] })
        expectRows(series?.atMs.length ?? 0, Math.floor((read.toMs - read.fromMs) / read.intervalMs))
      },
      plain: `SELECT observed_at_ms / 180000, avg(value) FROM records WHERE device = '${device}' AND name = 'people' AND observed_at_ms BETWEEN ${names.minMs} AND ${names.maxMs} GROUP BY 1`,
    },
    {
      what: 'the same day from the records',
      goalMs: 50,
      ours: async () => {
        const [series] = await store.ranges({ ...read, source: 'raw', devices: [device] })
        expectRows(series?.atMs.length ?? 0, Math.floor((read.toMs - read.fromMs) / read.intervalMs))
      },
      plain: `SELECT observed_at_ms / 180000, avg(value) FROM records WHERE device = '${device}' AND name = 'people' AND observed_at_ms BETWEEN ${names.minMs} AND ${names.maxMs} GROUP BY 1`,
    },
    {
      what: 'an hour of the fleet',
      goalMs: 500,
      ours: async () => {
        const [series] = await store.ranges(hour)
        expectRows(series?.atMs.length ?? 0, 60)
      },
      plain: `SELECT observed_at_ms / 60000, avg(value) FROM records WHERE name = 'people' AND observed_at_ms >= ${hour.fromMs} GROUP BY 1`,
    },
    {
      what: 'an hour of the fleet by device label',
      goalMs: 500,
      ours: async () => expectRows((await store.ranges({ ...hour, groupBy: { label: 'floor' } })).length, 10),
      plain: `SELECT labels ->> 'floor', observed_at_ms / 60000, avg(value) FROM records JOIN devices ON devices.id = device WHERE records.name = 'people' AND observed_at_ms >= ${hour.fromMs} GROUP BY 1, 2`,
    },
  ]
  const results: BenchResult[] = []
  for (const { what, goalMs, ours, plain } of found) {
    const value = await median(ours)
    await query('SET enable_indexscan = off')
    await query('SET enable_bitmapscan = off')
    await query('SET enable_indexonlyscan = off')
    // A scan of 100 million rows takes a minute: once is enough.
    const baseline = await median(() => query(plain), 1)
    await query('RESET ALL')
    said(`${what}: ${value.toFixed(1)} ms, a scan ${baseline.toFixed(0)} ms`)
    results.push({
      name: `${what}, ${database} (goal ${goalMs} ms)`,
      value,
      unit: 'ms',
      baseline: { name: 'plain scan', value: baseline },
      ratio: baseline / value,
      note,
    })
  }
  return results
}

function expectRows(found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`${found} rows were answered, ${wanted} are there`)
}

async function median(act: () => Promise<unknown>, rounds = ROUNDS): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    await act()
    times.push(performance.now() - start)
  }
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0
}

const SUMS = 'device, instance, name, shadow, bucket_ms, project, unit, count, sum, min, max, last, last_at_ms'
/** How many people a device counts in a minute. */
const VALUE = (minute: string) => `((${minute} + n * 7) % 40)::double precision`

/** Fills the tables as ingest and rollups would have: the same columns, the same order, day by day. */
async function fill(query: Query, fromMs: number, endMs: number, onDay: (day: number) => void): Promise<void> {
  const id = (prefix: string) => `'${prefix}-' || translate(lpad(to_hex(n), 16, '0'), '0189', 'ghij')`
  await query(`INSERT INTO devices (id, project, name, labels, enrolled_at_ms, presence, presence_at_ms)
    SELECT ${id('d')}, 'default', 'device-' || n, jsonb_build_object('floor', (n % 10)::text), 1, 'online', 1
    FROM generate_series(1, ${DEVICES}) AS n`)
  await query(`CREATE TEMP TABLE series AS SELECT n, ${id('d')} AS device, ${id('i')} AS instance, ${id('s')} AS stream
    FROM generate_series(1, ${DEVICES}) AS n`)
  let day = 0
  for (let start = fromMs; start < endMs; start = Math.min(endMs, start - (start % DAY_MS) + DAY_MS)) {
    const end = Math.min(endMs, start - (start % DAY_MS) + DAY_MS)
    const filled = await partitionsAt(query, start)
    await query(`INSERT INTO ${filled.table} (txid, row, project, device, stream, received_at_ms, observed_at_ms, kind, instance,
        name, shadow, unit, value, record)
      SELECT 1 + at / ${EVERY_MS} - ${Math.floor(fromMs / EVERY_MS)} - 1000000000, n, 'default', device, stream, at + 40, at,
        'measurement', instance, 'people', false, '1', value,
        ('{"kind":"measurement","sequence":' || (at - ${fromMs}) / ${EVERY_MS} + 1 || ',"atMs":' || at
          || ',"synchronised":true,"boot":"boot","instance":"' || instance
          || '","revision":1,"role":"live","imager":"cam0","name":"people","unit":"1","value":' || value || '}')::json
      FROM (SELECT at, series.*, ${VALUE('at / 60000')} AS value
        FROM generate_series(${start}::bigint, ${end - 1}::bigint, ${EVERY_MS}) AS at CROSS JOIN series) AS made`)
    await filled.attach()
    // What the sums of those records are: a value stays the same for a minute.
    await query(`INSERT INTO minutes (${SUMS})
      SELECT device, instance, 'people', false, minute * 60000, 'default', '1', count, count * value, value, value, value, last
      FROM (SELECT minute, count, last, series.*, ${VALUE('minute')} AS value FROM (
        SELECT at / 60000 AS minute, count(*) AS count, max(at) AS last
        FROM generate_series(${start}::bigint, ${end - 1}::bigint, ${EVERY_MS}) AS at GROUP BY 1
      ) AS times CROSS JOIN series) AS made`)
    await query(`INSERT INTO hours (${SUMS})
      SELECT device, instance, name, shadow, bucket_ms - bucket_ms % 3600000, 'default', '1', sum(count), sum(sum),
        min(min), max(max), max(last), max(last_at_ms)
      FROM minutes WHERE bucket_ms >= ${start - (start % 60_000)} AND bucket_ms < ${end} GROUP BY 1, 2, 3, 4, 5`)
    onDay(++day)
  }
  await query(`INSERT INTO last_values (device, instance, name, project, unit, value, observed_at_ms, received_at_ms)
    SELECT device, instance, 'people', 'default', '1', 1, ${endMs - EVERY_MS}, ${endMs} FROM series`)
  await query('ANALYZE records')
  await query('ANALYZE minutes')
  await query('ANALYZE hours')
  await query('ANALYZE devices')
}

/**
 * Makes the partitions of a day. Its measurements go to a table of their own, which becomes a partition when it is full:
 * to make its indexes then takes a third of the time that keeping them row by row does.
 */
async function partitionsAt(query: Query, atMs: number) {
  let ofDay = { table: 'records', attach: async () => {} }
  for (const { table, ...rest } of PARTITIONED) {
    const { name, fromMs, toMs } = partitionAt({ table, ...rest }, atMs)
    const bounds = `FOR VALUES FROM (${fromMs}) TO (${toMs})`
    const { rows } = await query(`SELECT to_regclass('${name}') IS NOT NULL AS there`)
    const isThere = rows[0]?.there === true
    if (table !== 'measurements') {
      if (isThere) continue
      await query(`CREATE TABLE ${name} PARTITION OF ${table} ${bounds}`)
      continue
    }
    // That of today was made by the store, and is empty.
    if (isThere) await query(`DROP TABLE ${name}`)
    await query(`CREATE TABLE ${name} (LIKE ${table} INCLUDING DEFAULTS,
      CHECK (kind IN ('measurement', 'detections') AND received_at_ms >= ${fromMs} AND received_at_ms < ${toMs}))`)
    ofDay = {
      table: name,
      async attach() {
        await query(`ALTER TABLE ${table} ATTACH PARTITION ${name} ${bounds}`)
      },
    }
  }
  return ofDay
}

if (import.meta.main) console.log(JSON.stringify(await run(), null, 2))
