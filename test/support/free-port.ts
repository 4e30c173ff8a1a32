/** Ports for processes that a test starts, and starts again on the same address. */
import { randomInt } from 'node:crypto'
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/**
 * Below those that systems give to connections on their way out (Linux: from 32768, IANA: from 49152): while nobody listens,
 * as before the start and between two of them, no connection of another test takes the port.
 */
const FIRST = 20_000
const END = 32_000
const MAX_ATTEMPTS = 100

/** A file for each port that a test of any process holds: one whose server was just killed looks free. */
const HELD = join(tmpdir(), `ocelli-test-ports-${userInfo().uid}`)
/** No test holds one for longer; a process that was killed left it. */
const LONGEST_MS = 3_600_000

const own: string[] = []
process.once('exit', () => {
  for (const file of own) rmSync(file, { force: true })
})

/** A TCP port of 127.0.0.1 on which nobody listens, held until this process ends. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const port = randomInt(FIRST, END)
    if (hold(port) && (await isFree(port))) return port
  }
  throw new Error(`no free port among ${MAX_ATTEMPTS} from ${FIRST} to ${END - 1}`)
}

function hold(port: number): boolean {
  mkdirSync(HELD, { recursive: true })
  const file = join(HELD, String(port))
  const { mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? {}
  if (mtimeMs !== undefined && Date.now() - mtimeMs > LONGEST_MS) rmSync(file, { force: true })
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
  } catch {
    return false
  }
  own.push(file)
  return true
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, () => server.close(() => resolve(true)))
  })
}
