/**
 * From push to running for 100 real agents with workers. Real: the server process (PGlite, aedes, TLS), one simulator
 * process with 100 agents, each with its own certificate, connection, SQLite outbox and worker, warm code cache shared.
 * Not real: the imagers, and the network, which is the loopback interface.
 */
import { join } from 'node:path'
import type { CreatedEnrolmentToken } from '@ocelli/schemas/api/access'
import type { DeploymentSummary } from '@ocelli/schemas/api/deployment'
import type { DeviceSummary } from '@ocelli/schemas/api/device'
import type { Status } from '@ocelli/schemas/api/status'
import { Installation } from '../support/installation.ts'
import { pushSample } from '../support/samples.ts'
import { waitUntil } from '../support/wait-until.ts'
import type { BenchResult } from './run.ts'

const AGENTS = 100

export async function run(): Promise<BenchResult[]> {
  const installation = await Installation.create()
  try {
    await installation.startServer()
    await pushSample(installation, 'motion')
    const { client } = installation
    const token = await client.post<CreatedEnrolmentToken>('/enrolment-tokens', { body: { uses: AGENTS } })
    installation.start(
      'simulator',
      'simulator/src/main.ts',
      [
        '--data-dir',
        join(installation.folder, 'simulator'),
        '--devices',
        String(AGENTS),
        '--profile-mix',
        'plain-camera=1',
      ],
      { OCELLI_ENROLMENT_TOKEN: token.token },
    )
    const online = async () => (await client.get<Status>('/status')).devices.online
    await waitUntil(async () => (await online()) === AGENTS, `${AGENTS} agents online`, 300_000)

    const [first] = (await client.get<{ items: DeviceSummary[] }>('/devices', { query: { limit: 1 } })).items
    const one = await pushToRunning(installation, 'one', `device.id == "${first?.id}"`)
    const all = await pushToRunning(installation, 'all', 'true')
    return [
      {
        name: `apply to running on ${all.placed} agents with workers`,
        value: all.seconds,
        unit: 's',
        baseline: { name: `one agent, ${AGENTS} times`, value: one.seconds * AGENTS },
        ratio: (one.seconds * AGENTS) / all.seconds,
        note: `one agent alone: ${one.seconds.toFixed(2)} s`,
      },
    ]
  } finally {
    await installation.close()
  }
}

/** Applies a deployment of `motion` and waits until every placed instance is reported as running. */
async function pushToRunning(
  { client }: Installation,
  name: string,
  selector: string,
): Promise<{ readonly seconds: number; readonly placed: number }> {
  const manifest = {
    apiVersion: 'ocelli/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      target: { selector },
      realisations: [{ name: 'frames', component: 'motion@1.0.0' }],
      frames: { frameRateMillihertz: 100, widthPixels: 160, heightPixels: 120 },
      grants: ['frames', 'measurements'],
      limits: { memoryBytes: 8_388_608, callTimeoutMs: 30_000, outputBytesPerSecond: 2048 },
    },
  }
  const startMs = performance.now()
  await client.post('/apply', { body: { manifests: [manifest] } })
  let placed = 0
  const allRun = async () => {
    const { items } = await client.get<{ items: DeploymentSummary[] }>('/deployments')
    const { instances } = items.find((item) => item.name === name) ?? { instances: { placed: 0, running: 0 } }
    placed = instances.placed
    return placed > 0 && instances.running === placed
  }
  await waitUntil(allRun, `${name} runs everywhere`, 120_000)
  return { seconds: (performance.now() - startMs) / 1000, placed }
}
