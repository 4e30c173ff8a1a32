/** The server as a process: what it prints, how it ends, what it refuses. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ApiClient } from '../support/server-client.ts'
import { waitUntil } from '../support/wait-until.ts'

const MAIN = join(import.meta.dirname, '../../server/src/main.ts')
const FREE_PORTS = ['--http-port', '0', '--device-port', '0', '--mqtt-port', '0']

interface Run {
  readonly child: ChildProcess
  stdout: string
  stderr: string
  exitCode: number | null | undefined
}

let dataDir = ''
let runs: Run[] = []
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'ocelli-process-'))
})
afterEach(async () => {
  for (const { child } of runs) if (child.exitCode === null) child.kill('SIGKILL')
  await waitUntil(() => runs.every(({ exitCode }) => exitCode !== undefined), 'all ended')
  runs = []
  rmSync(dataDir, { recursive: true })
})

function run(...args: string[]): Run {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
  const started: Run = { child, stdout: '', stderr: '', exitCode: undefined }
  child.stdout?.on('data', (chunk) => {
    started.stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    started.stderr += chunk
  })
  child.once('close', (code) => {
    started.exitCode = code
  })
  runs.push(started)
  return started
}

const start = (...args: string[]) => run('--data-dir', dataDir, ...FREE_PORTS, ...args)
const up = (server: Run) => waitUntil(() => server.stdout.includes('admin token'), `it is up: ${server.stderr}`, 60_000)
const ended = (server: Run) => waitUntil(() => server.exitCode !== undefined, 'it ended', 90_000)
const urlOf = ({ stdout }: Run) => /^API\s+(\S+)/m.exec(stdout)?.[1] ?? ''

test('it says where it listens, shows the first token once, and ends on SIGTERM with all kept', async () => {
  const first = start('--development')
  await up(first)
  const token = readFileSync(join(dataDir, 'admin.token'), 'utf8').trim()
  expect(first.stdout).toContain(token)
  const client = new ApiClient(urlOf(first), token)
  const { id } = await client.ok('createAccessToken', { body: { name: 'kept', role: 'viewer' } })
  expect((await client.ok('getStatus')).server.development).toBe(true)

  const second = start('--development')
  await ended(second)
  expect(second.exitCode).toBe(1)
  expect(second.stderr).toContain('storage.locked')

  first.child.kill('SIGTERM')
  await ended(first)
  expect(first.exitCode).toBe(0)
  expect(first.stderr).not.toMatch(/"level":(50|60)/)

  const again = start('--exit-with-parent')
  await up(again)
  expect(again.stdout).not.toContain(token)
  const kept = await new ApiClient(urlOf(again), token).ok('listAccessTokens')
  expect(kept.items.map((item) => item.id)).toContain(id)
  // As when the parent is killed: nobody reads any more, and the input ends.
  again.child.stdout?.destroy()
  again.child.stderr?.destroy()
  again.child.stdin?.destroy()
  await ended(again)
  expect(again.exitCode).toBe(0)
}, 120_000)

test('wrong flags are refused before anything is touched', async () => {
  const wrong = run('--data-dir', join(dataDir, 'x'), '--http-port', 'many')
  await ended(wrong)
  expect(wrong.exitCode).toBe(64)
  expect(wrong.stderr).toMatch(/^flag\.invalid: /)
}, 120_000)

test('a killed server leaves nothing that keeps the next one from starting', async () => {
  const first = start('--development')
  await up(first)
  first.child.kill('SIGKILL')
  await ended(first)
  const next = start('--development')
  await up(next)
  const token = readFileSync(join(dataDir, 'admin.token'), 'utf8').trim()
  expect(await new ApiClient(urlOf(next), token).ok('whoAmI')).toMatchObject({ role: 'admin' })
  next.child.kill('SIGTERM')
  await ended(next)
}, 120_000)
