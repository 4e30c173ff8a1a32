/**
 * One component host for all devices of a process, and a view of it for each: code is transpiled once, workers come from one
 * pool, and a device still sees only what is its own. Devices in the field have a host each; sharing it saves some 80 MB a
 * device and changes nothing that the agent can see.
 */
import type { ComponentHost, InstanceSpec, RunningInstance } from '@ocelli/agent/runtime/host'
import type { Digest } from '@ocelli/schemas/ids'

export interface SharedHost {
  /** The host as one device sees it; its `close` ends that device's instances only. */
  forDevice(): ComponentHost
  /** Ends everything. */
  close(): Promise<void>
}

export function createSharedHost(host: ComponentHost): SharedHost {
  const kept = new Map<object, ReadonlySet<Digest>>()
  return {
    close: () => host.close(),
    forDevice() {
      const device = {}
      const running = new Set<RunningInstance>()
      return {
        prepare: (digest, wasm) => host.prepare(digest, wasm),
        isPrepared: (digest) => host.isPrepared(digest),
        async start(spec: InstanceSpec, listener) {
          let ended = false
          let instance: RunningInstance | undefined
          const started = await host.start(spec, {
            onOutput: (output) => listener.onOutput(output),
            onEnd(end) {
              ended = true
              if (instance) running.delete(instance)
              listener.onEnd(end)
            },
          })
          instance = started
          if (!ended) running.add(started)
          return started
        },
        prune(keep) {
          // What any device still needs stays.
          kept.set(device, new Set(keep))
          host.prune(new Set([...kept.values()].flatMap((digests) => [...digests])))
        },
        async close() {
          kept.delete(device)
          await Promise.all([...running].map((instance) => instance.stop()))
        },
      }
    },
  }
}
