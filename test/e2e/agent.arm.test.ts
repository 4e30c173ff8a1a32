/** The bundle for boards under Arm emulation: it enrols, connects, transpiles and runs a component, and delivers measurements. */
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { DeviceDetail } from '@ocelli/schemas/api/device'
import type { RecordList } from '@ocelli/schemas/api/record'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { requireFootage } from '../support/footage.ts'
import { Installation } from '../support/installation.ts'
import { pushSample } from '../support/samples.ts'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../..')

const MANIFEST = `
apiVersion: ocelli/v1
kind: Deployment
metadata: { name: motion }
spec:
  target: { selector: 'true' }
  placement: everyImager
  realisations: [{ name: only, component: motion@1.0.0 }]
  grants: [measurements, frames]
  # An emulated processor takes ten times as long, and one that is shared longer still.
  limits: { callTimeoutMs: 30000 }
  frames: { widthPixels: 160, frameRateMillihertz: 1000 }
`

let installation: Installation
let bundle = ''
/** Words that start the bundle's Node. */
let node: readonly [string, ...string[]]
beforeAll(async () => {
  const built = await run(process.execPath, [join(ROOT, 'agent/bundle/build.ts'), 'arm64', '--folder-only'])
  bundle = built.stdout.trim()
  node = ['qemu-aarch64-static', '-L', '/usr/aarch64-linux-gnu', join(bundle, 'bin/node')]
  installation = await Installation.create()
  await installation.startServer()
}, 240_000)
afterAll(() => installation?.close())

/** The command of the bundle, as its start script calls it. */
const agent = (...args: string[]): [string, string[]] => [
  node[0],
  [...node.slice(1), join(bundle, 'app/main.js'), ...args],
]

/** `e_machine` of an ELF header for 64-bit Arm, and where it stands (elf(5)). */
const EM_AARCH64 = 183
const MACHINE_OFFSET = 18

test('the bundle holds a Node for Arm, and says the version of the agent', async () => {
  expect(readFileSync(join(bundle, 'bin/node')).readUInt16LE(MACHINE_OFFSET)).toBe(EM_AARCH64)
  const { stdout } = await run(...agent('version'))
  const { version } = JSON.parse(readFileSync(join(ROOT, 'agent/package.json'), 'utf8')) as { version: string }
  expect(stdout.trim()).toBe(version)
}, 120_000)

test('the installer refuses a foreign processor, and places everything on the right one', async () => {
  const prefix = mkdtempSync(join(tmpdir(), 'ocelli-install-'))
  const env = { ...process.env, OCELLI_PREFIX: prefix }
  try {
    const refused = await run('sh', [join(bundle, 'install.sh')], { env }).catch((error: { stderr: string }) => error)
    if (process.arch !== 'arm64') expect(refused.stderr).toContain('this bundle is for linux-arm64')
    // Where its Node starts (here the machine's own stands in), the files go to their places.
    const native = join(prefix, 'bundle')
    await run('cp', ['-R', bundle, native])
    await run('cp', [process.execPath, join(native, 'bin/node')])
    await run('sh', [join(native, 'install.sh')], { env })
    expect(readFileSync(join(prefix, 'etc/systemd/system/ocelli-agent.service'), 'utf8')).toContain(
      'ProtectSystem=strict',
    )
    expect(statSync(join(prefix, 'usr/local/bin/ocelli-agent')).mode & 0o777).toBe(0o755)
    const { stdout } = await run(join(prefix, 'opt/ocelli-agent/bin/ocelli-agent'), ['version'])
    expect(stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/)
  } finally {
    rmSync(prefix, { recursive: true })
  }
}, 120_000)

test('an emulated board enrols, connects, runs a component and delivers its measurements', async () => {
  const { client, folder } = installation
  await pushSample(installation, 'motion')
  const manifest = join(folder, 'motion.yaml')
  writeFileSync(manifest, MANIFEST)
  const applied = await installation.cli('apply', '-f', manifest)
  expect([applied.code, applied.stderr]).toEqual([2, expect.any(String)])

  const token = (await installation.cli('enroll')).stdout.trim()
  const dataDir = join(folder, 'board')
  const camera = `file:${requireFootage()}`
  const joined = await run(...agent('join', token, '--name', 'board', '--data-dir', dataDir, '--camera', camera))
  expect(joined.stdout.trim()).toMatch(/^d-[a-z2-7]{16}$/)

  const [command, args] = agent('run', '--data-dir', dataDir)
  const board = start(command, args, { OCELLI_AGENT_NODE: node.join(' ') })
  const measured = async () => {
    const { items } = await client.get<RecordList>('/records', { query: { deployment: 'motion', limit: 100 } })
    return items.filter(({ record, deviceName }) => record.kind === 'measurement' && deviceName === 'board')
  }
  const three = async () => expect((await measured()).length).toBeGreaterThanOrEqual(3)
  await vi.waitFor(three, { timeout: 300_000, interval: 1000 }).catch((cause) => {
    throw new Error(`no three measurements in time; the board said:\n${board.output()}`, { cause })
  })
  const device = await client.get<DeviceDetail>('/devices/board')
  expect(device.inventory?.platform.architecture).toBe('arm64')
  expect(await board.stop()).toBe(0)
}, 480_000)

/** A process that outlives no test. */
function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  onTestFinished(() => void child.kill('SIGKILL'))
  return {
    output: () => output,
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}
