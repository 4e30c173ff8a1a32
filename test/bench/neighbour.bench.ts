/**
 * How much a hostile component disturbs its neighbour on the same device and imager: the 99th percentile of the time
 * between the neighbour's records (ten frames a second), against the neighbour alone in the same run. Real: server,
 * agent, workers, ffmpeg with a recorded file. All of them share the cores of this machine.
 */
import { execFileSync } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SIGNATURE_HEADER } from '@ocelli/schemas/api/component'
import type { DeploymentDetail } from '@ocelli/schemas/api/deployment'
import type { RecordList } from '@ocelli/schemas/api/record'
import { signStatement, stateComponent } from '../../wit/toolchain/sign.ts'
import { Installation } from '../support/installation.ts'
import { pushSample } from '../support/samples.ts'
import { waitUntil } from '../support/wait-until.ts'
import { type HostileName, hostileComponent } from '../support/wit-hostile.ts'
import type { BenchResult } from './run.ts'

const HOSTILE: readonly HostileName[] = ['loop-forever', 'take-all-memory', 'trap-each-frame']
const FRAMES_PER_SECOND = 10
const INTERVALS = 200

export async function run(): Promise<BenchResult[]> {
  const installation = await Installation.create()
  try {
    await installation.startServer()
    await pushSample(installation, 'motion')
    const video = join(installation.folder, 'moving.avi')
    const source = `testsrc=size=160x120:rate=${FRAMES_PER_SECOND}:duration=60`
    execFileSync('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', source, '-c:v', 'mjpeg', video])
    installation.startAgent(await installation.join('yard', '--camera', `file:${video}`))
    await deploy(installation, 'motion')
    await waitUntil(() => isRunning(installation), 'the neighbour runs', 90_000)

    const alone = percentile99(await intervals(installation))
    const results: BenchResult[] = []
    for (const name of HOSTILE) {
      await pushHostile(installation, name)
      await deploy(installation, name)
      const beside = percentile99(await intervals(installation))
      await installation.client.delete(`/deployments/${name}`)
      const baseline = { name: 'neighbour alone', value: alone }
      results.push({
        name: `p99 between records beside ${name}`,
        value: beside,
        unit: 'ms',
        baseline,
        ratio: alone / beside,
      })
    }
    return results
  } finally {
    await installation.close()
  }
}

async function pushHostile(installation: Installation, name: HostileName): Promise<void> {
  const key = createPrivateKey(readFileSync(join(installation.dataDir, 'keys/publisher.key')))
  const body = await hostileComponent(name)
  const envelope = signStatement(stateComponent(name, '1.0.0', body), key)
  const headers = { [SIGNATURE_HEADER]: Buffer.from(JSON.stringify(envelope)).toString('base64') }
  await installation.client.put(`/components/${name}/1.0.0`, { body, headers })
}

async function deploy({ client }: Installation, name: string): Promise<void> {
  const manifest = {
    apiVersion: 'ocelli/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      realisations: [{ name: 'frames', component: `${name}@1.0.0` }],
      ...(name === 'motion' && { config: { publishEveryMs: 0 } }),
      grants: ['frames', 'measurements'],
      limits: { memoryBytes: 8_388_608, callTimeoutMs: 1000, outputBytesPerSecond: 65_536 },
      // It comes back as long as it is measured.
      restart: { maxAttempts: 0, backoffMs: 200, maxBackoffMs: 500, healthyForMs: 60_000 },
    },
  }
  await client.post('/apply', { body: { manifests: [manifest] } })
}

async function isRunning({ client }: Installation): Promise<boolean> {
  const found = await client.get<DeploymentDetail>('/deployments/motion')
  return found.placements[0]?.state?.state === 'running'
}

/** Milliseconds between the neighbour's next records, by its device's clock. */
async function intervals({ client }: Installation): Promise<readonly number[]> {
  const { cursor } = await client.get<RecordList>('/records', { query: { limit: 1 } })
  let times: readonly number[] = []
  const enough = async () => {
    const query = { deployment: 'motion', kind: 'measurement', after: cursor, end: 'oldest', limit: 10_000 }
    const { items } = await client.get<RecordList>('/records', { query })
    times = items.flatMap(({ record }) => ('atMs' in record ? [record.atMs] : []))
    return times.length > INTERVALS
  }
  await waitUntil(async () => (await enough()) || pause(), 'the neighbour puts out records', 120_000)
  return times.slice(1).map((time, index) => time - (times[index] ?? time))
}

/** Asks seldom: asking costs time on the cores that are measured. */
async function pause(): Promise<false> {
  await new Promise((resolve) => setTimeout(resolve, 1000))
  return false
}

function percentile99(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? Number.NaN
}
