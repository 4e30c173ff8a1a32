/**
 * A rollout to a whole fleet, its abort, and a rollout in the middle of which the server dies. Real: the server process
 * (PostgreSQL with fsync, aedes, mutual TLS), processes of agents that speak the whole protocol, each with its own key,
 * certificate and connection, and the component, whose code is warm: it starts and stops, and puts nothing out. Not real:
 * imagers and disks of the devices, the network, which is the loopback interface, and that all share the processors of
 * one machine: so beside the time it says what server, database and agents took of them, and how long the same messages
 * take alone.
 *
 * `npm run bench -- rollout --agents=10000` says how many agents (500 where absent), `--processes=4` in how many
 * processes (one for 2,500, at least 2), `--host=worker` runs components in workers, `--component=motion` takes one that is sent a frame at each
 * start and puts out what it saw. 10,000 agents take some 4 GB of memory.
 */
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { CreatedEnrolmentToken } from '@ocelli/schemas/api/access'
import type { RolloutDetail } from '@ocelli/schemas/api/rollout'
import type { Status } from '@ocelli/schemas/api/status'
import pg from 'pg'
import { Installation, type Process } from '../support/installation.ts'
import { startPostgres } from '../support/postgres.ts'
import { pushSample } from '../support/samples.ts'
import { treeMicros } from './cpu.ts'
import { bareMessages } from './fleet/bare-messages.ts'
import { AgentProcesses } from './fleet/processes.ts'
import { pushQuiet } from './fleet/quiet-component.ts'
import type { BenchResult } from './run.ts'

const { values: flags } = parseArgs({
  options: {
    agents: { type: 'string', default: '500' },
    processes: { type: 'string' },
    host: { type: 'string', default: 'in-thread' },
    component: { type: 'string', default: 'quiet' },
  },
  strict: false,
})
const AGENTS = Number(flags.agents)
/** The more agents share a heap, the longer each of its collections takes. */
const AGENTS_EACH = 2_500
const PROCESSES = Number(flags.processes ?? Math.max(2, Math.ceil(AGENTS / AGENTS_EACH)))
const HOST = flags.host === 'worker' ? 'worker' : 'in-thread'
const COMPONENT = flags.component === 'motion' ? 'motion' : 'quiet'
const ABSENT = Math.ceil(AGENTS / 20)
const WAIT_MS = 900_000
const LOOK_MS = 100
/** Rests for so many times as long as a look took: who looks on shares the processors. */
const LOOK_REST = 5
const PROGRESS_MS = 10_000
/** Agents that enrol between two words about it. */
const ENROL_EACH = 1_000
/** Enrolments at once of each process. */
const LANES = 16
/** A desired state of one instance of `quiet`, signed, and its report. */
const DESIRED_BYTES = 1500
const REPORT_BYTES = 600

export async function run(): Promise<BenchResult[]> {
  const bareSeconds = await bareMessages({
    connections: AGENTS,
    processes: PROCESSES,
    desiredBytes: DESIRED_BYTES,
    reportBytes: REPORT_BYTES,
  })
  tell(`the messages of a push alone: ${bareSeconds.toFixed(2)} s`)
  const database = await startPostgres({ durable: true })
  const installation = await Installation.create()
  const agents = new AgentProcesses(PROCESSES)
  try {
    const world = await openWorld(installation, await database.createDatabase(), agents)
    return await measure(world, bareSeconds).finally(() => world.database.end())
  } finally {
    agents.kill()
    await installation.close()
    await database.stop()
  }
}

interface World {
  readonly installation: Installation
  readonly agents: AgentProcesses
  readonly databaseUrl: string
  /** To look on without keeping the server busy. */
  readonly database: pg.Client
  server: Process
}

async function openWorld(installation: Installation, databaseUrl: string, agents: AgentProcesses): Promise<World> {
  const server = await installation.startServer({ DATABASE_URL: databaseUrl })
  await (COMPONENT === 'quiet' ? pushQuiet(installation) : pushSample(installation, 'motion'))
  const { client } = installation
  const names = Array.from({ length: AGENTS }, (_, index) => `unit-${String(index).padStart(5, '0')}`)
  const makeToken = () => client.post<CreatedEnrolmentToken>('/enrolment-tokens', { body: { uses: AGENTS } })
  const tokens = await Promise.all(Array.from({ length: PROCESSES * LANES }, makeToken))
  const { server: shown } = await client.get<Status>('/status')
  const database = new pg.Client({ connectionString: databaseUrl })
  // The database ends before it where something fails, and that is the error to show.
  database.on('error', () => {})
  await database.connect()
  const world: World = { installation, agents, databaseUrl, database, server }
  const enrolMs = performance.now()
  for (let start = 0; start < AGENTS; start += ENROL_EACH) {
    await agents.enrol({
      serverDataDir: installation.dataDir,
      databaseUrl,
      mqttUrl: shown.mqttUrl ?? '',
      tokens: tokens.map(({ token }) => token),
      names: names.slice(start, start + ENROL_EACH),
    })
    tell(`${Math.min(start + ENROL_EACH, AGENTS)} agents enrolled in ${secondsSince(enrolMs)} s`)
  }
  const startMs = performance.now()
  const state = await agents.start(installation.folder, HOST)
  tell(`${state.connected} agents connected in ${secondsSince(startMs)} s, ${bytes(state.residentBytes)} in all`)
  await untilOnline(world, AGENTS)
  // The first of each process fetches and transpiles; nobody else needs to.
  const share = Math.ceil(Math.min(AGENTS, ENROL_EACH) / PROCESSES)
  const first = names.slice(0, ENROL_EACH).filter((_, index) => index % share === 0)
  await apply(world, 1, first.map((name) => `device.name == "${name}"`).join(' || '))
  await completed(world)
  await apply(world, 2)
  await completed(world)
  return world
}

