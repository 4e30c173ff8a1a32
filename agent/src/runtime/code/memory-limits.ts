/**
 * Bounds what core modules may allocate by writing maxima into their memory and table sections. Almost no component
 * declares a maximum, worker resource limits do not cover WebAssembly memory, and a V8 flag would cover a whole
 * process; the binary itself is the one place where a limit per instance can be set.
 */
import { encodeUnsigned, sections, WasmReader } from './wasm-reader.ts'

/** WebAssembly page size in bytes (without the custom-page-sizes proposal, which is refused). */
export const PAGE_BYTES = 65_536

/** Entries that all tables of one module may have together: 8 bytes each, so at most 8 MiB. Large programs have some 50,000. */
const MAX_TABLE_ENTRIES = 1_000_000

const TABLE_SECTION = 4
const MEMORY_SECTION = 5

const HAS_MAXIMUM = 0x01
const SHARED = 0x02
const IS_64_BIT = 0x04

/** One memory that a module defines, in pages. */
export interface MemoryDeclaration {
  readonly minimumPages: number
  /** Absent where the module leaves it open. */
  readonly maximumPages?: number
}

/** The memories that a core module defines (imported ones belong to another module). Throws WasmFormatError. */
export function declaredMemories(module: Uint8Array): MemoryDeclaration[] {
  const found: MemoryDeclaration[] = []
  for (const section of sections(new WasmReader(module))) {
    if (section.id !== MEMORY_SECTION) continue
    const reader = new WasmReader(module, section.from, section.to)
    const count = reader.unsigned()
    for (let index = 0; index < count; index++) found.push(readLimits(reader))
  }
  return found
}

/**
 * How many pages each memory may have so that all together stay within `limitBytes`: its minimum, and an equal share
 * of the rest, where what one cannot use by its own maximum goes to the others. `undefined` where not even the minima fit.
 */
export function shareMemory(memories: readonly MemoryDeclaration[], limitBytes: number): number[] | undefined {
  const pages = memories.map((memory) => memory.minimumPages)
  let rest = Math.floor(limitBytes / PAGE_BYTES) - pages.reduce((sum, minimum) => sum + minimum, 0)
  if (rest < 0) return undefined
  let open = memories.map((_, index) => index).filter((index) => room(index) > 0)
  while (rest >= open.length && open.length > 0) {
    const share = Math.floor(rest / open.length)
    for (const index of open) {
      const taken = Math.min(share, room(index))
      pages[index] = (pages[index] ?? 0) + taken
      rest -= taken
    }
    open = open.filter((index) => room(index) > 0)
  }
  return pages

  function room(index: number): number {
    return (memories[index]?.maximumPages ?? Number.MAX_SAFE_INTEGER) - (pages[index] ?? 0)
  }
}

/**
 * A copy of a core module whose memories have these maxima (in pages, in order of definition) and whose tables
 * cannot grow past a fixed bound. Throws WasmFormatError where the module is damaged, has more table entries than
 * allowed at the start, or uses forms whose size is not known.
 */
export function limitModule(module: Uint8Array, maximumPages: readonly number[]): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = []
  let copied = 0
  for (const section of sections(new WasmReader(module))) {
    const rewrite =
      section.id === MEMORY_SECTION ? memorySection : section.id === TABLE_SECTION ? tableSection : undefined
    if (!rewrite) continue
    const content = rewrite(new WasmReader(module, section.from, section.to), maximumPages)
    pieces.push(module.subarray(copied, section.start))
    pieces.push(Uint8Array.from([section.id, ...encodeUnsigned(content.length)]), Uint8Array.from(content))
    copied = section.to
  }
  pieces.push(module.subarray(copied))
  return concatenate(pieces)
}

function memorySection(reader: WasmReader, maximumPages: readonly number[]): number[] {
  const count = reader.unsigned()
  const content = encodeUnsigned(count)
  for (let index = 0; index < count; index++) {
    const is64Bit = ((reader.bytes[reader.offset] ?? 0) & IS_64_BIT) !== 0
    const { minimumPages } = readLimits(reader)
    const maximum = Math.max(minimumPages, maximumPages[index] ?? minimumPages)
    // 65,536 pages are the end of a 32-bit address space; validation refuses a larger maximum.
    const allowed = is64Bit ? maximum : Math.min(maximum, 65_536)
    content.push(HAS_MAXIMUM | (is64Bit ? IS_64_BIT : 0), ...encodeUnsigned(minimumPages), ...encodeUnsigned(allowed))
  }
  return content
}

function tableSection(reader: WasmReader): number[] {
  const count = reader.unsigned()
  const content = encodeUnsigned(count)
  let entries = 0
  for (let index = 0; index < count; index++) {
    const start = reader.offset
    const hasInitialiser = reader.bytes[start] === 0x40
    if (hasInitialiser) reader.skip(2)
    skipReferenceType(reader)
    const typeEnd = reader.offset
    const is64Bit = ((reader.bytes[reader.offset] ?? 0) & IS_64_BIT) !== 0
    const { minimumPages: minimum, maximumPages: maximum } = readLimits(reader)
    entries += minimum
    if (entries > MAX_TABLE_ENTRIES) throw reader.error(`tables start with more than ${MAX_TABLE_ENTRIES} entries`)
    const limitsEnd = reader.offset
    if (hasInitialiser) skipConstantExpression(reader)
    const bound = Math.min(maximum ?? MAX_TABLE_ENTRIES, Math.max(minimum, MAX_TABLE_ENTRIES / count))
    content.push(...reader.bytes.subarray(start, typeEnd))
    content.push(
      HAS_MAXIMUM | (is64Bit ? IS_64_BIT : 0),
      ...encodeUnsigned(minimum),
      ...encodeUnsigned(Math.floor(bound)),
    )
    content.push(...reader.bytes.subarray(limitsEnd, reader.offset))
  }
  return content
}

function readLimits(reader: WasmReader): MemoryDeclaration {
  const flags = reader.byte()
  if ((flags & SHARED) !== 0) throw reader.error('a shared memory is not supported')
  if ((flags & ~(HAS_MAXIMUM | IS_64_BIT)) !== 0) throw reader.error(`limits with flags ${flags} are not supported`)
  const bits = (flags & IS_64_BIT) !== 0 ? 64 : 32
  const minimumPages = reader.unsigned(bits)
  return (flags & HAS_MAXIMUM) !== 0 ? { minimumPages, maximumPages: reader.unsigned(bits) } : { minimumPages }
}

/** A reference type: one byte, or `ref` / `ref null` with a heap type. */
function skipReferenceType(reader: WasmReader): void {
  const code = reader.byte()
  if (code === 0x63 || code === 0x64) reader.skipNumber()
}

/** The initialisers that tables have in practice; anything else is refused rather than guessed. */
function skipConstantExpression(reader: WasmReader): void {
  const REF_NULL = 0xd0
  const REF_FUNC = 0xd2
  const GLOBAL_GET = 0x23
  const END = 0x0b
  const opcode = reader.byte()
  if (opcode !== REF_NULL && opcode !== REF_FUNC && opcode !== GLOBAL_GET) {
    throw reader.error(`a table initialiser with opcode ${opcode} is not supported`)
  }
  reader.skipNumber()
  if (reader.byte() !== END) throw reader.error('a table initialiser has more than one instruction')
}

function concatenate(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let offset = 0
  for (const piece of pieces) {
    whole.set(piece, offset)
    offset += piece.length
  }
  return whole
}
