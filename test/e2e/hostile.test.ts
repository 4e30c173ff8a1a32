/**
 * Components that mean harm, placed on one device beside a good one: each is reported with its code, none takes more
 * than its limits, and the neighbour on the same imager goes on handling frames.
 */
import { execFileSync } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { askStatus } from '@ocelli/agent/command/status-socket'
import { SIGNATURE_HEADER } from '@ocelli/schemas/api/component'
import type { DeploymentDetail } from '@ocelli/schemas/api/deployment'
import type { OutputRecord, RecordList } from '@ocelli/schemas/api/record'
import type { ReportedInstance } from '@ocelli/schemas/messages/reported'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signStatement, stateComponent } from '../../wit/toolchain/sign.ts'
import { Installation, type Process } from '../support/installation.ts'
import { pushSample } from '../support/samples.ts'
import { waitUntil } from '../support/wait-until.ts'
import { hostileComponent } from '../support/wit-hostile.ts'

const HOSTILE = [
  'loop-forever',
  'loop-at-start',
  'trap-each-frame',
  'take-all-memory',
  'start-too-large',
  'flood-output',
] as const
const FRAMES_PER_SECOND = 10
const MEMORY_BYTES = 8_388_608
const OUTPUT_BYTES_PER_SECOND = 2048

let installation: Installation
let agent: Process
let agentDir: string

beforeAll(async () => {
  installation = await Installation.create()
  await installation.startServer()
  await pushSample(installation, 'motion')
  const key = createPrivateKey(readFileSync(join(installation.dataDir, 'keys/publisher.key')))
  for (const name of HOSTILE) {
    const body = await hostileComponent(name)
    const envelope = signStatement(stateComponent(name, '1.0.0', body), key)
    const headers = { [SIGNATURE_HEADER]: Buffer.from(JSON.stringify(envelope)).toString('base64') }
    await installation.client.put(`/components/${name}/1.0.0`, { body, headers })
  }
  agentDir = await installation.join('yard', '--camera', `file:${smallVideo()}`)
  agent = installation.startAgent(agentDir)
  await deploy('motion')
  await waitUntil(async () => (await instance('motion'))?.state === 'running', 'the neighbour runs', 90_000)
}, 240_000)
afterAll(() => installation.close())

test('each hostile component is reported with its code, and its neighbour on the device goes on', async () => {
  const alone = await neighbourIntervals(60)
  for (const name of HOSTILE) await deploy(name)
  const beside = neighbourIntervals(100)

  for (const [name, code] of [
    ['loop-forever', 'instance.deadline'],
    ['loop-at-start', 'instance.deadline'],
    ['trap-each-frame', 'instance.trap'],
    ['start-too-large', 'instance.memory'],
  ] as const) {
    await waitUntil(async () => (await instance(name))?.state === 'crashLoop', `${name} is given up`, 120_000)
    const { restarts, error } = (await instance(name)) ?? {}
    expect(error?.code, name).toBe('instance.crashLoop')
    expect(error?.message, name).toContain(code)
    expect(restarts, name).toBe(2)
  }

  // Refused memory and refused output are the component's to live with: both go on, within their limits.
  const grown = async () => ((await live('take-all-memory')).memoryBytes ?? 0) > MEMORY_BYTES / 2
  await waitUntil(grown, 'the memory in use is reported', 60_000)
  const taker = await live('take-all-memory')
  expect(taker.memoryBytes).toBeLessThanOrEqual(MEMORY_BYTES)
  expect(taker.state).toBe('running')
  const dropped = async () => ((await live('flood-output')).outputDroppedBytes ?? 0) > 1_000_000
  await waitUntil(dropped, 'the dropped output is reported', 60_000)
  expect((await live('flood-output')).state).toBe('running')
  const floods = (await records('flood-output', undefined)).length
  expect(floods).toBeGreaterThan(0)

  const after = await beside
  console.log(`neighbour, ms between records: alone p50 ${percentile(alone, 0.5)} p99 ${percentile(alone, 0.99)}`)
  console.log(
    `neighbour, ms between records: beside hostile ones p50 ${percentile(after, 0.5)} p99 ${percentile(after, 0.99)}`,
  )
  const motion = await instance('motion')
  expect(motion).toMatchObject({ state: 'running', restarts: 0 })
  expect(motion?.error).toBeUndefined()
  expect(await agent.signal('SIGTERM')).toBe(0)
}, 360_000)

/** Ten frames a second of something that moves. */
function smallVideo(): string {
  const file = join(installation.folder, 'moving.avi')
  const source = `testsrc=size=160x120:rate=${FRAMES_PER_SECOND}:duration=10`
  execFileSync('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', source, '-c:v', 'mjpeg', file])
  return file
}

async function deploy(name: string): Promise<void> {
  const isGood = name === 'motion'
  const manifest = {
    apiVersion: 'ocelli/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      realisations: [{ name: 'frames', component: `${name}@1.0.0` }],
      ...(isGood && { config: { publishEveryMs: 0 } }),
      grants: ['frames', 'measurements'],
      limits: {
        memoryBytes: MEMORY_BYTES,
        // Only who loops is to meet the deadline: on a busy machine 10,000 calls out of one frame take long.
        callTimeoutMs: name.startsWith('loop') ? 1000 : 20_000,
        outputBytesPerSecond: isGood ? 65_536 : OUTPUT_BYTES_PER_SECOND,
      },
      restart: { maxAttempts: 3, backoffMs: 200, maxBackoffMs: 500, healthyForMs: 60_000 },
    },
  }
  await installation.client.post('/apply', { body: { manifests: [manifest] } })
}

async function instance(name: string): Promise<ReportedInstance | undefined> {
  const found = await installation.client.get<DeploymentDetail>(`/deployments/${name}`)
  return found.placements[0]?.state
}

/** As the device shows it now: to the server it reports numbers when a state changes, else every two minutes. */
async function live(name: string): Promise<ReportedInstance> {
  const id = (await instance(name))?.id
  const found = (await askStatus(agentDir))?.instances.find((one) => one.id === id)
  if (!found) throw new Error(`${name} is not shown by its device`)
  if (found.error) throw new Error(`${name}: ${found.error.code}: ${found.error.message}`)
  return found
}

async function records(deployment: string, after: string | undefined): Promise<readonly OutputRecord[]> {
  const query = { deployment, kind: 'measurement', after, end: 'oldest', limit: 10_000 }
  return (await installation.client.get<RecordList>('/records', { query })).items
}

/** Times between the next records of the neighbour, by its device's clock. */
async function neighbourIntervals(count: number): Promise<readonly number[]> {
  const { cursor } = await installation.client.get<RecordList>('/records', { query: { limit: 1 } })
  const atMs = async () => {
    const found = (await records('motion', cursor)).map(({ record }) => ('atMs' in record ? record.atMs : Number.NaN))
    return [...new Set(found)]
  }
  await waitUntil(async () => (await atMs()).length > count, 'the neighbour puts out records', 180_000)
  const times = await atMs()
  return times.slice(1).map((time, index) => time - (times[index] ?? time))
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}
