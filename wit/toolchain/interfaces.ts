/** What a component or a world imports and exports. */
import { readComponentTypes } from './component-types.ts'

/** Full names with versions, sorted, for instance `ocelli:sensing/frames@0.1.0`. */
export interface Interfaces {
  /** Interfaces of which a function is imported: what a host must offer. */
  readonly imports: readonly string[]
  /** Interfaces of which only types are imported: no need. */
  readonly typeImports: readonly string[]
  /** Interfaces that are exported. */
  readonly exports: readonly string[]
}

/** Imports and exports of a component's bytes. Throws where they are no component. */
export function interfacesOfComponent(component: Uint8Array): Interfaces {
  const { imports, exports } = readComponentTypes(component)
  return {
    imports: imports
      .filter(({ functions }) => functions.length > 0)
      .map(({ name }) => name)
      .sort(),
    typeImports: imports
      .filter(({ functions }) => functions.length === 0)
      .map(({ name }) => name)
      .sort(),
    exports: [...exports].sort(),
  }
}

/** Imports and exports of a world of a WIT text (see `witText`), before any code is written for it. */
export async function interfacesOfWorld(witSource: string, world: string): Promise<Interfaces> {
  // Loaded where it is needed: jco takes half a second to start.
  const { componentEmbed, componentNew } = await import('@bytecodealliance/jco-transpile/wasm-tools')
  const core = await componentEmbed({ dummy: true, witSource, world })
  return interfacesOfComponent(await componentNew(core))
}