async function measure(world: World, bareSeconds: number): Promise<BenchResult[]> {
  await apply(world, 3)
  await completed(world)
  const all = await timed(world, async () => {
    await apply(world, 4)
    await completed(world)
  })
  const abort = await aborted(world)
  const expected = await outcomeOf(world, 6)
  const broken = await withAbsentAndKill(world, 7, expected)
  return [
    {
      name: `push to healthy on ${AGENTS} agents, ${HOST} host, component ${COMPONENT}`,
      value: all.seconds,
      unit: 's',
      baseline: { name: 'its messages alone over TLS, signed and verified', value: bareSeconds },
      ratio: bareSeconds / all.seconds,
      note: `${all.note}; healthy is 1 s of running`,
    },
    {
      name: `abort in the middle of a push reaches ${AGENTS} agents`,
      value: abort.seconds,
      unit: 's',
      baseline: { name: 'the push itself', value: all.seconds },
      ratio: all.seconds / abort.seconds,
      note: abort.note,
    },
    {
      name: `the same outcome with ${ABSENT} agents absent and the server killed in the middle`,
      value: broken.seconds,
      unit: 's',
      baseline: { name: 'the push itself', value: all.seconds },
      ratio: all.seconds / broken.seconds,
      note: broken.note,
    },
  ]
}

/** From the moment at which a person asks until the last device knows. */
async function aborted(world: World): Promise<{ seconds: number; note: string }> {
  const { client } = world.installation
  await world.agents.tell('mark')
  await apply(world, 5)
  const startMs = Date.now()
  await client.post('/rollouts/fleet/abort')
  const askedMs = Date.now() - startMs
  await converged(world)
  const { lastAcceptedAtMs, turned, lastTurnedAtMs } = await world.agents.tell('state')
  const { counts } = await client.get<RolloutDetail>('/rollouts/fleet')
  const turnedMs = turned > 0 ? lastTurnedAtMs - startMs : 0
  const settled = (Math.max(lastAcceptedAtMs - startMs, askedMs) / 1000).toFixed(2)
  return {
    seconds: Math.max(turnedMs, askedMs) / 1000,
    note: `decided after ${askedMs} ms; ${turned} agents had heard of the revision and were told otherwise by then; ${counts.healthy} ran it and keep it; the last of all had a new generation after ${settled} s`,
  }
}

/** Throws where the fleet does not end as it does without faults. */
async function withAbsentAndKill(world: World, variant: number, expected: string) {
  const { installation, agents } = world
  const { connected } = await agents.leave(ABSENT)
  await untilOnline(world, connected)
  await agents.tell('mark')
  const startMs = performance.now()
  await apply(world, variant)
  await until(world, 'some have the new revision', async () => (await agents.tell('state')).accepted > AGENTS / 10)
  await world.server.signal('SIGKILL')
  const killedMs = performance.now()
  world.server = await installation.startServer({ DATABASE_URL: world.databaseUrl })
  const restarted = secondsSince(killedMs)
  // Who is busy takes its time to see that its connection is gone.
  await until(world, 'agents are back', async () => {
    const now = await agents.tell('state')
    return now.connected === connected && now.returned >= connected
  })
  const back = secondsSince(killedMs)
  await agents.tell('return')
  await completed(world)
  await converged(world)
  const seconds = (performance.now() - startMs) / 1000
  const ended = await outcomeOf(world, variant)
  if (ended !== expected) throw new Error(`the outcome is another: ${ended}, not ${expected}`)
  return {
    seconds,
    note: `killed with SIGKILL, serving again after ${restarted} s, all ${connected} connected again after ${back} s; then the absent came back; every device runs the revision`,
  }
}

/** What runs how often, where the newest revision is called that. */
async function outcomeOf(world: World, variant: number): Promise<string> {
  if (variant === 6) {
    await apply(world, variant)
    await completed(world)
  }
  const { revision } = await world.installation.client.get<RolloutDetail>('/rollouts/fleet')
  const counts = new Map<string, number>()
  const look = async () => {
    counts.clear()
    for (const instances of Object.values(await world.agents.outcome())) {
      const text = instances.join(', ').replaceAll(new RegExp(`\\b${revision} `, 'g'), 'newest ')
      counts.set(text, (counts.get(text) ?? 0) + 1)
    }
  }
  await until(world, 'every device is healthy on the newest revision', async () => {
    await look()
    return counts.get('newest running healthy') === AGENTS
  })
  return JSON.stringify([...counts])
}

