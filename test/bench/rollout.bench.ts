/**
 * A rollout to a whole fleet, and its abort. Real: the server process (PGlite, aedes, TLS), and one simulator process with
 * agents that speak the whole protocol, each with its own certificate, connection and SQLite outbox; their components run
 * in one thread with one shared cache of code, which is warm. Not real: the imagers, the network, which is the
 * loopback interface, and that all agents share a processor. `OCELLI_BENCH_AGENTS` says how many (1,000 where absent).
 */
import { join } from 'node:path'
import type { CreatedEnrolmentToken } from '@ocelli/schemas/api/access'
import type { RolloutDetail } from '@ocelli/schemas/api/rollout'
import type { Status } from '@ocelli/schemas/api/status'
import { Installation } from '../support/installation.ts'
import { pushSample } from '../support/samples.ts'
import { waitUntil } from '../support/wait-until.ts'
import type { BenchResult } from './run.ts'

const AGENTS = Number(process.env.OCELLI_BENCH_AGENTS ?? '1000')
const WAIT_MS = 600_000

export async function run(): Promise<BenchResult[]> {
  const installation = await Installation.create()
  try {
    await installation.startServer()
    await pushSample(installation, 'motion')
    const { client } = installation
    const token = await client.post<CreatedEnrolmentToken>('/enrolment-tokens', { body: { uses: AGENTS } })
    const flags = ['--devices', String(AGENTS), '--profile-mix', 'plain-camera=1', '--host', 'in-thread']
    installation.start(
      'simulator',
      'simulator/src/main.ts',
      ['--data-dir', join(installation.folder, 'simulator'), ...flags],
      {
        OCELLI_ENROLMENT_TOKEN: token.token,
      },
    )
    const devices = async () => (await client.get<Status>('/status')).devices
    await waitUntil(async () => (await devices()).online === AGENTS, `${AGENTS} agents online`, WAIT_MS)

    // The first revision warms the cache of code.
    await apply(installation, 1)
    await healthy(installation)
    const one = await seconds(async () => {
      await apply(installation, 2, 'device.name == "unit-0001"')
      await healthy(installation)
    })
    await apply(installation, 3)
    await healthy(installation)
    const all = await seconds(async () => {
      await apply(installation, 4)
      await healthy(installation)
    })
    await apply(installation, 5)
    let kept = 0
    const abort = await seconds(async () => {
      await client.post('/rollouts/motion/abort')
      await waitUntil(async () => (await devices()).converged === AGENTS, 'all devices know of the abort', WAIT_MS)
    })
    kept = (await client.get<RolloutDetail>('/rollouts/motion')).counts.healthy
    return [
      {
        name: `push to healthy on ${AGENTS} agents, in-thread host`,
        value: all,
        unit: 's',
        baseline: { name: `one agent, ${AGENTS} times`, value: one * AGENTS },
        ratio: (one * AGENTS) / all,
        note: 'healthy is 1 s of running; the rollout is completed then',
      },
      {
        name: `abort in the middle of a push reaches ${AGENTS} agents`,
        value: abort,
        unit: 's',
        baseline: { name: 'the push itself', value: all },
        ratio: all / abort,
        note: `${kept} had the revision already and keep it`,
      },
    ]
  } finally {
    await installation.close()
  }
}

async function apply({ client }: Installation, variant: number, selector = 'true'): Promise<void> {
  const manifest = {
    apiVersion: 'ocelli/v1',
    kind: 'Deployment',
    metadata: { name: 'motion' },
    spec: {
      target: { selector },
      realisations: [{ name: 'frames', component: 'motion@1.0.0' }],
      config: { variant },
      frames: { frameRateMillihertz: 100, widthPixels: 160, heightPixels: 120 },
      grants: ['frames', 'measurements'],
      limits: { memoryBytes: 8_388_608, callTimeoutMs: 30_000, outputBytesPerSecond: 2048 },
      restart: { healthyForMs: 1000 },
      rollout: { maxTouched: 100_000, waves: ['100%'], maxUnavailable: '100%', gate: { healthyForMs: 0 } },
    },
  }
  await client.post('/apply', { body: { manifests: [manifest] } })
}

async function healthy({ client }: Installation): Promise<void> {
  let shown = await client.get<RolloutDetail>('/rollouts/motion')
  const startMs = performance.now()
  while (shown.phase !== 'completed') {
    if (performance.now() - startMs > WAIT_MS) throw new Error(`not healthy everywhere: ${shown.reasons.join('; ')}`)
    shown = await client.get<RolloutDetail>('/rollouts/motion', { query: { after: shown.check, waitMs: 5000 } })
  }
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const startMs = performance.now()
  await work()
  return (performance.now() - startMs) / 1000
}
