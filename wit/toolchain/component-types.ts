/**
 * Imports and exports of a component binary with the functions that each import holds.
 *
 * `componentWit` of jco names the imports of a component but not their functions, and a component that only refers to
 * the types of an interface does not need it. So the outermost type, alias, import and export sections are read here.
 * https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md
 */
import { Cursor } from './wasm-cursor.ts'
import { readSections } from './wasm-sections.ts'

interface ComponentImport {
  /** Full name with version, for instance `ocelli:sensing/frames@0.1.0`. */
  readonly name: string
  /** Names of the functions that are imported of it; empty where it is for its types alone. */
  readonly functions: readonly string[]
}

export interface ComponentTypes {
  readonly imports: readonly ComponentImport[]
  /** Interfaces that are exported; a function outside of any interface, such as `init` of QuickJS, is not named. */
  readonly exports: readonly string[]
}

const COMPONENT_LAYER = 1
const SECTION = { type: 7, alias: 6, import: 10, export: 11 } as const
const SORT = { core: 0, func: 1, value: 2, type: 3, component: 4, instance: 5 } as const

/** Reads the types of a component. Throws where the bytes are a core module, cut short, or use types unknown here. */
export function readComponentTypes(binary: Uint8Array): ComponentTypes {
  const sections = readSections(binary)
  if (binary[6] !== COMPONENT_LAYER) throw new Error('a core module, not a component')
  // For each type of the outermost scope the functions it exports, if it is an instance type.
  const types: string[][] = []
  const imports: ComponentImport[] = []
  const exports: string[] = []
  for (const section of sections) {
    const at = new Cursor(section.content)
    if (section.id === SECTION.type) repeat(at, () => types.push(readType(at)))
    else if (section.id === SECTION.alias) repeat(at, () => readAlias(at) === SORT.type && types.push([]))
    else if (section.id === SECTION.import)
      repeat(at, () => {
        const name = readName(at)
        const { sort, index } = readDescription(at)
        if (sort === SORT.type) types.push([])
        imports.push({ name, functions: sort === SORT.func ? [name] : (types[index] ?? []) })
      })
    else if (section.id === SECTION.export)
      repeat(at, () => {
        const name = readName(at)
        const sort = readSort(at)
        at.u32()
        if (at.byte() === 1) readDescription(at)
        if (sort === SORT.type) types.push([])
        if (sort === SORT.instance) exports.push(name)
      })
  }
  return { imports, exports }
}

/** Reads one type; the answer is the names of the functions of an instance type, else nothing. */
function readType(at: Cursor): string[] {
  const form = at.byte()
  const read = TYPE_FORMS[form]
  if (read !== undefined) return read(at) ?? []
  if (form >= FIRST_PRIMITIVE && form <= LAST_PRIMITIVE) return []
  throw new Error(`component type of unknown form 0x${form.toString(16)}`)
}

/** From error-context (0x64) to bool (0x7f); forms of other types in between are looked up first. */
const FIRST_PRIMITIVE = 0x64
const LAST_PRIMITIVE = 0x7f

const valueType = (at: Cursor) => at.signed33()
const optionalValueType = (at: Cursor) => at.byte() === 1 && valueType(at)
const labelledType = (at: Cursor) => {
  at.text()
  valueType(at)
}

const TYPE_FORMS: Readonly<Record<number, (at: Cursor) => string[] | undefined>> = {
  114: (at) => repeat(at, () => labelledType(at)), // record
  113: (at) =>
    repeat(at, () => {
      at.text()
      optionalValueType(at)
      at.byte()
    }), // variant
  112: (at) => void valueType(at), // list
  111: (at) => repeat(at, () => valueType(at)), // tuple
  110: (at) => repeat(at, () => at.text()), // flags
  109: (at) => repeat(at, () => at.text()), // enum
  107: (at) => void valueType(at), // option
  106: (at) => void [optionalValueType(at), optionalValueType(at)], // result
  105: (at) => void at.u32(), // own
  104: (at) => void at.u32(), // borrow
  103: (at) => void [valueType(at), at.u32()], // list of fixed length
  102: (at) => void optionalValueType(at), // stream
  101: (at) => void optionalValueType(at), // future
  64: readFunctionType,
  67: readFunctionType, // async
  63: (at) => void [at.byte(), at.byte() === 1 && at.u32()], // resource with its destructor
  65: readDeclarations, // component type
  66: readDeclarations, // instance type
}

function readFunctionType(at: Cursor): undefined {
  repeat(at, () => labelledType(at))
  if (at.byte() === 0) valueType(at)
  else at.byte()
}

const DECLARATION = { type: 1, alias: 2, import: 3, export: 4 } as const

function readDeclarations(at: Cursor): string[] {
  const functions: string[] = []
  repeat(at, () => {
    const form = at.byte()
    if (form === DECLARATION.type) readType(at)
    else if (form === DECLARATION.alias) readAlias(at)
    else if (form === DECLARATION.import || form === DECLARATION.export) {
      const name = readName(at)
      const { sort } = readDescription(at)
      if (form === DECLARATION.export && sort === SORT.func) functions.push(name)
    } else throw new Error(`component type with a declaration of unknown form 0x${form.toString(16)}`)
  })
  return functions
}

/** What an alias stands for. */
function readAlias(at: Cursor): number {
  const sort = readSort(at)
  const target = at.byte()
  at.u32()
  if (target === 2) at.u32()
  else at.text()
  return sort
}

function readSort(at: Cursor): number {
  const sort = at.byte()
  if (sort === SORT.core) at.byte()
  return sort
}

/** An import or export name; the byte before it says whether a version suffix follows. */
function readName(at: Cursor): string {
  const form = at.byte()
  const name = at.text()
  if (form === 0) return name
  if (form === 1) return at.byte() === 1 ? `${name}${at.text()}` : name
  throw new Error(`component name of unknown form 0x${form.toString(16)}`)
}

function readDescription(at: Cursor): { sort: number; index: number } {
  const sort = readSort(at)
  if (sort === SORT.value) {
    if (at.byte() === 0) at.u32()
    else valueType(at)
    return { sort, index: -1 }
  }
  // A type is bound to another type (0, with its index) or a fresh resource (1).
  if (sort === SORT.type) return { sort, index: at.byte() === 0 ? at.u32() : -1 }
  return { sort, index: at.u32() }
}

function repeat(at: Cursor, read: () => unknown): undefined {
  for (let left = at.u32(); left > 0; left--) read()
}
