/**
 * Placements into PostgreSQL. Real: the server with fsync and synchronous commits, the whole of the store's `commit`
 * (version, placements, in one transaction), from one process that shares the processors with the database. Commits of
 * one project follow each other, as each is decided on the one before. Beside it: the same rows in one COPY, encoded
 * beforehand and without a version or a look at what is there, which is the most that the database itself can do; and
 * a commit for each placement. Not real: no scheduler makes the placements here.
 */
import type { Placement } from '@ocelli/schemas/api/plan'
import type { ProjectId } from '@ocelli/schemas/ids'
import pg from 'pg'
import type { IntentWrite } from '../../server/src/domain/records.ts'
import { openPostgresStore } from '../../server/src/store/postgres.ts'
import { copyField } from '../../server/src/store/sql/copy.ts'
import { inCopyTransaction } from '../../server/src/store/sql/postgres-copy.ts'
import type { Store } from '../../server/src/store/store.ts'
import { startPostgres } from '../support/postgres.ts'
import { decisionOn, deploymentId, deviceId, PROJECT, placement, putDeployment } from '../support/store-rows.ts'
import { cpuTimes } from './cpu.ts'
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
      const batchesOf = (project: Project) =>
        Array.from({ length: BATCHES }, (_, batch) => project.placements(batch * BATCH, BATCH))
      const all = async (project: Project, batches: readonly Placement[][]) => {
        for (const batch of batches) await project.commit(batch)
      }
      const [ones, twos, threes] = [batchesOf(one), batchesOf(two), batchesOf(three)]
      const movedOnes = one.placements(0, BATCH, 2)
      // The first of each kind pays for what is compiled and opened once.
      await one.commit(one.placements(0, SINGLE))
      const alone = await perSecond(BATCH * BATCHES, () => all(one, ones))
      const both = await perSecond(2 * BATCH * BATCHES, () => Promise.all([all(two, twos), all(three, threes)]))
      const moved = await perSecond(BATCH, () => one.commit(movedOnes))
      const kept = Number((await client.query('SELECT count(*) FROM placements')).rows[0]?.count)
      if (kept !== 3 * BATCH * BATCHES) throw new Error(`${kept} placements are there`)
      const single = await perSecond(SINGLE, () => insertSingly(client, one.placements(BATCH * BATCHES, SINGLE)))
      const copied = await copyAlone(url, one)
      const micros = ({ own, database }: Rate) => `CPU per placement: server ${own} µs, database process ${database} µs`
      return [
        {
          name: 'durable placements in batches, one project (goal 50,000/s)',
          value: alone.value,
          unit: 'placements/s',
          baseline: { name: 'one COPY by the database alone', value: copied.value },
          ratio: alone.value / copied.value,
          note: `PostgreSQL, fsync on, ${BATCH} a commit; ${micros(alone)}; COPY alone ${copied.database} µs; moved to another revision: ${rate(moved)}`,
        },
        {
          name: 'durable placements in batches, two projects at once (goal 50,000/s)',
          value: both.value,
          unit: 'placements/s',
          baseline: { name: 'single-row commits', value: single.value },
          ratio: both.value / single.value,
          note: `as above; ${micros(both)}`,
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

/** The same row, each placement in a transaction of its own. */
async function insertSingly(client: pg.Client, placements: readonly Placement[]): Promise<void> {
  for (const one of placements) {
    const { instance, deployment, device } = one
    await client.query(
      'INSERT INTO placements (instance, project, deployment, device, placement) VALUES ($1, $2, $3, $4, $5)',
      [instance, PROJECT, deployment, device, JSON.stringify(one)],
    )
  }
}

/** The rows of all batches at once into a table like that of the placements. */
async function copyAlone(url: string, project: Project): Promise<Rate> {
  const pool = new pg.Pool({ connectionString: url })
  try {
    await pool.query('CREATE TABLE copied (LIKE placements INCLUDING ALL)')
    const pieces = Array.from({ length: BATCHES }, (_, batch) => {
      const lines = project.placements(batch * BATCH, BATCH).map((one) => {
        const { instance, deployment, device } = one
        return `${[instance, PROJECT, deployment, device, copyField(JSON.stringify(one))].join('\t')}\n`
      })
      return lines.join('')
    })
    return await perSecond(BATCH * BATCHES, () => inCopyTransaction(pool)(({ copy }) => copy('copied', pieces)))
  } finally {
    await pool.end()
  }
}

interface Rate {
  /** Placements a second. */
  readonly value: number
  /** Microseconds of processor time for one. */
  readonly own: string
  readonly database: string
}

async function perSecond(count: number, work: () => Promise<unknown>): Promise<Rate> {
  const before = cpuTimes()
  const startMs = performance.now()
  await work()
  const value = count / ((performance.now() - startMs) / 1000)
  const { ownMicros, childrenMicros } = cpuTimes(before)
  const micros = (sum: number) => (sum / count).toFixed(1)
  return { value, own: micros(ownMicros), database: micros(childrenMicros) }
}

const rate = ({ value }: Rate) => `${Math.round(value).toLocaleString('en-US')}/s`

if (import.meta.main) console.log(JSON.stringify(await run(), null, 2))
