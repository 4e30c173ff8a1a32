/** Turns component bytes into code in a process that lives for one component. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { MAX_COMPONENT_BYTES } from '@ocelli/schemas/component'
import { OcelliError } from '@ocelli/schemas/errors'
import type { Digest } from '@ocelli/schemas/ids'
import type { EntryPoints } from '../entry-points.ts'
import { readCoreModules } from './component-binary.ts'
import { type ComponentCode, decodeCode } from './component-code.ts'
import { PAGE_BYTES } from './memory-limits.ts'
import { networkIsolation } from './network-isolation.ts'
import { decodeAnswer, type TranspileAnswer } from './transpile-answer.ts'

export interface Transpiler {
  /** Rejects with OcelliError `component.*` or `transpile.*`; one component's failure leaves the next untouched. */
  transpile(digest: Digest, wasm: Uint8Array): Promise<ComponentCode>
  /** Ends children that are still at work; what they were asked for is rejected. */
  close(): Promise<void>
}

export interface TranspilerOptions {
  readonly entryPoints: EntryPoints
  /** What starts Node; the running executable where absent. An emulated agent names its emulator here. */
  readonly nodeCommand?: readonly string[]
  /** Largest component in bytes. */
  readonly maxComponentBytes?: number
  /** Longest time for one component, start of the process included. */
  readonly timeoutMs?: number
  /** JavaScript heap of the child in bytes. */
  readonly heapBytes?: number
  /** WebAssembly memory of the child in bytes: jco's generator needs some ten times the component. */
  readonly wasmBytes?: number
  /** Children at once; more wait in line. Each takes a core and some 100 MB. */
  readonly concurrency?: number
}

/** What an answer may be larger than the component: its glue, which the child bounds, and small modules between the parts. */
const ANSWER_SURPLUS_BYTES = 16 * 1024 * 1024
/** How much of what a failing child wrote on stderr is kept for the error message. */
const KEPT_STDERR_BYTES = 2048

export function createChildTranspiler(options: TranspilerOptions): Transpiler {
  const limits = {
    maxComponentBytes: options.maxComponentBytes ?? MAX_COMPONENT_BYTES,
    // A component of 12 MB takes some 10 s on a board, and ten times that where a board is emulated.
    timeoutMs: options.timeoutMs ?? 120_000,
    heapBytes: options.heapBytes ?? 512 * 1024 * 1024,
    wasmBytes: options.wasmBytes ?? 768 * 1024 * 1024,
  }
  const children = new Set<ChildProcess>()
  const waiting: (() => void)[] = []
  let free = options.concurrency ?? 1
  let isClosed = false
  let isolation: Promise<readonly string[]> | undefined

  async function transpile(digest: Digest, wasm: Uint8Array): Promise<ComponentCode> {
    if (wasm.length > limits.maxComponentBytes) {
      throw new OcelliError('component.tooLarge', `${wasm.length} bytes exceed ${limits.maxComponentBytes}`)
    }
    // Most damage shows here, without the price of a process.
    readCoreModules(wasm)
    await turn()
    try {
      if (isClosed) throw new OcelliError('transpile.failed', 'The host was closed')
      isolation ??= networkIsolation()
      return readAnswer(digest, await run(wasm, await isolation))
    } finally {
      free++
      waiting.shift()?.()
    }
  }

  function turn(): Promise<void> | void {
    if (free > 0) {
      free--
      return
    }
    return new Promise((resolve) => {
      waiting.push(() => {
        free--
        resolve()
      })
    })
  }

  function run(wasm: Uint8Array, prefix: readonly string[]): Promise<TranspileAnswer> {
    return new Promise((resolve, reject) => {
      // Standard streams are pipes and Node opens everything else close-on-exec: the child inherits nothing more.
      const node = options.nodeCommand ?? [process.execPath]
      const entry = fileURLToPath(options.entryPoints.transpileChild)
      const [command = process.execPath, ...args] = [...prefix, ...node, ...flags(), entry]
      const child = spawn(command, args, {
        env: {},
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      children.add(child)
      let late = false
      const timer = setTimeout(() => {
        late = true
        child.kill('SIGKILL')
      }, limits.timeoutMs)
      const output: Buffer[] = []
      let outputBytes = 0
      let complaint = ''
      child.stdout.on('data', (chunk: Buffer) => {
        outputBytes += chunk.length
        if (outputBytes > wasm.length + ANSWER_SURPLUS_BYTES) child.kill('SIGKILL')
        else output.push(chunk)
      })
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        complaint = (complaint + text).slice(0, KEPT_STDERR_BYTES)
      })
      // A child that dies early closes the pipe under the writer; its end tells why.
      child.stdin.on('error', () => {})
      child.on('error', (cause) => {
        settle(() =>
          reject(new OcelliError('transpile.failed', `The transpiler did not start: ${cause.message}`, { cause })),
        )
      })
      child.on('close', (exitCode, signal) => {
        settle(() => {
          if (late) {
            const message = `Transpiling ${wasm.length} bytes took longer than ${limits.timeoutMs} ms`
            return reject(new OcelliError('transpile.timeout', message))
          }
          const answer = decodeAnswer(Buffer.concat(output))
          if (answer) return resolve(answer)
          const end = signal ?? `exit code ${exitCode}`
          reject(new OcelliError('transpile.failed', `The transpiler ended with ${end}: ${lastLines(complaint)}`))
        })
      })
      child.stdin.end(wasm)

      function settle(act: () => void): void {
        clearTimeout(timer)
        children.delete(child)
        act()
      }
    })
  }

  function flags(): string[] {
    return [
      '--permission',
      ...options.entryPoints.transpileReadable.map((path) => `--allow-fs-read=${path}`),
      `--max-old-space-size=${Math.ceil(limits.heapBytes / 1_048_576)}`,
      `--wasm-max-mem-pages=${Math.ceil(limits.wasmBytes / PAGE_BYTES)}`,
      '--disable-warning=ExperimentalWarning',
    ]
  }

  return {
    transpile,
    async close() {
      isClosed = true
      const ended = [...children].map((child) => new Promise<void>((resolve) => child.once('close', () => resolve())))
      for (const child of children) child.kill('SIGKILL')
      await Promise.all(ended)
    },
  }
}

function readAnswer(digest: Digest, answer: TranspileAnswer): ComponentCode {
  if (answer.kind === 'refused') throw new OcelliError(answer.code, answer.message)
  const code = decodeCode(answer.code, digest)
  if (!code) throw new OcelliError('artifact.digest', `The bytes are not those of ${digest}`)
  return code
}

/** What a crash says about itself stands at the top of Node's report, after the source line. */
function lastLines(complaint: string): string {
  const lines = complaint.split('\n').filter((line) => /error|fatal|panic/i.test(line))
  return (lines.slice(0, 3).join(' ') || complaint).slice(0, 512).trim() || 'it said nothing'
}
