/**
 * Telemetry into the database: batches as devices send them, through the whole of `commitTelemetry`, against inserting
 * the same records one row at a time into the same table. PostgreSQL runs with fsync; PGlite has none.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type { DeviceId } from '@ocelli/schemas/ids'
import pg from 'pg'
import { defaultTemplate, openDataDirectory } from '../../server/src/store/data-directory.ts'
import { storeOnPglite } from '../../server/src/store/pglite.ts'
import { openPostgresStore } from '../../server/src/store/postgres.ts'
import type { Store } from '../../server/src/store/store.ts'
import { startPostgres } from '../support/postgres.ts'
import { batchOf, enrolDevices, measurement, NOON_MS } from '../support/store-rows.ts'

export interface BenchResult {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly baseline: { readonly name: string; readonly value: number }
  readonly ratio: number
  readonly note: string
}

const DEVICES = 20
const BATCH_RECORDS = 200
const BATCHES = 15
const SINGLE_ROWS = 1_000

type Query = (text: string, values: unknown[]) => Promise<unknown>

export async function run(): Promise<BenchResult[]> {
  return [await onPostgres(), await onPglite()]
}

async function onPostgres(): Promise<BenchResult> {
  const server = await startPostgres({ durable: true })
  try {
    const url = await server.createDatabase()
    const store = await openPostgresStore({ url })
    const client = new pg.Client(url)
    await client.connect()
    const result = await measure(
      'PostgreSQL',
      'fsync on, unix socket, server on the same cores',
      store,
      (text, values) => client.query(text, values),
    )
    await client.end()
    await store.close()
    return result
  } finally {
    await server.stop()
  }
}

async function onPglite(): Promise<BenchResult> {
  const root = mkdtempSync(join(tmpdir(), 'ocelli-bench-'))
  try {
    const directory = await openDataDirectory(root, defaultTemplate())
    const client = await PGlite.create(directory.path)
    const store = await storeOnPglite(client, { close: () => client.close() })
    const result = await measure('PGlite', 'no fsync, one thread', store, (text, values) => client.query(text, values))
    await store.close()
    directory.release()
    return result
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

async function measure(database: string, note: string, store: Store, query: Query): Promise<BenchResult> {
  const devices = await enrolDevices(store, DEVICES)
  await Promise.all(devices.map((device) => sendBatches(store, device, 1, 2)))
  const value = await perSecond(DEVICES * BATCHES * BATCH_RECORDS, () =>
    Promise.all(devices.map((device) => sendBatches(store, device, 2 * BATCH_RECORDS + 1, BATCHES))),
  )
  const baseline = await perSecond(SINGLE_ROWS, () => insertSingly(query, SINGLE_ROWS))
  return {
    name: `telemetry into ${database}`,
    value,
    unit: 'records/s',
    baseline: { name: 'single-row inserts', value: baseline },
    ratio: value / baseline,
    note: `${DEVICES} devices, one batch of ${BATCH_RECORDS} in flight each; positions, last values and indexes included; ${note}`,
  }
}

/** As a device does: the next batch when the last one is answered. */
async function sendBatches(store: Store, device: DeviceId, first: number, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const start = first + index * BATCH_RECORDS
    const answer = await store.commitTelemetry(batchOf(device, start, start + BATCH_RECORDS - 1))
    if (answer?.added !== BATCH_RECORDS) throw new Error(`${answer?.added} of ${BATCH_RECORDS} records were added`)
  }
}

async function insertSingly(query: Query, count: number): Promise<void> {
  for (let sequence = 1; sequence <= count; sequence++) {
    const record = measurement(sequence)
    await query(
      `INSERT INTO records (txid, row, project, device, stream, received_at_ms, observed_at_ms, kind, instance, name, record)
       VALUES (pg_current_xact_id()::text::bigint, 1, 'default', $1, $2, $3, $4, $5, $6, $7, $8)`,
      ['d', 's', NOON_MS, record.atMs, record.kind, record.instance, record.name, JSON.stringify(record)],
    )
  }
}

async function perSecond(count: number, act: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await act()
  return Math.round((count / (performance.now() - start)) * 1000)
}

if (import.meta.main) console.log(JSON.stringify(await run(), null, 2))
