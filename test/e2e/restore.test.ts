/**
 * A restore under a live fleet, with real processes: the agent is ahead of the backup in its generation and in what it
 * delivered. It comes back, takes the older state in the newer epoch, and every record is there once, or named as lost.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { askStatus } from '@ocelli/agent/command/status-socket'
import type { DeploymentDetail } from '@ocelli/schemas/api/deployment'
import type { DeviceDetail } from '@ocelli/schemas/api/device'
import type { OutputRecord, RecordList } from '@ocelli/schemas/api/record'
import type { Status } from '@ocelli/schemas/api/status'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Installation, type Process } from '../support/installation.ts'
import { pushSample } from '../support/samples.ts'
import { waitUntil } from '../support/wait-until.ts'

let installation: Installation
let server: Process
let agentDir: string
let file: string

beforeAll(async () => {
  installation = await Installation.create()
  file = join(installation.folder, 'backup.ndjson')
  server = await installation.startServer()
  await pushSample(installation, 'motion')
  agentDir = await installation.join('yard', '--camera', `file:${smallVideo()}`)
  installation.startAgent(agentDir)
  await deploy(0)
  await waitUntil(isRunning, 'the deployment runs', 90_000)
  await waitUntil(async () => (await newest()) > 5, 'records arrive', 60_000)
}, 360_000)
afterAll(() => installation.close())

test('a fleet that went on after the backup comes back to it, and what it holds is neither lost nor doubled', async () => {
  const beforeBackup = await newest()
  const done = await installation.cli('backup', file)
  expect(done).toMatchObject({ code: 0, stdout: expect.stringMatching(/: 1 device and \d+ records\n$/) })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(existsSync(`${file}.part`)).toBe(false)
  expect((await installation.client.get<{ items: { action: string }[] }>('/audit')).items[0]?.action).toBe(
    'backup.read',
  )

  const afterBackup = await newest()
  await deploy(1)
  await deploy(2)
  await waitUntil(isRunning, 'the third revision runs', 60_000)
  await waitUntil(async () => (await newest()) > afterBackup + 5, 'the agent delivers more', 60_000)
  const ahead = (await device()).reported?.generation
  expect(ahead).toMatchObject({ epoch: 1 })
  expect(ahead?.counter).toBeGreaterThan(1)

  await server.signal('SIGKILL')
  await waitUntil(async () => (await status()).link === 'down', 'the agent notices', 60_000)
  await waitUntil(async () => (await status()).outbox.held >= 5, 'the agent holds records', 60_000)
  const held = heldSequences()
  const { stream } = (await status()).outbox

  const old = `${installation.dataDir}.old`
  renameSync(installation.dataDir, old)
  mkdirSync(installation.dataDir, { recursive: true })
  cpSync(join(old, 'keys'), join(installation.dataDir, 'keys'), { recursive: true })
  const restored = await installation.cli('restore', file, '--data-dir', installation.dataDir)
  expect(restored).toMatchObject({ code: 0, stdout: expect.stringMatching(/^restored 1 device and /) })

  server = await installation.startServer()
  const { epoch } = (await installation.client.get<Status>('/status')).server
  expect(epoch).toBeGreaterThan(1)
  await waitUntil(
    async () => (await device()).reported?.generation?.epoch === epoch,
    'the agent takes the new epoch',
    90_000,
  )
  // The state of the backup: the first revision.
  await waitUntil(isRunning, 'the fleet converges', 60_000)
  expect((await deployment()).revision).toBe(1)

  await waitUntil(async () => (await newest()) > Math.max(...held), 'what was held arrives', 60_000)
  const records = (await stored()).filter((item) => item.stream === stream).map(({ record }) => record)
  const real = records.filter((record) => record.kind !== 'lost').map(({ sequence }) => sequence)
  const lost = records.flatMap((record) => (record.kind === 'lost' ? span(record.from, record.to) : []))
  expect(new Set(real)).toEqual(new Set([...real, ...held]))
  // Each sequence once: as itself, or as lost. Lost is only what was delivered after the backup.
  const all = [...real, ...lost].toSorted((a, b) => a - b)
  expect(all).toEqual(span(1, Math.max(...all)))
  expect(lost.length).toBeGreaterThan(0)
  expect(Math.min(...lost)).toBeGreaterThan(beforeBackup)
  expect(Math.max(...lost)).toBeLessThan(Math.min(...held))

  await deploy(3)
  await waitUntil(isRunning, 'a deployment applied afterwards arrives', 60_000)
  expect((await device()).reported?.generation?.epoch).toBe(epoch)
}, 300_000)

async function deploy(variant: number): Promise<void> {
  const spec = {
    realisations: [{ name: 'frames', component: 'motion@1.0.0' }],
    config: { publishEveryMs: 0, variant },
    frames: { frameRateMillihertz: 5000 },
    grants: ['frames', 'measurements'],
    limits: { memoryBytes: 8_388_608, callTimeoutMs: 5000, outputBytesPerSecond: 65_536 },
    restart: { healthyForMs: 1000, maxAttempts: 0 },
  }
  const manifests = [{ apiVersion: 'ocelli/v1', kind: 'Deployment', metadata: { name: 'motion' }, spec }]
  await installation.client.post('/apply', { body: { manifests } })
}

/** Five frames a second of something that moves. */
function smallVideo(): string {
  const video = join(installation.folder, 'moving.avi')
  const source = 'testsrc=size=160x120:rate=5:duration=20'
  execFileSync('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', source, '-c:v', 'mjpeg', video])
  return video
}

const deployment = () => installation.client.get<DeploymentDetail>('/deployments/motion')
const device = () => installation.client.get<DeviceDetail>('/devices/yard')
const span = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index)

async function isRunning(): Promise<boolean> {
  const { placements, revision } = await deployment()
  return (
    placements.length === 1 &&
    placements.every(({ state }) => state?.state === 'running' && state.revision === revision)
  )
}

async function status() {
  const found = await askStatus(agentDir)
  if (found === undefined) throw new Error('the agent does not answer')
  return found
}

/** Highest sequence that the server has. */
async function newest(): Promise<number> {
  const page: RecordList = await installation.client.get('/records', { query: { device: 'yard', limit: 1 } })
  return page.items[0]?.record.sequence ?? 0
}

/** What is on the disk of the agent, which goes on and lets nobody else open it: a copy is looked at. */
function heldSequences(): number[] {
  const copy = join(installation.folder, 'copy.sqlite')
  for (const end of ['', '-wal']) cpSync(`${join(agentDir, 'agent.sqlite')}${end}`, `${copy}${end}`)
  const database = new DatabaseSync(copy)
  try {
    const rows = database.prepare('SELECT sequence FROM record').all()
    return rows.map((row) => Number(row.sequence))
  } finally {
    database.close()
  }
}

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
