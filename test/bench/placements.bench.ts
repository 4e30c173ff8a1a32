/**
 * Placements into PostgreSQL. Real: the server with fsync on, the whole of the store's `commit` (version, placements,
 * whose each instance is, in one transaction), from one process. Not real: no scheduler makes them here.
 */
import type { Placement } from '@ocelli/schemas/api/plan'
import pg from 'pg'
import type { IntentWrite } from '../../server/src/domain/records.ts'
import { openPostgresStore } from '../../server/src/store/postgres.ts'
import type { Store } from '../../server/src/store/store.ts'
import { startPostgres } from '../support/postgres.ts'
import { decisionOn, deviceId, PROJECT, placement, putDeployment } from '../support/store-rows.ts'
import type { BenchResult } from './run.ts'

const BATCH = 10_000
const BATCHES = 10
const SINGLE = 1_000

export async function run(): Promise<BenchResult[]> {
  const server = await startPostgres({ durable: true })
  try {
    const url = await server.createDatabase()
    const store = await openPostgresStore({ url })
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      await commit(store, [placement(1, deviceId(1))], [putDeployment(1)])
      const value = await perSecond(BATCH * BATCHES, async () => {
        for (let batch = 0; batch < BATCHES; batch++) await commit(store, placements(batch * BATCH, BATCH))
      })
      const moved = await perSecond(BATCH, () => commit(store, placements(0, BATCH, 2)))
      const kept = Number((await client.query('SELECT count(*) FROM placements')).rows[0]?.count)
      if (kept !== BATCH * BATCHES + 1) throw new Error(`${kept} placements are there`)
      const baseline = await perSecond(SINGLE, () => insertSingly(client))
      return [
        {
          name: 'durable placements in batches',
          value,
          unit: 'placements/s',
          baseline: { name: 'single-row commits', value: baseline },
          ratio: value / baseline,
          note: `PostgreSQL, fsync on, one connection, ${BATCH} a commit; moved to another revision: ${Math.round(moved).toLocaleString('en-US')}/s`,
        },
      ]
    } finally {
      await client.end()
      await store.close()
    }
  } finally {
    await server.stop()
  }
}

function placements(from: number, count: number, revision = 1): Placement[] {
  return Array.from({ length: count }, (_, index) => {
    const number = from + index + 10
    return placement(number, deviceId(number), { revision })
  })
}

let version = 0

async function commit(store: Store, put: readonly Placement[], intent: readonly IntentWrite[] = []): Promise<void> {
  const done = await store.commit(decisionOn(version++, { put, intent }))
  if (done.kind !== 'committed') throw new Error('the commit was stale')
}

/** The same two rows, each placement in a transaction of its own. */
async function insertSingly(client: pg.Client): Promise<void> {
  for (const one of placements(BATCH * BATCHES, SINGLE)) {
    const { instance, deployment, device } = one
    await client.query('BEGIN')
    await client.query(
      'INSERT INTO placements (instance, project, deployment, device, placement) VALUES ($1, $2, $3, $4, $5)',
      [instance, PROJECT, deployment, device, JSON.stringify(one)],
    )
    await client.query('INSERT INTO instances (instance, deployment, device) VALUES ($1, $2, $3)', [
      instance,
      deployment,
      device,
    ])
    await client.query('COMMIT')
  }
}

async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now()
  await work()
  return count / ((performance.now() - startMs) / 1000)
}
