/** Starts instances on a component host and keeps what they put out, for the runtime tests. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCodeCache } from '@ocelli/agent/runtime/code/code-cache'
import { createCodeLibrary } from '@ocelli/agent/runtime/code/code-library'
import { createChildTranspiler } from '@ocelli/agent/runtime/code/transpiler'
import { sourceEntryPoints } from '@ocelli/agent/runtime/entry-points'
import type {
  ComponentHost,
  InstanceEnd,
  InstanceSpec,
  InstanceState,
  Output,
  RunningInstance,
} from '@ocelli/agent/runtime/host'
import { createInThreadHost } from '@ocelli/agent/runtime/in-thread/in-thread-host'
import { isClosedWasi } from '@ocelli/agent/runtime/offered'
import { createWorkerHost, type WorkerHostOptions } from '@ocelli/agent/runtime/worker/worker-host'
import type { InstanceId } from '@ocelli/schemas/ids'
import type { TestComponent } from './runtime-guests.ts'

export interface HostUnderTest {
  readonly host: ComponentHost
  close(): Promise<void>
}

/** A host with a code cache of its own, or with one that the test keeps. */
export function workerHostUnderTest(options: Partial<WorkerHostOptions> = {}): HostUnderTest {
  const scratch = mkdtempSync(join(tmpdir(), 'ocelli-code-'))
  const host = createWorkerHost({ cacheDirectory: scratch, ...options })
  return {
    host,
    async close() {
      await host.close()
      rmSync(scratch, { recursive: true, force: true })
    },
  }
}

/** The in-thread host on the real clock, so that it can be tested beside the other. */
export function inThreadHostUnderTest(cacheDirectory?: string): HostUnderTest {
  const cache = cacheDirectory === undefined ? undefined : createCodeCache(cacheDirectory)
  const code = createCodeLibrary(createChildTranspiler({ entryPoints: sourceEntryPoints() }), cache)
  const host = createInThreadHost({
    code,
    clock: {
      wallMs: () => Date.now(),
      monotonicNanos: () => process.hrtime.bigint(),
      setTimer: (delayMs, fn) => {
        const timer = setTimeout(fn, delayMs)
        return () => clearTimeout(timer)
      },
    },
    random: { bytes: (_purpose, count) => new Uint8Array(count).fill(7) },
  })
  return {
    host,
    async close() {
      await host.close()
      await code.close()
    },
  }
}

export class MemoryState implements InstanceState {
  readonly values = new Map<string, Uint8Array>()
  get(key: string): Uint8Array | undefined {
    return this.values.get(key)
  }
  set(key: string, value: Uint8Array): void {
    this.values.set(key, value)
  }
  delete(key: string): void {
    this.values.delete(key)
  }
  keys(): readonly string[] {
    return [...this.values.keys()]
  }
}

export interface Part {
  readonly component: TestComponent
  /** Imports and who meets them; `host` where a name stands alone. */
  readonly imports: readonly (string | readonly [string, number])[]
}

export interface Running {
  readonly instance: RunningInstance
  readonly outputs: Output[]
  readonly ends: InstanceEnd[]
  readonly state: InstanceState
}

let lastInstance = 0

/** Starts an instance of `parts`; the grants are exactly what it imports from the host unless said otherwise. */
export async function startInstance(
  host: ComponentHost,
  parts: readonly Part[],
  options: Partial<InstanceSpec> & { mode?: string } = {},
): Promise<Running> {
  const components = await Promise.all(
    parts.map(async ({ component, imports }) => ({
      prepared: await host.prepare(component.digest, component.wasm),
      links: imports.map((entry) =>
        typeof entry === 'string'
          ? { interface: entry, from: 'host' as const }
          : { interface: entry[0], from: entry[1] },
      ),
    })),
  )
  const grants = components
    .flatMap((component) => component.links)
    .filter((link) => link.from === 'host' && !isClosedWasi(link.interface))
    .map((link) => link.interface)
  const outputs: Output[] = []
  const ends: InstanceEnd[] = []
  const state = options.state ?? new MemoryState()
  const { mode, ...rest } = options
  const instance = await host.start(
    {
      id: `i-${String(++lastInstance).padStart(16, 'a')}` as InstanceId,
      role: 'live',
      components,
      grants,
      config: mode === undefined ? {} : { mode },
      limits: { memoryBytes: 16 * 1024 * 1024, callTimeoutMs: 5000, outputBytesPerSecond: 100_000 },
      frames: {},
      intervalMs: 3_600_000,
      state,
      ...rest,
    },
    { onOutput: (output) => outputs.push(output), onEnd: (end) => ends.push(end) },
  )
  return { instance, outputs, ends, state }
}

/** Waits until `condition` gives a value that is neither undefined nor false; fails after `withinMs`. */
export async function until<T>(condition: () => T | undefined | false, withinMs = 20_000): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const value = condition()
    if (value !== undefined && value !== false) return value
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

/** Values of the measurements of one name, in order. */
export function measured(running: Running, name: string): number[] {
  return running.outputs.flatMap((output) =>
    output.kind === 'measurement' && output.name === name ? [output.value] : [],
  )
}

/** Lines of the log with this context, in order. */
export function logged(running: Running, context: string): string[] {
  return running.outputs.flatMap((output) =>
    output.kind === 'log' && output.context === context ? [output.message] : [],
  )
}
