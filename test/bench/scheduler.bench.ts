/**
 * Matching one deployment against a large fleet, with reasons for every device, against a plain loop that looks at each
 * device by itself and against one SQL query on PostgreSQL. All must agree on every device before anything is timed.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { DeploymentPlan } from '@ocelli/schemas/api/plan'
import type { DeploymentManifest } from '@ocelli/schemas/manifest/deployment'
import pg from 'pg'
import { isRefusal } from '../../server/src/domain/refusal.ts'
import type { DeploymentState, DeviceFacts, Snapshot } from '../../server/src/domain/snapshot.ts'
import { createClassIndex } from '../../server/src/scheduler/classes.ts'
import { planChange, schedule, scheduleDevice } from '../../server/src/scheduler/schedule.ts'
import { startPostgres } from '../support/postgres.ts'
import { largeFleet, sharedFleet } from '../support/snapshot-fleet.ts'
import { naiveVerdicts, planVerdicts, type Verdict } from '../support/snapshot-naive.ts'
import { loadDevices, matchingQuery, sqlVerdicts } from '../support/snapshot-sql.ts'

export interface BenchResult {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly baseline: { readonly name: string; readonly value: number }
  /** Baseline divided by value: how many times better. */
  readonly ratio: number
  readonly note: string
}

const ROUNDS = 5

export async function run(): Promise<BenchResult[]> {
  const results: BenchResult[] = []
  for (const count of [10_000, 100_000]) results.push(...(await measure(count)))
  results.push(measureMemory())
  return results
}

async function measure(count: number): Promise<BenchResult[]> {
  const fleet = largeFleet(count)
  const [deployment] = fleet.deployments
  if (!deployment) throw new Error('the fleet has a deployment')
  const verdicts = naiveVerdicts(deployment, fleet.devices)
  assertEqual(schedule(fleet), verdicts)
  const naive = { name: EACH, value: best(() => naiveVerdicts(deployment, fleet.devices), 2) }
  const kept = createClassIndex()
  schedule(fleet, kept)
  const row = (name: string, value: number, baseline: BenchResult['baseline'], note: string): BenchResult => ({
    name: `${name}, ${count} devices`,
    value,
    unit: 'ms',
    baseline,
    ratio: Math.round((baseline.value / value) * 10) / 10,
    note,
  })
  // First of all, while nothing else is held that a collection would have to look at.
  const whole = best(() => schedule(fleet, kept), 2 * ROUNDS)
  const fresh = best(() => schedule(fleet), ROUNDS)
  const apply = best(() => planApply(fleet, deployment), ROUNDS)
  return [
    row('match with reasons', whole, naive, 'facts and ids known from the plan before, as the loop keeps them'),
    row('match with reasons, facts new', fresh, naive, 'all inventories read for the first time'),
    row('plan an apply', apply, naive, 'with every touched device and a check'),
    ...running(fleet, kept, whole).map(({ name, value, baseline = naive, note }) => row(name, value, baseline, note)),
    row(
      'match with reasons, against SQL',
      whole,
      await onPostgres(deployment, fleet.devices, verdicts),
      'the query tells codes of reasons, without numbers or remedies; rows are fetched over a unix socket',
    ),
    ownNames(count, deployment, row),
  ]
}

const EACH = 'every device by itself'

/** With everything placed already. */
function running(fleet: Snapshot, kept: ReturnType<typeof createClassIndex>, whole: number) {
  const placed = { ...fleet, placements: schedule(fleet, kept).flatMap((plan) => plan.placements) }
  const changed = fleet.devices[Math.floor(fleet.devices.length / 2)] as DeviceFacts
  const inventory = structuredClone(changed.inventory)
  const devices = fleet.devices.map((one) => (one === changed ? { ...one, inventory } : one))
  const fresh = { ...placed, devices } as Snapshot
  return [
    {
      name: 'match again, all running',
      value: best(() => schedule(placed, kept), ROUNDS),
      baseline: undefined,
      note: `${placed.placements.length} placed, nothing moves`,
    },
    {
      name: 'one changed device',
      value: best(() => scheduleDevice(fresh, changed.id, kept), ROUNDS),
      baseline: { name: 'the whole plan', value: whole },
      note: 'looks at this device alone',
    },
  ]
}

