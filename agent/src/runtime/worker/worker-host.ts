/** The component host of devices: one worker thread per instance. */
import { randomUUID } from 'node:crypto'
import { OcelliError } from '@ocelli/schemas/errors'
import type { Digest } from '@ocelli/schemas/ids'
import { createCodeCache } from '../code/code-cache.ts'
import { type CodeLibrary, createCodeLibrary } from '../code/code-library.ts'
import { createChildTranspiler, type TranspilerOptions } from '../code/transpiler.ts'
import { type EntryPoints, sourceEntryPoints } from '../entry-points.ts'
import type { ComponentHost, InstanceListener, InstanceSpec, PreparedComponent, RunningInstance } from '../host.ts'
import { startWorkerInstance, type WorkerInstance } from './worker-instance.ts'
import { WorkerPool } from './worker-pool.ts'

export interface WorkerHostOptions {
  /** Folder of the agent's own where transpiled code is kept. */
  readonly cacheDirectory: string
  /** Where worker and child entry lie; a bundle passes its own. */
  readonly entryPoints?: EntryPoints
  readonly transpile?: Omit<TranspilerOptions, 'entryPoints'>
  /** Workers kept warm for the next start; each holds some 10 MB. */
  readonly spareWorkers?: number
  /** JavaScript heap of one worker in bytes, besides the linear memory that each instance's limit bounds. */
  readonly workerHeapBytes?: number
}

const DEFAULT_HEAP_BYTES = 64 * 1024 * 1024

export function createWorkerHost(options: WorkerHostOptions): ComponentHost {
  const entryPoints = options.entryPoints ?? sourceEntryPoints()
  const transpiler = createChildTranspiler({ ...options.transpile, entryPoints })
  const library: CodeLibrary = createCodeLibrary(transpiler, createCodeCache(options.cacheDirectory))
  const pool = new WorkerPool({
    entry: entryPoints.guestWorker,
    spares: options.spareWorkers ?? 1,
    heapBytes: options.workerHeapBytes ?? DEFAULT_HEAP_BYTES,
  })
  const running = new Map<string, WorkerInstance>()
  let isClosed = false

  return {
    async prepare(digest: Digest, wasm: Uint8Array): Promise<PreparedComponent> {
      await library.prepare(digest, wasm)
      pool.refill()
      return { digest }
    },
    isPrepared: (digest) => library.has(digest),
    async start(spec: InstanceSpec, listener: InstanceListener): Promise<RunningInstance> {
      if (isClosed) throw new OcelliError('instance.host', 'The host is closed')
      const key = randomUUID()
      const instance = await startWorkerInstance(spec, listener, library, pool, (opened) => {
        running.set(key, opened)
        return () => running.delete(key)
      })
      return instance
    },
    prune: (keep) => library.prune(keep),
    async close() {
      isClosed = true
      await Promise.all([...running.values()].map((instance) => instance.stop()))
      await pool.close()
      await library.close()
    },
  }
}
