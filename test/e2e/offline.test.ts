/**
 * A device that loses its server: it keeps running, restarts from its disk, and delivers everything that it held, in
 * order. Where its outbox is full, it says exactly what it dropped.
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { AgentStatus } from '@ocelli/agent/agent'
import { askStatus } from '@ocelli/agent/command/status-socket'
import type { DeploymentDetail } from '@ocelli/schemas/api/deployment'
import type { OutputRecord, RecordList } from '@ocelli/schemas/api/record'
import type { LostRecord } from '@ocelli/schemas/messages/telemetry'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Installation, type Process } from '../support/installation.ts'
import { pushSample } from '../support/samples.ts'
import { waitUntil } from '../support/wait-until.ts'

let installation: Installation
let server: Process
let agent: Process
let agentDir: string

beforeAll(async () => {
  installation = await Installation.create()
  server = await installation.startServer()
  await pushSample(installation, 'motion')
  agentDir = await installation.join('yard', '--camera', `file:${smallVideo()}`)
  agent = installation.startAgent(agentDir)
  await installation.client.post('/apply', { body: { manifests: [MOTION] } })
  await waitUntil(async () => (await deployment()).instances.running === 1, 'the deployment runs', 90_000)
  await waitUntil(async () => (await stored()).length > 0, 'records arrive', 90_000)
}, 240_000)
afterAll(() => installation.close())

test('a device without its server runs on, restarts from its disk twice, and delivers all that it held in order', async () => {
  const { stream, lost: lostBefore } = (await status()).outbox
  await server.signal('SIGKILL')
  await waitUntil(async () => (await status()).link === 'down', 'the agent notices', 60_000)
  const starts = [(await status()).start]
  await moreHeld(5)

  expect(await agent.signal('SIGTERM')).toBe(0)
  agent = installation.startAgent(agentDir)
  await runsAlone()
  starts.push((await status()).start)
  await moreHeld(5)

  await agent.signal('SIGKILL')
  agent = installation.startAgent(agentDir)
  await runsAlone()
  starts.push((await status()).start)
  expect(starts).toEqual([starts[0], Number(starts[0]) + 1, Number(starts[0]) + 2])

  const shown = await installation.run('agent/src/main.ts', ['status', '--json', '--data-dir', agentDir])
  expect(shown.code).toBe(0)
  expect(JSON.parse(shown.stdout)).toMatchObject({
    link: 'down',
    instances: [{ state: 'running', revision: 1 }],
    outbox: { stream },
  })
  await moreHeld(5)
  const { outbox } = await status()
  expect(outbox.held).toBeGreaterThan(10)

  expect(await agent.signal('SIGTERM')).toBe(0)
  const { last } = givenOnDisk()
  agent = installation.startAgent(agentDir)
  server = await installation.startServer()
  await waitUntil(() => isDelivered(last), 'the outbox is delivered', 90_000)
  const sequences = (await stored()).filter((item) => item.stream === stream).map(({ record }) => record.sequence)
  expect(last).toBeGreaterThan(outbox.held)
  expect(sequences).toEqual(upTo(sequences.length))
  expect(sequences.length).toBeGreaterThanOrEqual(last)
  expect((await status()).outbox).toMatchObject({ stream, lost: lostBefore })
}, 240_000)

test('an outbox that is full says exactly what it dropped', async () => {
  expect(await agent.signal('SIGTERM')).toBe(0)
  await server.signal('SIGKILL')
  const maxBytes = 8192
  agent = installation.startAgent(agentDir, '--outbox-bytes', String(maxBytes))
  await runsAlone()
  // Dropped more than once: what a `lost` record named must survive that.
  let drops = 0
  let seen = 0
  const droppedOften = async () => {
    const { lost, heldBytes } = (await status()).outbox
    expect(heldBytes).toBeLessThanOrEqual(maxBytes)
    if (lost > seen) drops++
    seen = lost
    return drops >= 3
  }
  await waitUntil(droppedOften, 'the outbox drops three times', 120_000)
  const { stream, lost } = (await status()).outbox

  expect(await agent.signal('SIGTERM')).toBe(0)
  const { last } = givenOnDisk()
  agent = installation.startAgent(agentDir, '--outbox-bytes', String(maxBytes))
  server = await installation.startServer()
  await waitUntil(() => isDelivered(last), 'the outbox is delivered', 90_000)
  const records = (await stored()).filter((item) => item.stream === stream).map(({ record }) => record)
  const order = records.map((record) => record.sequence)
  expect(order).toEqual(order.toSorted((a, b) => a - b))
  const delivered = records.filter((record) => record.kind !== 'lost').map((record) => record.sequence)
  const named = records.filter((record): record is LostRecord => record.kind === 'lost')
  expect(named.length).toBeGreaterThan(0)
  const gone = named.flatMap(({ from, to }) => upTo(to - from + 1).map((offset) => from - 1 + offset))
  expect([...delivered, ...gone].toSorted((a, b) => a - b)).toEqual(upTo(Math.max(...order)))
  for (const { from, to, count } of named) expect(count).toBe(to - from + 1)
  expect(gone.length).toBeGreaterThanOrEqual(lost)
  expect(await agent.signal('SIGTERM')).toBe(0)
}, 240_000)

test('an outbox too small to be of use is refused by its flag', async () => {
  for (const bytes of ['many', '-1', '100', '1e9']) {
    const { code, stderr } = await installation.run('agent/src/main.ts', ['run', `--outbox-bytes=${bytes}`])
    expect(code).toBe(2)
    expect(stderr).toContain(`flag.invalid: --outbox-bytes ${bytes} is no whole number from 4096 on`)
  }
}, 60_000)

const MOTION = {
  apiVersion: 'ocelli/v1',
  kind: 'Deployment',
  metadata: { name: 'motion' },
  spec: {
    realisations: [{ name: 'frames', component: 'motion@1.0.0' }],
    config: { publishEveryMs: 0 },
    frames: { frameRateMillihertz: 10_000 },
    grants: ['frames', 'measurements'],
    limits: { memoryBytes: 8_388_608, callTimeoutMs: 5000, outputBytesPerSecond: 65_536 },
    restart: { healthyForMs: 1000, maxAttempts: 0 },
  },
}

/** Ten frames a second of something that moves. */
function smallVideo(): string {
  const file = join(installation.folder, 'moving.avi')
  const source = 'testsrc=size=160x120:rate=10:duration=10'
  execFileSync('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', source, '-c:v', 'mjpeg', file])
  return file
}