function ownNames(
  count: number,
  deployment: DeploymentState,
  row: (name: string, value: number, baseline: BenchResult['baseline'], note: string) => BenchResult,
): BenchResult {
  const fleet = largeFleet(count, 4, true)
  assertEqual(schedule(fleet), naiveVerdicts(deployment, fleet.devices))
  const kept = createClassIndex()
  schedule(fleet, kept)
  const naive = { name: EACH, value: best(() => naiveVerdicts(deployment, fleet.devices), 1) }
  return row(
    'match with reasons, each imager with an id of its own',
    best(() => schedule(fleet, kept), ROUNDS),
    naive,
    'no two devices share a reason that names an imager',
  )
}

async function onPostgres(
  deployment: DeploymentState,
  devices: readonly DeviceFacts[],
  expected: readonly Verdict[],
): Promise<BenchResult['baseline']> {
  const server = await startPostgres()
  const client = new pg.Client(await server.createDatabase())
  try {
    await client.connect()
    const query = (text: string, values?: unknown[]) => client.query(text, values)
    await loadDevices(query, devices)
    const text = matchingQuery(deployment, 'floor', '0')
    if (JSON.stringify(await sqlVerdicts(query, text)) !== JSON.stringify(expected)) {
      throw new Error('the SQL query says something else than every device by itself')
    }
    let fastest = Number.POSITIVE_INFINITY
    for (let round = 0; round < 2; round++) {
      const start = performance.now()
      await sqlVerdicts(query, text)
      fastest = Math.min(fastest, performance.now() - start)
    }
    return { name: 'one SQL query', value: Math.round(fastest) }
  } finally {
    await client.end()
    await server.stop()
  }
}

/** Bytes that a plan holds for each device: as many for a million as for a tenth of it. */
function measureMemory(): BenchResult {
  const [few, many] = [100_000, 1_000_000].map((count) => {
    const fleet = sharedFleet(count)
    const before = heapBytes()
    const plans = schedule(fleet, createClassIndex())
    const held = heapBytes() - before
    if (plans[0]?.decisions.length !== count) throw new Error('every device is decided')
    return Math.round(held / count)
  })
  if (few === undefined || many === undefined) throw new Error('both are measured')
  return {
    name: 'memory of a plan, 1000000 devices',
    value: many,
    unit: 'bytes a device',
    baseline: { name: '100000 devices', value: few },
    ratio: Math.round((few / many) * 100) / 100,
    note: 'after a collection; facts of devices themselves not counted',
  }
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  return process.memoryUsage().heapUsed
}

function assertEqual(plans: readonly DeploymentPlan[], verdicts: readonly Verdict[]): void {
  const [plan] = plans
  const planned = plan ? planVerdicts(plan) : []
  const differs = verdicts.findIndex((one, index) => JSON.stringify(one) !== JSON.stringify(planned[index]))
  if (differs < 0 && planned.length === verdicts.length) return
  const [a, b] = [JSON.stringify(planned[differs]), JSON.stringify(verdicts[differs])]
  throw new Error(`the plan says ${a}, every device by itself says ${b}`)
}

function planApply(fleet: Snapshot, { id, name, spec, components }: DeploymentState): void {
  const manifest: DeploymentManifest = { apiVersion: 'ocelli/v1', kind: 'Deployment', metadata: { name }, spec }
  const change = { kind: 'applyDeployment', id, manifest, components } as const
  const planned = planChange({ ...fleet, deployments: [] }, change, { maxTouched: 500 })
  if (isRefusal(planned)) throw new Error(planned.message)
}

/** Milliseconds of the fastest round: the others measure the machine's other work. */
function best(work: () => unknown, rounds: number): number {
  let fastest = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    work()
    fastest = Math.min(fastest, performance.now() - start)
  }
  return Math.round(fastest * 100) / 100
}

if (import.meta.main) for (const result of await run()) console.log(JSON.stringify(result))
