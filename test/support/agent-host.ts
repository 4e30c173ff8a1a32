/** A component host for tests of the runner: each instance is a handle that the test drives. */

import type {
  ComponentHost,
  InstanceEnd,
  InstanceListener,
  InstanceSpec,
  InstanceUsage,
  Output,
  RunningInstance,
} from '@ocelli/agent/runtime/host'
import type { OcelliError } from '@ocelli/schemas/errors'
import type { Digest } from '@ocelli/schemas/ids'

export class FakeInstance implements RunningInstance {
  readonly spec: InstanceSpec
  readonly exports = { frame: true, interval: true, command: true, task: false }
  answer: (name: string, input: string) => Promise<string> = async (name, input) => `${name}:${input}`
  isEnded = false
  readonly #listener: InstanceListener

  constructor(spec: InstanceSpec, listener: InstanceListener) {
    this.spec = spec
    this.#listener = listener
  }

  get id() {
    return this.spec.id
  }

  /** What `usage` counts beyond one call with one frame. */
  counted: Partial<InstanceUsage> = {}

  usage(): InstanceUsage {
    const usual = { framesHandled: 1, framesDropped: 0, calls: 1, memoryBytes: 65_536 }
    return { ...usual, outputDroppedBytes: 0, logLinesCut: 0, ...this.counted }
  }

  command(name: string, input: string): Promise<string> {
    return this.answer(name, input)
  }

  async stop(): Promise<void> {
    this.end({ kind: 'stopped' })
  }

  output(output: Output): void {
    this.#listener.onOutput(output)
  }

  end(end: InstanceEnd): void {
    if (this.isEnded) return
    this.isEnded = true
    this.#listener.onEnd(end)
  }
}

export class FakeHost implements ComponentHost {
  /** Every start, in order. */
  readonly started: FakeInstance[] = []
  readonly prepared: Digest[] = []
  /** What `start` rejects with, asked anew each time. */
  failStart: (spec: InstanceSpec) => OcelliError | undefined = () => undefined
  failPrepare: (digest: Digest) => OcelliError | undefined = () => undefined
  keep: ReadonlySet<Digest> | undefined

  async prepare(digest: Digest) {
    const error = this.failPrepare(digest)
    if (error) throw error
    this.prepared.push(digest)
    return { digest }
  }

  isPrepared(digest: Digest): boolean {
    return this.prepared.includes(digest)
  }

  async start(spec: InstanceSpec, listener: InstanceListener): Promise<RunningInstance> {
    const error = this.failStart(spec)
    if (error) throw error
    const instance = new FakeInstance(spec, listener)
    this.started.push(instance)
    return instance
  }

  get live(): FakeInstance[] {
    return this.started.filter((instance) => !instance.isEnded)
  }

  prune(keep: ReadonlySet<Digest>): void {
    this.keep = keep
  }

  async close(): Promise<void> {
    for (const instance of this.live) await instance.stop()
  }
}
