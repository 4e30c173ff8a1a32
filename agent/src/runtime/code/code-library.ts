/**
 * All transpiled components of one or many hosts: memory in front of disk in front of the transpiler. A simulated
 * fleet shares one, filled before its world starts, so that inside it nothing is awaited but resolved promises.
 */
import { OcelliError } from '@ocelli/schemas/errors'
import type { Digest } from '@ocelli/schemas/ids'
import type { CodeCache } from './code-cache.ts'
import type { ComponentCode } from './component-code.ts'
import { compileGlue, type Instantiate } from './instantiator.ts'
import { declaredMemories, limitModule, type MemoryDeclaration } from './memory-limits.ts'
import type { Transpiler } from './transpiler.ts'
import { type CoreModule, webAssembly } from './webassembly.ts'

export interface CodeLibrary {
  /** Rejects with OcelliError; a component that was refused once is refused again without a new try. */
  prepare(digest: Digest, wasm: Uint8Array): Promise<ComponentCode>
  has(digest: Digest): boolean
  /** Code that `prepare` made in this process or an earlier one. */
  get(digest: Digest): ComponentCode | undefined
  /** All memories of a component in order of its core modules, each as often as its module is instantiated. */
  memories(code: ComponentCode): readonly MemoryDeclaration[]
  /** Compiled core modules of a component with these memory maxima, compiled once per set of maxima. */
  modules(code: ComponentCode, maximumPages: readonly number[]): ReadonlyMap<string, CoreModule>
  /** As `modules`, off the caller's thread. */
  compileModules(code: ComponentCode, maximumPages: readonly number[]): Promise<ReadonlyMap<string, CoreModule>>
  /** The evaluated glue of a component, for instances in this thread. */
  instantiator(code: ComponentCode): Instantiate
  prune(keep: ReadonlySet<Digest>): void
  close(): Promise<void>
}

/** Refusals remembered, so that a device told again and again to run a broken component does not transpile it each time. */
const MAX_REFUSALS = 256

export function createCodeLibrary(transpiler: Transpiler, cache?: CodeCache): CodeLibrary {
  const codes = new Map<Digest, ComponentCode>()
  const refusals = new Map<Digest, OcelliError>()
  const underway = new Map<Digest, Promise<ComponentCode>>()
  const instantiators = new Map<Digest, Instantiate>()
  const memories = new Map<Digest, readonly MemoryDeclaration[]>()
  const compiled = new Map<Digest, Map<string, ReadonlyMap<string, CoreModule>>>()

  function get(digest: Digest): ComponentCode | undefined {
    const held = codes.get(digest) ?? cache?.read(digest)
    if (held) codes.set(digest, held)
    return held
  }

  function prepare(digest: Digest, wasm: Uint8Array): Promise<ComponentCode> {
    const held = get(digest)
    if (held) return Promise.resolve(held)
    const refusal = refusals.get(digest)
    if (refusal) return Promise.reject(refusal)
    const begun = underway.get(digest) ?? make(digest, wasm).finally(() => underway.delete(digest))
    underway.set(digest, begun)
    return begun
  }

  async function make(digest: Digest, wasm: Uint8Array): Promise<ComponentCode> {
    try {
      const code = await transpiler.transpile(digest, wasm)
      cache?.write(code)
      codes.set(digest, code)
      return code
    } catch (error) {
      if (error instanceof OcelliError && error.code.startsWith('component.')) {
        if (refusals.size >= MAX_REFUSALS) refusals.clear()
        refusals.set(digest, error)
      }
      throw error
    }
  }

  function compiledOf(digest: Digest): Map<string, ReadonlyMap<string, CoreModule>> {
    const held = compiled.get(digest) ?? new Map()
    compiled.set(digest, held)
    return held
  }

  return {
    prepare,
    get,
    has: (digest) => codes.has(digest) || (cache?.has(digest) ?? false),
    memories(code) {
      const declared = memories.get(code.digest) ?? memoriesOf(code)
      memories.set(code.digest, declared)
      return declared
    },
    modules(code, maximumPages) {
      const held = compiledOf(code.digest)
      const key = maximumPages.join()
      const modules =
        held.get(key) ??
        new Map(limitedCores(code, maximumPages).map(({ name, bytes }) => [name, new webAssembly.Module(bytes)]))
      held.set(key, modules)
      return modules
    },
    async compileModules(code, maximumPages) {
      const held = compiledOf(code.digest)
      const key = maximumPages.join()
      const ready = held.get(key)
      if (ready) return ready
      const compile = async ({ name, bytes }: LimitedCore) => [name, await webAssembly.compile(bytes)] as const
      const modules = new Map(await Promise.all(limitedCores(code, maximumPages).map(compile)))
      held.set(key, modules)
      return modules
    },
    instantiator(code) {
      const instantiate = instantiators.get(code.digest) ?? compileGlue(code.script)
      instantiators.set(code.digest, instantiate)
      return instantiate
    },
    prune(keep) {
      for (const held of [codes, compiled, refusals, instantiators, memories])
        for (const digest of held.keys()) if (!keep.has(digest)) held.delete(digest)
      cache?.prune(keep)
    },
    close: () => transpiler.close(),
  }
}

function memoriesOf(code: ComponentCode): MemoryDeclaration[] {
  return code.cores.flatMap((core) => {
    const memories = declaredMemories(core.bytes)
    return Array.from({ length: core.instances }, () => memories).flat()
  })
}

interface LimitedCore {
  readonly name: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

function limitedCores(code: ComponentCode, maximumPages: readonly number[]): LimitedCore[] {
  let used = 0
  return code.cores.map(({ name, bytes, instances }) => {
    const count = declaredMemories(bytes).length
    const limited = limitModule(bytes, maximumPages.slice(used, used + count))
    used += count * instances
    return { name, bytes: limited }
  })
}
