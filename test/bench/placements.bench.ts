/**
 * Placements into PostgreSQL. Real: the server with fsync and synchronous commits, the whole of the store's `commit`
 * (version, placements, whose each instance is, in one transaction), from one process that shares the processors with the
 * database. Commits of one project follow each other, as each is decided on the one before, so they keep one processor
 * busy; two projects keep two. Not real: no scheduler makes the placements here.
 */
import type { Placement } from '@ocelli/schemas/api/plan'
import type { ProjectId } from '@ocelli/schemas/ids'
import pg from 'pg'
import type { IntentWrite } from '../../server/src/domain/records.ts'
import { openPostgresStore } from '../../server/src/store/postgres.ts'
import type { Store } from '../../server/src/store/store.ts'
import { startPostgres } from '../support/postgres.ts'
import { decisionOn, deploymentId, deviceId, PROJECT, placement, putDeployment } from '../support/store-rows.ts'
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
      const [one, two, three] = await Promise.all([1, 2, 3].map((number) => makeProject(store, number)))
      if (!one || !two || !three) throw new Error('three projects were made')
      const all = async (project: Project) => {
        for (let batch = 0; batch < BATCHES; batch++) await project.commit(project.placements(batch * BATCH, BATCH))
      }
      const alone = await perSecond(BATCH * BATCHES, () => all(one))
      const value = await perSecond(2 * BATCH * BATCHES, () => Promise.all([all(two), all(three)]))
      const moved = await perSecond(BATCH, () => one.commit(one.placements(0, BATCH, 2)))
      const kept = Number((await client.query('SELECT count(*) FROM placements')).rows[0]?.count)
      if (kept !== 3 * BATCH * BATCHES) throw new Error(`${kept} placements are there`)
      const baseline = await perSecond(SINGLE, () => insertSingly(client, one.placements(BATCH * BATCHES, SINGLE)))
      const rate = (number: number) => `${Math.round(number).toLocaleString('en-US')}/s`
      return [
        {
          name: 'durable placements in batches, two projects at once',
          value,
          unit: 'placements/s',
          baseline: { name: 'single-row commits', value: baseline },
          ratio: value / baseline,
          note: `PostgreSQL, fsync on, ${BATCH} a commit; one project alone: ${rate(alone)}; moved to another revision: ${rate(moved)}`,
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

interface Project {
  placements(from: number, count: number, revision?: number): Placement[]
  commit(put: readonly Placement[], intent?: readonly IntentWrite[]): Promise<void>
}

async function makeProject(store: Store, number: number): Promise<Project> {
  const project = number === 1 ? PROJECT : (`project-${number}` as ProjectId)
  let version = 0
  const made: Project = {
    placements: (from, count, revision = 1) =>
      Array.from({ length: count }, (_, index) => {
        const id = number * 1_000_000 + from + index
        return { ...placement(id, deviceId(id), { revision }), deployment: deploymentId(number) }
      }),
    async commit(put, intent = []) {
      const done = await store.commit(decisionOn(version++, { project, put, intent }))
      if (done.kind !== 'committed') throw new Error('the commit was stale')
    },
  }
  await made.commit([], [putDeployment(number)])
  return made
}

/** The same two rows, each placement in a transaction of its own. */
async function insertSingly(client: pg.Client, placements: readonly Placement[]): Promise<void> {
  for (const one of placements) {
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
