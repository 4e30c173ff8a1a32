/**
 * Single-use children. From the first upload on some are ready before they are needed: uploads come in rows, and each
 * waits for its reading, not for a process to start. A server to which nobody pushes spends nothing on them.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { OcelliError } from '@ocelli/schemas/errors'
import { MAX_ANSWER_BYTES } from './inspect-answer.ts'

type Child = ChildProcessByStdio<Writable, Readable, Readable>

export interface ChildLimits {
  /** From when the child is ready and has the bytes to the whole answer; then SIGKILL. */
  readonly timeoutMs: number
  /** WebAssembly memory of the reader. */
  readonly wasmBytes: number
  /** Resident memory of the process; then SIGKILL. */
  readonly residentBytes: number
}

export interface ChildPool {
  /** Feeds one child and answers all it wrote. Rejects with `component.timeout` or `component.toolFailed`. */
  run(input: readonly Uint8Array[]): Promise<string>
  close(): Promise<void>
}

/** A process that has not started by then never will: the machine is out of something. */
const START_TIMEOUT_MS = 60_000
const WASM_PAGE_BYTES = 65_536
const HEAP_MEGABYTES = 256
const MEMORY_CHECK_MS = 50
/** As Linux reports memory in /proc/<pid>/statm on the platforms that Node 24 runs on. */
const MEMORY_PAGE_BYTES = 4096

export function createChildPool(spares: number, limits: ChildLimits): ChildPool {
  const all = new Set<Child>()
  const ready: Child[] = []
  let isClosed = false
  const start = (): Child => {
    const child = spawnChild(limits)
    all.add(child)
    child.once('close', () => {
      all.delete(child)
      const at = ready.indexOf(child)
      if (at >= 0) ready.splice(at, 1)
    })
    // A child that cannot be started, or dies while it waits, is noticed when it is used.
    child.on('error', () => all.delete(child))
    child.stdin.on('error', () => {})
    return child
  }
  const refill = () => {
    while (!isClosed && ready.length < spares) ready.push(start())
  }
  return {
    async run(input) {
      if (isClosed) throw new OcelliError('server.busy', 'The server is stopping')
      const child = ready.shift() ?? start()
      refill()
      try {
        return await converse(child, input, limits)
      } finally {
        child.kill('SIGKILL')
        refill()
      }
    },
    async close() {
      isClosed = true
      const ended = [...all].map((child) => new Promise<void>((resolve) => child.once('close', () => resolve())))
      for (const child of all) child.kill('SIGKILL')
      await Promise.all(ended)
    },
  }
}

function converse(child: Child, input: readonly Uint8Array[], limits: ChildLimits): Promise<string> {
  return new Promise((resolve, reject) => {
    const output: Buffer[] = []
    let outputBytes = 0
    let refusal: OcelliError | undefined
    const stop = (error: OcelliError) => {
      refusal ??= error
      child.kill('SIGKILL')
    }
    let isReady = false
    let timer = setTimeout(
      () => stop(new OcelliError('server.busy', `No process was ready within ${START_TIMEOUT_MS} ms`)),
      START_TIMEOUT_MS,
    )
    const ready = () => {
      isReady = true
      clearTimeout(timer)
      timer = setTimeout(
        () => stop(new OcelliError('component.timeout', `Reading the component took more than ${limits.timeoutMs} ms`)),
        limits.timeoutMs,
      )
    }
    const watch = setInterval(() => {
      if (residentBytes(child.pid) > limits.residentBytes) {
        stop(new OcelliError('component.toolFailed', `Reading took more than ${limits.residentBytes} bytes of memory`))
      }
    }, MEMORY_CHECK_MS)
    const finish = (act: () => void) => {
      clearTimeout(timer)
      clearInterval(watch)
      act()
    }
    child.stdout.on('data', (chunk: Buffer) => {
      if (!isReady) ready()
      outputBytes += chunk.byteLength
      output.push(chunk)
      if (outputBytes > MAX_ANSWER_BYTES)
        stop(new OcelliError('component.toolFailed', 'The WIT is too large to be read'))
    })
    // What the reader says when it panics is of no use to the caller, yet the pipe must be emptied.
    child.stderr.resume()
    child.once('error', (cause) =>
      finish(() => reject(new OcelliError('server.busy', 'No process could be started', { cause }))),
    )
    child.once('close', () =>
      finish(() => (refusal ? reject(refusal) : resolve(Buffer.concat(output).toString('utf8')))),
    )
    if (child.exitCode !== null || child.signalCode !== null) {
      return finish(() => reject(new OcelliError('server.busy', 'The reading process ended before it was used')))
    }
    for (const part of input) child.stdin.write(part)
    child.stdin.end()
  })
}

function spawnChild(limits: ChildLimits): Child {
  const flags = [
    '--permission',
    // Its code, and nothing to write, run or connect: the bytes come by pipe.
    '--allow-fs-read=*',
    `--max-old-space-size=${HEAP_MEGABYTES}`,
    `--wasm-max-mem-pages=${Math.floor(limits.wasmBytes / WASM_PAGE_BYTES)}`,
    '--disable-warning=ExperimentalWarning',
  ]
  return spawn(process.execPath, [...flags, fileURLToPath(new URL('./inspect-child.ts', import.meta.url))], {
    env: {},
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

/** 0 where the platform does not tell. */
function residentBytes(pid: number | undefined): number {
  try {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')
    return Number(pages) * MEMORY_PAGE_BYTES
  } catch {
    return 0
  }
}