const deployment = () => installation.client.get<DeploymentDetail>('/deployments/motion')
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1)

async function status(): Promise<AgentStatus> {
  let found: AgentStatus | undefined
  const asked = async () => {
    if (!agent.isRunning) throw new Error(`the agent ended:\n${agent.output.slice(-2000)}`)
    found = await askStatus(agentDir)
    return found !== undefined
  }
  await waitUntil(asked, 'the agent answers', 60_000)
  if (!found) throw new Error('the agent does not answer')
  return found
}

async function moreHeld(count: number): Promise<void> {
  const before = (await status()).outbox.held
  await waitUntil(async () => (await status()).outbox.held >= before + count, `${count} more records are held`, 60_000)
}

/** The instance runs, and puts out records, while nobody answers the agent. */
async function runsAlone(): Promise<void> {
  const isRunning = async () => (await status()).instances.some((instance) => instance.state === 'running')
  await waitUntil(isRunning, 'the instance runs from disk', 60_000)
  await waitUntil(async () => (await status()).outbox.accepted > 0, 'it puts out records', 60_000)
  expect((await status()).link).toBe('down')
}

/** The stream of a stopped agent, and the last sequence that it gave. */
function givenOnDisk(): { readonly stream: string; readonly last: number } {
  const database = new DatabaseSync(join(agentDir, 'agent.sqlite'), { readOnly: true })
  try {
    const row = database.prepare("SELECT value FROM value WHERE key = 'outbox'").get()
    return JSON.parse(String(row?.value)) as { stream: string; last: number }
  } finally {
    database.close()
  }
}

async function isDelivered(sequence: number): Promise<boolean> {
  const newest: RecordList = await installation.client.get('/records', { query: { device: 'yard', limit: 1 } })
  return (newest.items[0]?.record.sequence ?? 0) >= sequence
}

/** All records of the device, in the order of commit. */
async function stored(): Promise<readonly OutputRecord[]> {
  const items: OutputRecord[] = []
  let after: string | undefined
  for (;;) {
    const page: RecordList = await installation.client.get('/records', {
      query: { device: 'yard', end: 'oldest', limit: 5000, after },
    })
    items.push(...page.items)
    if (page.items.length === 0) return items
    after = page.cursor
  }
}
