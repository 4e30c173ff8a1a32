/** Worker threads for instances, with some kept warm: loading the worker's code takes longer than starting a component. */
import { Worker } from 'node:worker_threads'
import { OcelliError } from '@ocelli/schemas/errors'
import { ControlBlock } from './control-block.ts'
import type { FromWorker, GuestWorkerData } from './protocol.ts'

export interface PooledWorker {
  readonly worker: Worker
  readonly control: ControlBlock
}

export interface WorkerPoolOptions {
  readonly entry: URL
  readonly spares: number
  /** JavaScript heap of one worker in bytes: the glue, and values on their way in and out. */
  readonly heapBytes: number
}

export class WorkerPool {
  readonly #options: WorkerPoolOptions
  readonly #spares: PooledWorker[] = []
  #isClosed = false

  constructor(options: WorkerPoolOptions) {
    this.#options = options
  }

  /** A worker for one instance, warm where there is one. Whoever takes it ends it. Throws `instance.host` once closed. */
  take(): PooledWorker {
    if (this.#isClosed) throw new OcelliError('instance.host', 'The host is closed')
    return this.#spares.shift() ?? this.#make()
  }

  /**
   * Makes the spares that are missing. Not done by `take`, so that it does not slow the start it was called for, nor
   * from the beginning: a device without instances has no worker.
   */
  refill(): void {
    while (!this.#isClosed && this.#spares.length < this.#options.spares) this.#spares.push(this.#makeSpare())
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#spares.splice(0).map(({ worker }) => worker.terminate()))
  }

  #makeSpare(): PooledWorker {
    const spare = this.#make()
    // An idle spare keeps no process alive, and one that dies is no loss: the next start makes its own.
    spare.worker.unref()
    spare.worker.once('error', () => {
      const index = this.#spares.indexOf(spare)
      if (index >= 0) this.#spares.splice(index, 1)
    })
    return spare
  }

  #make(): PooledWorker {
    const control = new ControlBlock()
    const workerData: GuestWorkerData = { control: control.buffer }
    const megabytes = Math.max(16, Math.ceil(this.#options.heapBytes / 1_048_576))
    const worker = new Worker(this.#options.entry, {
      workerData,
      // Nothing of the agent's surroundings reaches the thread that runs guest code.
      env: {},
      argv: [],
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdin: false,
      resourceLimits: { maxOldGenerationSizeMb: megabytes, maxYoungGenerationSizeMb: 4, stackSizeMb: 4 },
    })
    return { worker, control }
  }
}

/** Narrows what a worker posts; it runs our own code, so its messages are of the protocol. */
export function onWorkerMessage(worker: Worker, handle: (message: FromWorker) => void): void {
  worker.on('message', handle)
}
