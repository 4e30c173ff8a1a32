/** Ports for processes that a test starts, and starts again on the same address. */
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * Below those that systems give to connections on their way out (Linux: from 32768, IANA: from 49152): while nobody listens,
 * as before the start and between two of them, no connection of another test takes the port.
 */
const FIRST = 20_000
const END = 32_000
const MAX_ATTEMPTS = 100

const given = new Set<number>()

/** A TCP port of 127.0.0.1 on which nobody listens, each once in a process. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const port = randomInt(FIRST, END)
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    return port
  }
  throw new Error(`no free port among ${MAX_ATTEMPTS} from ${FIRST} to ${END - 1}`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, () => server.close(() => resolve(true)))
  })
}
