/**
 * The first look at uploaded bytes, in this process and without any tool: is this a component, are its sections whole,
 * does its needs section hold? What fails here costs no child process. Everything is bounded by the size of the upload.
 */
import { type ComponentNeeds, NEEDS_SECTION, readComponentNeeds } from '@ocelli/schemas/component'
import { OcelliError } from '@ocelli/schemas/errors'
import { Cursor } from '@ocelli/wit/toolchain/wasm-cursor.ts'

const MAGIC = '0061736d'
/** Layer 1, version 13: components as WASI 0.2 fixed them. */
const COMPONENT = '0d000100'
const CORE_MODULE = '01000000'
const PREAMBLE_BYTES = 8

/** Sections of a component (Binary.md of the component model). */
const SECTION = { custom: 0, coreModule: 1, component: 4, last: 12 } as const

/** More than any linker makes; bounds, so that hostile bytes cannot exhaust stack or time. */
const MAX_DEPTH = 32
const MAX_CORE_MODULES = 256
const MAX_SECTIONS = 100_000
const MAX_NEEDS_BYTES = 16_384

export interface ComponentOutline {
  /** Every core module, nested ones included, as views of the bytes. */
  readonly coreModules: readonly Uint8Array[]
  readonly needs: ComponentNeeds
}

/** Throws OcelliError `component.notWasm`, `component.coreModule`, `component.invalid` or `component.needs`. */
export function readOutline(wasm: Uint8Array): ComponentOutline {
  checkPreamble(wasm)
  const found = { coreModules: [] as Uint8Array[], needs: [] as Uint8Array[], sections: 0 }
  try {
    walk(wasm, 0, found)
  } catch (cause) {
    if (cause instanceof OcelliError) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new OcelliError('component.invalid', `The component is cut off or damaged: ${why}`, { cause })
  }
  return { coreModules: found.coreModules, needs: readNeeds(found.needs) }
}

function checkPreamble(wasm: Uint8Array): void {
  const preamble = Buffer.from(wasm.subarray(0, PREAMBLE_BYTES)).toString('hex')
  if (!preamble.startsWith(MAGIC)) {
    throw new OcelliError('component.notWasm', `The ${wasm.byteLength} bytes do not start with 00 61 73 6d`)
  }
  const kind = preamble.slice(MAGIC.length)
  if (kind === COMPONENT) return
  if (kind === CORE_MODULE) {
    throw new OcelliError('component.coreModule', 'The bytes are a core module: make a component of it first')
  }
  throw new OcelliError('component.invalid', `Version and layer are ${kind}, not those of a component (${COMPONENT})`)
}

function walk(
  component: Uint8Array,
  depth: number,
  found: { coreModules: Uint8Array[]; needs: Uint8Array[]; sections: number },
): void {
  if (depth > MAX_DEPTH) throw new Error(`components are nested more than ${MAX_DEPTH} deep`)
  if (depth > 0 && Buffer.from(component.subarray(0, PREAMBLE_BYTES)).toString('hex') !== MAGIC + COMPONENT) {
    throw new Error('a nested component has no preamble')
  }
  const cursor = new Cursor(component, PREAMBLE_BYTES)
  while (!cursor.atEnd()) {
    const id = cursor.byte()
    const content = cursor.bytes(cursor.u32())
    if (++found.sections > MAX_SECTIONS) throw new Error(`there are more than ${MAX_SECTIONS} sections`)
    if (id > SECTION.last) throw new Error(`section ${id} is unknown`)
    if (id === SECTION.coreModule && found.coreModules.push(content) > MAX_CORE_MODULES) {
      throw new Error(`there are more than ${MAX_CORE_MODULES} core modules`)
    }
    if (id === SECTION.component) walk(content, depth + 1, found)
    if (id === SECTION.custom && depth === 0) {
      const custom = new Cursor(content)
      if (custom.text() === NEEDS_SECTION) found.needs.push(custom.rest())
    }
  }
}

/** No section is no need. Two would let one reader see the one and another the other. */
function readNeeds(sections: readonly Uint8Array[]): ComponentNeeds {
  const [content, second] = sections
  if (content === undefined) return {}
  const refuse = (why: string) => new OcelliError('component.needs', `Custom section ${NEEDS_SECTION}: ${why}`)
  if (second !== undefined) throw refuse('there is more than one')
  if (content.byteLength > MAX_NEEDS_BYTES) throw refuse(`more than ${MAX_NEEDS_BYTES} bytes`)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content))
  } catch {
    throw refuse('not JSON in UTF-8')
  }
  const needs = readComponentNeeds(value)
  if (!needs.ok) throw refuse(needs.message)
  return needs.value
}
