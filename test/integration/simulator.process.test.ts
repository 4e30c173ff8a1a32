/** The simulator as a process: devices join, come back as who they are, lose and find imagers, and stop when told or left alone. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseTopic } from '@ocelli/schemas/topics'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Authority, DEVICE } from '../support/agent-documents.ts'
import { TestServer } from '../support/agent-server.ts'
import { waitUntil } from '../support/wait-until.ts'

const MAIN = fileURLToPath(new URL('../../simulator/src/main.ts', import.meta.url))
const signers = new Authority()
let dataDir = ''
let server: TestServer
const running: ChildProcess[] = []

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'ocelli-simulator-'))
  server = await TestServer.start({ device: DEVICE, signers })
})

afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  }
  await server.close()
  rmSync(dataDir, { recursive: true, force: true })
})

interface Simulator {
  readonly child: ChildProcess
  readonly events: Record<string, unknown>[]
  /** Everything on standard error, for people. */
  log(): string
  readonly ended: Promise<number | null>
}

function start(args: readonly string[], environment: Record<string, string> = {}): Simulator {
  const child = spawn(process.execPath, [MAIN, '--data-dir', dataDir, '--json', '--exit-with-parent', ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  running.push(child)
  const events: Record<string, unknown>[] = []
  let log = ''
  let rest = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString()
  })
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) events.push(JSON.parse(line))
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  return { child, events, log: () => log, ended }
}

const told = (simulator: Simulator, event: string) => simulator.events.some((candidate) => candidate.event === event)

/** Waits for a condition; a wait in vain shows what the simulator said. */
async function until(simulator: Simulator, condition: () => boolean, timeoutMs: number): Promise<void> {
  await waitUntil(condition, 'the simulator', timeoutMs).catch((error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : error}; it said:\n${simulator.log()}`)
  })
}

/** Inventories of the device in the order in which they came. */
const inventories = () =>
  server.received
    .filter(({ topic }) => parseTopic(topic)?.kind === 'inventory')
    .map(({ payload }) => JSON.parse(payload.toString()))

test('a device joins once, reports its profile, follows its cables, and stops when told', {
  timeout: 60_000,
}, async () => {
  const first = start(['--devices', '1', '--host', 'in-thread'], { OCELLI_ENROLMENT_TOKEN: server.token })
  await until(first, () => inventories().length > 0, 90_000)
  expect(first.events.map(({ event }) => event)).toContain('joined')
  expect(server.bodies[0]).toMatchObject({ name: 'platform-1-east', labels: { floor: '1', profile: 'in-sensor' } })
  const [inventory] = inventories()
  expect(inventory).toMatchObject({ platform: { simulated: true, model: 'Raspberry Pi Zero 2 W' } })
  expect(inventory.imagers[0]).toMatchObject({ id: 'csi0', driver: 'simulated', model: 'IMX500', widthPixels: 2028 })
  expect(inventory.interfaces).toContainEqual({ name: 'ocelli:sensing/detector@0.1.0', imagers: ['csi0'] })

  const { url } = JSON.parse(readFileSync(join(dataDir, 'control.json'), 'utf8'))
  const now = JSON.parse(await (await fetch(`${url}/truth/now`)).text())
  expect(now.items).toMatchObject([{ device: 'camera-1', deviceId: DEVICE, imager: 'csi0', scene: 'platform' }])
  await fetch(`${url}/devices/${DEVICE}/imagers/csi0/unplug`, { method: 'POST' })
  await until(first, () => inventories().at(-1).imagers.length === 0, 90_000)
  await fetch(`${url}/devices/platform-1-east/imagers/csi0/plug`, { method: 'POST' })
  await until(first, () => inventories().at(-1).imagers.length === 1, 90_000)

  first.child.kill('SIGTERM')
  expect(await first.ended).toBe(0)
  expect(told(first, 'stopped')).toBe(true)
  expect(existsSync(join(dataDir, 'control.json'))).toBe(false)
  expect(readFileSync(join(dataDir, 'truth.jsonl'), 'utf8')).toContain('"device":"camera-1"')
  expect(statSync(join(dataDir, 'truth.jsonl')).mode & 0o077).toBe(0)

  const again = start(['--devices', '1', '--host', 'in-thread'])
  await until(again, () => inventories().at(-1).session.start === 2, 90_000)
  expect(told(again, 'joined')).toBe(false)
  expect(server.bodies).toHaveLength(1)

  again.child.stdin?.end() // the parent is gone
  expect(await again.ended).toBe(0)
})

test('without a token nobody can join, and the process says so and ends', { timeout: 120_000 }, async () => {
  const simulator = start(['--devices', '2', '--host', 'in-thread'], { OCELLI_ENROLMENT_TOKEN: '' })
  expect(await simulator.ended).toBe(1)
  expect(simulator.events.filter(({ event }) => event === 'failed')).toHaveLength(2)
  expect(simulator.log()).toContain('enrolment.invalid')
})

test('a server that is not there yet is waited for', { timeout: 120_000 }, async () => {
  const { token } = server
  await server.close()
  const simulator = start(['--devices', '1', '--host', 'in-thread', '--server-token', token])
  await until(simulator, () => told(simulator, 'waiting'), 90_000)
  simulator.child.kill('SIGINT')
  expect(await simulator.ended).toBe(0)
})

test('nonsense on the command line is refused with a code', { timeout: 120_000 }, async () => {
  const simulator = start(['--devices', 'many'])
  expect(await simulator.ended).toBe(64)
  expect(simulator.log()).toContain('flag.invalid: --devices many')
})
