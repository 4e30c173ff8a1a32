/**
 * The first look at untrusted bytes, before any tool reads them: is this a component, are its sections whole, are
 * its names harmless, and which core modules does it hold? jco's tools panic on some input and accept text and core modules, so neither is
 * asked before this.
 */
import { OcelliError } from '@ocelli/schemas/errors'
import { checkAliases, checkCoreInstances } from './safe-names.ts'
import { PREAMBLE_BYTES, sections, WasmFormatError, WasmReader } from './wasm-reader.ts'

const MAGIC = [0x00, 0x61, 0x73, 0x6d]
/** Version 13, layer 1: the component preamble that WASI 0.2 fixed. */
const COMPONENT_VERSION = [0x0d, 0x00, 0x01, 0x00]
const MODULE_VERSION = [0x01, 0x00, 0x00, 0x00]

/** Section ids of a component (Binary.md of the component model). */
const CORE_MODULE_SECTION = 1
const CORE_INSTANCE_SECTION = 2
const CORE_TYPE_SECTION = 3
const COMPONENT_SECTION = 4
const ALIAS_SECTION = 6
const HIGHEST_SECTION = 12

/** More nesting than any linker makes; a bound so that hostile input cannot exhaust the stack. */
const MAX_DEPTH = 32
/** More core modules than any linker makes. */
const MAX_MODULES = 256

/**
 * Every core module in a component, nested ones included, in file order, as views of `bytes`.
 * Throws OcelliError `component.notWasm`, `component.coreModule` or `component.invalid`.
 */
export function readCoreModules(bytes: Uint8Array): Uint8Array[] {
  checkPreamble(bytes)
  const found: Uint8Array[] = []
  try {
    collect(new WasmReader(bytes), 0, found)
  } catch (error) {
    if (!(error instanceof WasmFormatError)) throw error
    throw new OcelliError('component.invalid', `The component is cut off or damaged: ${error.message}`, {
      cause: error,
    })
  }
  return found
}

function checkPreamble(bytes: Uint8Array): void {
  if (bytes.length < PREAMBLE_BYTES || !startsWith(bytes, 0, MAGIC)) {
    throw new OcelliError('component.notWasm', `${bytes.length} bytes do not start with the WebAssembly magic number`)
  }
  if (startsWith(bytes, 4, MODULE_VERSION)) {
    throw new OcelliError(
      'component.coreModule',
      'The bytes are a core module; wrap it with its WIT (wasm-tools, jco new)',
    )
  }
  if (!startsWith(bytes, 4, COMPONENT_VERSION)) {
    throw new OcelliError(
      'component.invalid',
      `Version and layer ${hex(bytes.subarray(4, 8))} are not those of a component`,
    )
  }
}

function collect(reader: WasmReader, depth: number, found: Uint8Array[]): void {
  if (depth > MAX_DEPTH) throw reader.error(`components are nested more than ${MAX_DEPTH} deep`)
  for (const section of sections(reader)) {
    if (section.id > HIGHEST_SECTION) throw reader.error(`section id ${section.id} is unknown`)
    const nested = new WasmReader(reader.bytes, section.from, section.to)
    if (section.id === CORE_MODULE_SECTION) {
      if (found.length === MAX_MODULES) throw reader.error(`there are more than ${MAX_MODULES} core modules`)
      found.push(reader.bytes.subarray(section.from, section.to))
    } else if (section.id === COMPONENT_SECTION) collect(nested, depth + 1, found)
    else if (section.id === CORE_INSTANCE_SECTION) checkCoreInstances(nested)
    else if (section.id === ALIAS_SECTION) checkAliases(nested)
    // Module types hold core names too; only components that import core modules need them, and those cannot be linked.
    else if (section.id === CORE_TYPE_SECTION) throw nested.error('core types are not supported')
  }
}

function startsWith(bytes: Uint8Array, offset: number, expected: readonly number[]): boolean {
  return expected.every((byte, index) => bytes[offset + index] === byte)
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}
