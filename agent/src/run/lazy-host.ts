/** A component host that is loaded with the first component: a device without instances carries no runtime. */
import type { Digest } from '@ocelli/schemas/ids'
import type { ComponentHost } from '../runtime/host.ts'

export function lazyHost(load: () => Promise<ComponentHost>): ComponentHost {
  let loading: Promise<ComponentHost> | undefined
  let loaded: ComponentHost | undefined
  const host = () => {
    loading ??= load().then((ready) => {
      loaded = ready
      return ready
    })
    return loading
  }
  return {
    prepare: async (digest: Digest, wasm: Uint8Array) => (await host()).prepare(digest, wasm),
    isPrepared: (digest) => loaded?.isPrepared(digest) ?? false,
    start: async (spec, listener) => (await host()).start(spec, listener),
    // What an earlier run left behind is pruned once this one has a component too.
    prune: (keep) => loaded?.prune(keep),
    close: async () => (await loading)?.close(),
  }
}
