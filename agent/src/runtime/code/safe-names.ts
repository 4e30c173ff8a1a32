/**
 * Names that may stand in generated JavaScript. jco 1.35 writes names of core imports and exports between single
 * quotes as they are: a component could end the quote and go on with JavaScript of its own. A device never runs
 * JavaScript that it received, so a name that could is refused before and after the transpiler saw it.
 */
import { isCoreNameAllowed } from '@ocelli/schemas/core-name'
import { OcelliError } from '@ocelli/schemas/errors'
import type { WasmReader } from './wasm-reader.ts'
import { type CoreModule, webAssembly } from './webassembly.ts'

/** Names of interfaces and of functions outside of them, as the component model spells them, with versions. */
const WIT_NAME = /^[a-zA-Z0-9:/@.+_[\]-]+$/

/** Throws `component.invalid` where the name could be anything but a name in JavaScript. */
export function checkCoreName(name: string): void {
  if (isCoreNameAllowed(name)) return
  throw new OcelliError(
    'component.invalid',
    `The core name ${JSON.stringify(name.slice(0, 80))} holds quotes or unusual characters`,
  )
}

export function checkWitName(name: string): void {
  if (WIT_NAME.test(name)) return
  throw new OcelliError(
    'component.invalid',
    `The name ${JSON.stringify(name.slice(0, 80))} is not one that can be linked`,
  )
}

/** Every name that a core module imports or exports. */
export function checkModuleNames(module: CoreModule): void {
  for (const { module: from, name } of webAssembly.Module.imports(module)) {
    checkCoreName(from)
    checkCoreName(name)
  }
  for (const { name } of webAssembly.Module.exports(module)) checkCoreName(name)
}

const INSTANTIATE = 0x00
const INLINE_EXPORTS = 0x01

/** Names in a section of core instances (Binary.md: `core:instanceexpr`). Throws WasmFormatError, or as `checkCoreName`. */
export function checkCoreInstances(reader: WasmReader): void {
  for (let left = reader.unsigned(); left > 0; left--) {
    const form = reader.byte()
    if (form !== INSTANTIATE && form !== INLINE_EXPORTS) throw reader.error(`core instance form ${form} is unknown`)
    if (form === INSTANTIATE) reader.unsigned()
    for (let names = reader.unsigned(); names > 0; names--) {
      checkCoreName(reader.name())
      // A sort and an index in both forms: an argument is always an instance.
      reader.byte()
      reader.unsigned()
    }
  }
}

const CORE_SORT = 0x00
const EXPORT = 0x00
const CORE_EXPORT = 0x01
const OUTER = 0x02

/** Names in a section of aliases (Binary.md: `alias`). Throws WasmFormatError, or as `checkCoreName`. */
export function checkAliases(reader: WasmReader): void {
  for (let left = reader.unsigned(); left > 0; left--) {
    if (reader.byte() === CORE_SORT) reader.byte()
    const target = reader.byte()
    if (target !== EXPORT && target !== CORE_EXPORT && target !== OUTER)
      throw reader.error(`alias target ${target} is unknown`)
    reader.unsigned()
    if (target === OUTER) reader.unsigned()
    else checkCoreName(reader.name())
  }
}
