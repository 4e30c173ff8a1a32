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
  /** What each device may still need: what it kept at its last pruning and what it asked for since. */
  const needed = new Map<object, Set<Digest>>()
  return {
    close: () => host.close(),
    forDevice() {
      const device = {}
      const running = new Set<RunningInstance>()
      needed.set(device, new Set())
      const need = (digest: Digest) => needed.get(device)?.add(digest)
      return {
        prepare(digest, wasm) {
          need(digest)
          return host.prepare(digest, wasm)
        },
        isPrepared(digest) {
          // Who hears yes will start it without preparing it again.
          need(digest)
          return host.isPrepared(digest)
        },
        async start(spec: InstanceSpec, listener) {
          for (const { prepared } of spec.components) need(prepared.digest)
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
          needed.set(device, new Set(keep))
          host.prune(new Set([...needed.values()].flatMap((digests) => [...digests])))
        },
        async close() {
          needed.delete(device)
          await Promise.all([...running].map((instance) => instance.stop()))
        },
      }
    },
  }
}