async function postmasterOf({ database }: World): Promise<number> {
  const { rows } = await database.query<{ data_directory: string }>('SHOW data_directory')
  return Number.parseInt(readFileSync(join(rows[0]?.data_directory ?? '', 'postmaster.pid'), 'utf8'), 10)
}

async function timed(world: World, work: () => Promise<void>): Promise<{ seconds: number; note: string }> {
  const parts = async () => {
    const { cpuMs } = await world.agents.tell('state')
    const micros = [world.server.child.pid ?? 0, await postmasterOf(world)].map(treeMicros)
    return [...micros.map((one) => one / 1000), cpuMs]
  }
  await world.agents.tell('mark')
  const before = await parts()
  const startMs = Date.now()
  await work()
  const seconds = (Date.now() - startMs) / 1000
  const after = await parts()
  const { lastAcceptedAtMs } = await world.agents.tell('state')
  const [server, database, agents] = after.map((ms, index) => ((ms - (before[index] ?? 0)) / 1000).toFixed(1))
  const told = ((lastAcceptedAtMs - startMs) / 1000).toFixed(1)
  return {
    seconds,
    note: `last agent told after ${told} s; processor time of ${availableParallelism()}: server ${server} s, database ${database} s, agents ${agents} s`,
  }
}

async function apply({ installation: { client } }: World, variant: number, selector = 'true'): Promise<void> {
  const manifest = {
    apiVersion: 'ocelli/v1',
    kind: 'Deployment',
    metadata: { name: 'fleet' },
    spec: {
      target: { selector },
      realisations: [{ name: 'only', component: `${COMPONENT}@1.0.0` }],
      config: { variant },
      ...(COMPONENT === 'motion' && {
        frames: { frameRateMillihertz: 10, widthPixels: 160, heightPixels: 120 },
      }),
      grants: COMPONENT === 'motion' ? ['frames', 'measurements'] : [],
      intervalMs: 3_600_000,
      limits: { memoryBytes: 8_388_608, callTimeoutMs: 30_000, outputBytesPerSecond: 2048 },
      restart: { healthyForMs: 1000 },
      rollout: { maxTouched: 100_000, waves: ['100%'], maxUnavailable: '100%', gate: { healthyForMs: 0 } },
    },
  }
  const startMs = performance.now()
  await client.post('/apply', { body: { manifests: [manifest] } })
  tell(`applied ${variant} in ${secondsSince(startMs)} s`)
}

async function completed(world: World): Promise<void> {
  await until(world, 'the rollout has ended', async () => (await count(world, 'rollouts WHERE active')) === 0)
}

async function converged(world: World): Promise<void> {
  await until(world, 'every device says what it should run', async () => (await count(world, UNREPORTED)) === 0)
}

const UNREPORTED = `desired JOIN devices ON id = device
  WHERE reported_generation IS DISTINCT FROM jsonb_build_object('epoch', epoch, 'counter', counter)`

async function count({ database }: World, from: string): Promise<number> {
  const { rows } = await database.query<{ count: string }>(`SELECT count(*) FROM ${from}`)
  return Number(rows[0]?.count)
}

async function untilOnline(world: World, wanted: number): Promise<void> {
  const what = `${wanted} agents are online`
  await until(world, what, async () => (await count(world, "devices WHERE presence = 'online'")) === wanted)
}

async function until(world: World, what: string, holds: () => Promise<boolean>): Promise<void> {
  const startMs = performance.now()
  let toldMs = startMs
  for (;;) {
    const lookMs = performance.now()
    if (await holds()) break
    const restMs = Math.max(LOOK_MS, LOOK_REST * (performance.now() - lookMs))
    if (performance.now() - toldMs > PROGRESS_MS) {
      toldMs = performance.now()
      const { connected, accepted, losses } = await world.agents.tell('state')
      tell(
        `  not yet: ${what} (${connected} connected, ${accepted} told something; ${losses.join(', ') || 'no losses'})`,
      )
    }
    if (!world.server.isRunning) throw new Error(`the server ended:\n${world.server.output.slice(-2000)}`)
    if (performance.now() - startMs > WAIT_MS) {
      throw new Error(`in vain: ${what}; ${JSON.stringify(await world.agents.tell('state'))}`)
    }
    await new Promise((resolve) => setTimeout(resolve, restMs))
  }
  tell(`${what} after ${secondsSince(startMs)} s`)
}

const secondsSince = (startMs: number): string => ((performance.now() - startMs) / 1000).toFixed(2)
const bytes = (count: number): string => `${(count / 2 ** 30).toFixed(2)} GiB`
const tell = (text: string): void => void process.stderr.write(`  ${text}\n`)
