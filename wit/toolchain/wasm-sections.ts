/**
 * Sections of a Wasm binary: what is needed to name exports and to read and write custom sections, no more.
 * https://webassembly.github.io/spec/core/binary/modules.html
 */

import { Cursor } from './wasm-cursor.ts'

/** One section: its id, the bytes of its content, and for a custom section its name. */
export interface Section {
  readonly id: number
  readonly content: Uint8Array
  readonly name?: string
}

/** Sections of a component that name its imports and exports. */
const COMPONENT_IMPORT = 10
const COMPONENT_EXPORT = 11
const PREAMBLE_BYTES = 8
const CUSTOM = 0
const EXPORT = 7

/** Reads the outermost sections of a core module or component. Throws where the binary is cut short or no Wasm. */
export function readSections(binary: Uint8Array): Section[] {
  if (
    binary.length < PREAMBLE_BYTES ||
    binary[0] !== 0 ||
    binary[1] !== 0x61 ||
    binary[2] !== 0x73 ||
    binary[3] !== 0x6d
  )
    throw new Error('not a WebAssembly binary: the first four bytes are not 00 61 73 6d')
  const sections: Section[] = []
  const cursor = new Cursor(binary, PREAMBLE_BYTES)
  while (!cursor.atEnd()) {
    const id = cursor.byte()
    const content = cursor.bytes(cursor.u32())
    if (id !== CUSTOM) sections.push({ id, content })
    else sections.push({ id, content, name: new Cursor(content).text() })
  }
  return sections
}

/** The content of the custom section `name`, without its name; undefined where there is none. */
export function customSection(binary: Uint8Array, name: string): Uint8Array | undefined {
  const section = readSections(binary).find((candidate) => candidate.name === name)
  if (section === undefined) return undefined
  const cursor = new Cursor(section.content)
  cursor.text()
  return cursor.rest()
}

/** The binary with a custom section at its end, in place of all of that name. */
export function withCustomSection(binary: Uint8Array, name: string, content: Uint8Array): Uint8Array {
  const kept = readSections(binary).filter((section) => section.name !== name)
  const encodedName = new TextEncoder().encode(name)
  const section = { id: CUSTOM, content: concat([leb128(encodedName.length), encodedName, content]), name }
  return writeSections(binary, [...kept, section])
}

/** The core module with each function export named by `rename`; an export for which it answers undefined is left out. */
export function renameExports(module: Uint8Array, rename: (name: string) => string | undefined): Uint8Array {
  const sections = readSections(module).map((section) => {
    if (section.id !== EXPORT) return section
    const cursor = new Cursor(section.content)
    const entries: Uint8Array[] = []
    for (let left = cursor.u32(); left > 0; left--) {
      const name = cursor.text()
      const kind = cursor.byte()
      const index = cursor.u32()
      const renamed = rename(name)
      if (renamed === undefined) continue
      const encoded = new TextEncoder().encode(renamed)
      entries.push(concat([leb128(encoded.length), encoded, Uint8Array.of(kind), leb128(index)]))
    }
    return { id: EXPORT, content: concat([leb128(entries.length), ...entries]) }
  })
  return writeSections(module, sections)
}

/**
 * The component with the beginning of each imported and exported interface's name changed from one text to another of the
 * same length. Names inside of the component are its own and stay.
 */
export function renameInterfaces(component: Uint8Array, from: string, to: string): Uint8Array {
  if (from.length !== to.length) throw new Error(`${from} and ${to} differ in length`)
  const sections = readSections(component).map((section) => {
    if (section.id !== COMPONENT_IMPORT && section.id !== COMPONENT_EXPORT) return section
    const content = Buffer.from(section.content)
    for (let at = content.indexOf(from); at >= 0; at = content.indexOf(from, at)) content.write(to, at)
    return { ...section, content: new Uint8Array(content) }
  })
  return writeSections(component, sections)
}

function writeSections(binary: Uint8Array, sections: readonly Section[]): Uint8Array {
  const parts = sections.flatMap((section) => [
    Uint8Array.of(section.id),
    leb128(section.content.length),
    section.content,
  ])
  return concat([binary.subarray(0, PREAMBLE_BYTES), ...parts])
}

function leb128(value: number): Uint8Array {
  const bytes: number[] = []
  let left = value
  do {
    const low = left % 128
    left = Math.floor(left / 128)
    bytes.push(left > 0 ? low | 0x80 : low)
  } while (left > 0)
  return Uint8Array.from(bytes)
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
