/**
 * Telemetry into the database: batches as devices send them, through the whole of `commitTelemetry`, against inserting
 * the same records one row at a time into the same table. PostgreSQL runs with fsync; PGlite has none.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type { DeviceId } from '@ocelli/schemas/ids'
import { topics } from '@ocelli/schemas/topics'
import pg from 'pg'
import { defaultTemplate, openDataDirectory } from '../../server/src/store/data-directory.ts'
import { openPgliteStore, storeOnPglite } from '../../server/src/store/pglite.ts'
import { openPostgresStore } from '../../server/src/store/postgres.ts'
import type { Store } from '../../server/src/store/store.ts'
import { startPostgres } from '../support/postgres.ts'
import { ServerWorld } from '../support/server-world.ts'
import { batchOf, enrolDevices, measurement, NOON_MS, PROJECT } from '../support/store-rows.ts'
import { waitUntil } from '../support/wait-until.ts'
import { cpuTimes } from './cpu.ts'

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
/** Ten seconds of the goal: long enough that most sums are made meanwhile. */
const WATCHED_BATCHES = 75

type Query = (text: string, values: unknown[]) => Promise<unknown>

export async function run(): Promise<BenchResult[]> {
  return [await onPostgres(), await onPglite(), await watchedPostgres(), await watchedPglite()]
}

async function watchedPostgres(): Promise<BenchResult> {
  const server = await startPostgres({ durable: true })
  try {
    const store = await openPostgresStore({ url: await server.createDatabase() })
    return await measureWatched('PostgreSQL', 30_000, store)
  } finally {
    await server.stop()
  }
}

async function watchedPglite(): Promise<BenchResult> {
  const root = mkdtempSync(join(tmpdir(), 'ocelli-bench-'))
  try {
    return await measureWatched('PGlite', 15_000, await openPgliteStore({ dataDir: root }))
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/**
 * The whole server in this process, sums and alerts included: batches come off the bus as bytes and are acknowledged,
 * while a client of the event stream follows one device, and another asks for the state of the fleet every second.
 */
async function measureWatched(database: string, goal: number, store: Store): Promise<BenchResult> {
  const world = await ServerWorld.start({ store })
  const enrolled = await enrolDevices(store, DEVICES)
  const [watched] = enrolled
  if (watched === undefined) throw new Error('no device was enrolled')
  const events = new AbortController()
  let seen = 0
  let worstLagMs = 0
  const query = { device: watched, kind: 'measurement' }
  const response = await world.admin.fetch('GET', '/api/v1/stream', { query }, events.signal)
  const viewer = (async () => {
    let rest = ''
    for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      // A piece may end anywhere.
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const atMs = /"receivedAtMs":(\d+)/.exec(line)?.[1]
        if (atMs === undefined) continue
        seen++
        worstLagMs = Math.max(worstLagMs, Date.now() - Number(atMs))
      }
    }
  })().catch(() => {})
  const statusTimes: number[] = []
  const asking = setInterval(async () => {
    const start = performance.now()
    await world.admin.ok('getStatus', {}).catch(() => {})
    statusTimes.push(performance.now() - start)
  }, 1_000)
  const total = DEVICES * WATCHED_BATCHES * BATCH_RECORDS
  // A fleet encodes on its own processors.
  const said = enrolled.map((device) => ({ device, payloads: encodedBatches(device) }))
  const before = cpuTimes()
  const value = await perSecond(total, () =>
    Promise.all(said.map(({ device, payloads }) => sayBatches(world, device, payloads))),
  )
  const { ownMicros, childrenMicros } = cpuTimes(before)
  const micros = (sum: number) => (sum / total).toFixed(1)
  await waitUntil(() => seen >= WATCHED_BATCHES * BATCH_RECORDS, 'the viewer has seen all', 60_000)
  clearInterval(asking)
  events.abort()
  await viewer
  while ((await store.rollUp(20_000, Date.now())) > 0) {}
  const [sums] = await store.ranges({
    project: PROJECT,
    source: 'hour',
    fromMs: NOON_MS - (NOON_MS % 3_600_000),
    toMs: NOON_MS + 86_400_000,
    intervalMs: 3_600_000,
    role: 'live',
    groupBy: 'none',
    aggregate: 'count',
    combine: 'sum',
    maxSeries: 10,
  })
  const counted = sums?.value.reduce((all, one) => all + one, 0)
  if (counted !== total) throw new Error(`${counted} of ${total} records are in the sums`)
  if (seen !== WATCHED_BATCHES * BATCH_RECORDS) throw new Error(`the viewer saw ${seen} records`)
  await world.stop()
  const asked = statusTimes.length === 0 ? '' : `; GET /status took ${Math.round(Math.max(...statusTimes))} ms at most`
  return {
    name: `telemetry into ${database}, watched (goal ${goal.toLocaleString('en-US')}/s)`,
    value,
    unit: 'records/s',
    baseline: { name: 'the goal', value: goal },
    ratio: value / goal,
    note: `whole server in one process with sums and alerts, ${DEVICES} devices, nothing lost, each record in the sums once; the viewer of one device was at most ${worstLagMs} ms behind${asked}; CPU per record: server and viewer ${micros(ownMicros)} µs, database process ${micros(childrenMicros)} µs`,
  }
}

/** All that a device will say, as bytes. */
function encodedBatches(device: DeviceId): Uint8Array[] {
  return Array.from({ length: WATCHED_BATCHES }, (_, index) => {
    const first = 1 + index * BATCH_RECORDS
    const last = first + BATCH_RECORDS - 1
    const { stream, oldestHeld, records } = batchOf(device, first, last)
    return Buffer.from(JSON.stringify({ stream, first, last, oldestHeld, records }))
  })
}

/** As a device does: the next batch when the last one is acknowledged. */
async function sayBatches(world: ServerWorld, device: DeviceId, payloads: readonly Uint8Array[]): Promise<void> {
  for (const payload of payloads) {
    const acknowledged = world.bus.onceOn(topics.ack(device))
    world.bus.say(topics.telemetry(device), payload)
    await acknowledged
  }
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
      `INSERT INTO records (txid, row, project, device, stream, received_at_ms, observed_at_ms, kind, instance, name, shadow, record)
       VALUES (pg_current_xact_id()::text::bigint, 1, 'default', $1, $2, $3, $4, $5, $6, $7, false, $8)`,
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
