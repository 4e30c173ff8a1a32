/** The rewriter of memory and table sections, checked against V8 itself. */
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import { readCoreModules } from '@ocelli/agent/runtime/code/component-binary'
import { declaredMemories, limitModule, PAGE_BYTES, shareMemory } from '@ocelli/agent/runtime/code/memory-limits'
import { webAssembly } from '@ocelli/agent/runtime/code/webassembly'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const MIB = 1024 * 1024

/** A core module whose code grows its memory and its table, with sections before and after. */
async function moduleOf(memory: string, table = '(table (export "table") 2 funcref)'): Promise<Uint8Array> {
  const wat = `(component (core module
    (type (func (param i32) (result i32)))
    (func (export "grow") (type 0) local.get 0 memory.grow)
    ${table}
    ${memory}
    (global i32 (i32.const 7))
    (data (i32.const 0) "ocelli")))`
  const parsed = await parse(wat)
  const [module] = readCoreModules(parsed)
  if (!module) throw new Error('no module')
  return module
}

function instantiate(module: Uint8Array) {
  const { exports } = new webAssembly.Instance(new webAssembly.Module(new Uint8Array(module)))
  const { grow, memory, table } = exports
  if (typeof grow !== 'function' || !(memory instanceof webAssembly.Memory)) throw new Error('unexpected exports')
  return { grow: (pages: number): number => grow(pages), memory, table }
}

test('a memory without a maximum can grow to the limit and no further', async () => {
  const module = await moduleOf('(memory (export "memory") 1)')
  expect(declaredMemories(module)).toEqual([{ minimumPages: 1 }])
  const { grow, memory } = instantiate(limitModule(module, [200]))
  expect(grow(199)).toBe(1)
  expect(grow(1)).toBe(-1)
  expect(memory.buffer.byteLength).toBe(200 * PAGE_BYTES)
  expect(Buffer.from(memory.buffer, 0, 6).toString()).toBe('ocelli')
})

test('a memory with a maximum of its own is cut down to the limit', async () => {
  const module = await moduleOf('(memory (export "memory") 1 65536)')
  expect(declaredMemories(module)).toEqual([{ minimumPages: 1, maximumPages: 65_536 }])
  const { grow } = instantiate(limitModule(module, [3]))
  expect(grow(2)).toBe(1)
  expect(grow(1)).toBe(-1)
})

test('a table cannot grow without bound', async () => {
  const { table } = instantiate(limitModule(await moduleOf('(memory (export "memory") 1)'), [1]))
  expect(() => Reflect.apply(Reflect.get(Object(table), 'grow'), table, [2_000_000])).toThrow(RangeError)
  const large = await moduleOf('(memory (export "memory") 1)', '(table 2000000 funcref)')
  expect(() => limitModule(large, [1])).toThrow(/more than 1000000 entries/)
})

test('a module without memory stays as it is', async () => {
  const module = readCoreModules(await parse('(component (core module (func (export "f"))))'))[0] ?? new Uint8Array()
  expect(Buffer.from(limitModule(module, [])).equals(module)).toBe(true)
})

test('memory is shared out: minima first, then equally, and what one cannot use goes to the others', () => {
  const pages = (bytes: number): number => bytes / PAGE_BYTES
  expect(shareMemory([{ minimumPages: 16 }, { minimumPages: 32 }], 8 * MIB)).toEqual([16 + 40, 32 + 40])
  expect(shareMemory([{ minimumPages: 1, maximumPages: 2 }, { minimumPages: 1 }], MIB)).toEqual([2, pages(MIB) - 2])
  expect(shareMemory([{ minimumPages: 17 }], MIB)).toBeUndefined()
  expect(shareMemory([], MIB)).toEqual([])
})

test('shares never exceed the limit nor a declared maximum, nor fall below a minimum', () => {
  const memory = fc
    .record({ minimumPages: fc.nat(50), extra: fc.option(fc.nat(100), { nil: undefined }) })
    .map(({ minimumPages, extra }) =>
      extra === undefined ? { minimumPages } : { minimumPages, maximumPages: minimumPages + extra },
    )
  fc.assert(
    fc.property(fc.array(memory, { maxLength: 6 }), fc.nat(600), (memories, limitPages) => {
      const shares = shareMemory(memories, limitPages * PAGE_BYTES)
      const least = memories.reduce((sum, { minimumPages }) => sum + minimumPages, 0)
      if (least > limitPages) return shares === undefined
      if (!shares) return false
      const total = shares.reduce((sum, share) => sum + share, 0)
      const most = memories.reduce((sum, { maximumPages }) => sum + (maximumPages ?? limitPages), 0)
      const fits = memories.every(({ minimumPages, maximumPages = limitPages }, index) => {
        const share = shares[index] ?? -1
        return share >= minimumPages && share <= Math.max(maximumPages, minimumPages)
      })
      // What is left over is less than one page for each memory that could still take some.
      return fits && total <= limitPages && total > Math.min(most, limitPages) - Math.max(1, memories.length)
    }),
  )
})
