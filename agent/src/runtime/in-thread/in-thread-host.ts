/**
 * The component host without threads or real time: for the deterministic simulation and for very large simulated
 * fleets. A call of the guest runs at once and is then said to have taken its virtual cost; nothing but resolved
 * promises is awaited once the code library holds the code. It cannot end a call that never returns: that is what
 * workers are for.
 */
import { OcelliError } from '@ocelli/schemas/errors'
import type { Digest } from '@ocelli/schemas/ids'
import type { Clock, Random } from '../../ports.ts'
import type { CodeLibrary } from '../code/code-library.ts'
import type { ComponentHost, InstanceListener, InstanceSpec, PreparedComponent, RunningInstance } from '../host.ts'
import { endOf } from '../instance-end.ts'
import { InThreadInstance } from './in-thread-instance.ts'

export interface InThreadHostOptions {
  /** Shared by many hosts. It is closed by whoever made it. */
  readonly code: CodeLibrary
  readonly clock: Pick<Clock, 'wallMs' | 'monotonicNanos' | 'setTimer'>
  readonly random: Pick<Random, 'bytes'>
  /** How long a call of the guest keeps the instance busy, in milliseconds of the clock port. */
  readonly callCostMs?: number
}

export function createInThreadHost(options: InThreadHostOptions): ComponentHost {
  /** What this device has prepared: the library may hold the code of other devices too. */
  const prepared = new Set<Digest>()
  const running = new Set<InThreadInstance>()
  let isClosed = false

  return {
    async prepare(digest: Digest, wasm: Uint8Array): Promise<PreparedComponent> {
      await options.code.prepare(digest, wasm)
      prepared.add(digest)
      return { digest }
    },
    isPrepared: (digest) => prepared.has(digest) && options.code.has(digest),
    async start(spec: InstanceSpec, listener: InstanceListener): Promise<RunningInstance> {
      if (isClosed) throw new OcelliError('instance.host', 'The host is closed')
      const instance = new InThreadInstance(spec, listener, options, () => running.delete(instance))
      running.add(instance)
      try {
        instance.open()
      } catch (error) {
        running.delete(instance)
        throw endOf(error, 'start')
      }
      return instance
    },
    prune(keep) {
      for (const digest of prepared) if (!keep.has(digest)) prepared.delete(digest)
    },
    async close() {
      isClosed = true
      for (const instance of [...running]) await instance.stop()
    },
  }
}
