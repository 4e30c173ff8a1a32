/**
 * SIGKILL for server, agent, and both, at random moments of a changing deployment with telemetry flowing: all
 * converge, and every record that the agent's SQLite had committed is in the database exactly once.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import type { DeploymentDetail } from '@ocelli/schemas/api/deployment'
import type { DeviceDetail } from '@ocelli/schemas/api/device'
import type { OutputRecord, RecordList } from '@ocelli/schemas/api/record'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Chance } from '../simulation/chance.ts'
import { Installation, type Process } from '../support/installation.ts'
import { pushSample } from '../support/samples.ts'
import { waitUntil } from '../support/wait-until.ts'

const ROUNDS_EACH = 10
const chance = new Chance(Number(process.env.OCELLI_SEED ?? '1'))

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
  await deploy(0)
  await waitUntil(isRunning, 'the deployment runs', 60_000)
}, 180_000)
afterAll(() => installation.close())

test('nothing acknowledged is lost and all converge', async () => {
  const accepted = new Map<string, Set<number>>()
  let variant = 1
  for (const victims of ['server', 'agent', 'both'] as const) {
    for (let round = 0; round < ROUNDS_EACH; round++) {
      if (chance.happens('deploy', 0.5)) void deploy(variant++).catch(() => undefined)
      await setTimeout(chance.whole(`wait ${victims}`, 50, 900))
      await Promise.all([
        victims === 'agent' ? undefined : server.signal('SIGKILL'),
        victims === 'server' ? undefined : agent.signal('SIGKILL'),
      ])
      if (victims !== 'server') noteAccepted(accepted)
      if (victims !== 'agent') server = await restartServer()
      if (victims !== 'server') agent = installation.startAgent(agentDir)
    }
  }

  await deploy(variant)
  await waitUntil(isRunning, 'the last revision runs', 90_000)
  await agent.signal('SIGTERM')
  noteAccepted(accepted)
  agent = installation.startAgent(agentDir)
  await waitUntil(async () => ((await device()).reported?.outbox.held ?? 1) < 20, 'the outbox is delivered', 60_000)

  const stored = await storedSequences()
  let checked = 0
  for (const [stream, sequences] of accepted) {
    // Sequences are given in order as records are accepted: what was delivered between two looks counts as well.
    for (let sequence = 1; sequence <= Math.max(...sequences); sequence++) {
      expect(stored.get(`${stream} ${sequence}`), `${stream} ${sequence}`).toBe(1)
      checked++
    }
  }
  for (const [key, count] of stored) expect(count, `${key} is doubled`).toBe(1)
  // Enough was at stake for the test to mean something.
  expect(checked).toBeGreaterThan(50)
}, 480_000)

/** Five frames a second, 64 x 48, of something that moves. */
function smallVideo(): string {
  const file = join(installation.folder, 'moving.avi')
  const source = 'testsrc=size=160x120:rate=5:duration=20'
  execFileSync('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', source, '-c:v', 'mjpeg', file])
  return file
}

async function deploy(variant: number): Promise<void> {
  const manifests = [
    {
      apiVersion: 'ocelli/v1',
      kind: 'Deployment',
      metadata: { name: 'motion' },
      spec: {
        realisations: [{ name: 'frames', component: 'motion@1.0.0' }],
        config: { publishEveryMs: 0, variant },
        frames: { frameRateMillihertz: 5000 },
        grants: ['frames', 'measurements'],
        limits: { memoryBytes: 8_388_608, callTimeoutMs: 5000, outputBytesPerSecond: 65_536 },
        restart: { healthyForMs: 1000, maxAttempts: 0 },
      },
    },
  ]
  await installation.client.post('/apply', { body: { manifests } })
}

async function isRunning(): Promise<boolean> {
  const found = await installation.client.get<DeploymentDetail>('/deployments/motion')
  return (
    found.placements.length === 1 &&
    found.placements.every(({ state }) => state?.state === 'running' && state.revision === found.revision)
  )
}

const device = () => installation.client.get<DeviceDetail>('/devices/yard')

async function restartServer(): Promise<Process> {
  const started = await installation.startServer()
  return started
}

/** What the database of the dead agent holds durably, beside what it held before. */
function noteAccepted(accepted: Map<string, Set<number>>): void {
  const file = join(agentDir, 'agent.sqlite')
  if (!existsSync(file)) throw new Error(`no ${file}`)
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const position = database.prepare("SELECT value FROM value WHERE key = 'outbox'").get() as
      | { value: string }
      | undefined
    if (!position) return
    const { stream } = JSON.parse(position.value) as { stream: string }
    const seen = accepted.get(stream) ?? new Set()
    accepted.set(stream, seen)
    for (const row of database.prepare('SELECT sequence FROM record').all()) seen.add(Number(row.sequence))
  } finally {
    database.close()
  }
}

async function storedSequences(): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  let after: string | undefined
  for (;;) {
    const page: RecordList = await installation.client.get('/records', {
      query: { device: 'yard', end: 'oldest', limit: 5000, after },
    })
    for (const item of page.items) for (const key of keysOf(item)) counts.set(key, (counts.get(key) ?? 0) + 1)
    if (page.items.length === 0) return counts
    after = page.cursor
  }
}

/** A lost record speaks for every sequence that it names, its own among them. */
function keysOf({ stream, record }: OutputRecord): string[] {
  if (record.kind !== 'lost') return [`${stream} ${record.sequence}`]
  return Array.from({ length: record.to - record.from + 1 }, (_, index) => `${stream} ${record.from + index}`)
}
