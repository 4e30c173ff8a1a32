/** Reading component bytes, the form of transpiled code, and its cache. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCodeCache } from '@ocelli/agent/runtime/code/code-cache'
import { readCoreModules } from '@ocelli/agent/runtime/code/component-binary'
import { type ComponentCode, decodeCode, encodeCode } from '@ocelli/agent/runtime/code/component-code'
import { functionImports, instancesOf, scriptBody } from '@ocelli/agent/runtime/code/glue'
import type { Digest } from '@ocelli/schemas/ids'
import { afterEach, describe, expect, test } from 'vitest'

const DIGEST = `sha256:${'a'.repeat(64)}` as Digest
const OTHER = `sha256:${'b'.repeat(64)}` as Digest
const PREAMBLE = [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]
const MODULE = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]

const CODE: ComponentCode = {
  digest: DIGEST,
  script: 'return 1',
  cores: [
    { name: 'a.wasm', bytes: Uint8Array.of(1, 2, 3), instances: 1 },
    { name: 'b.wasm', bytes: Uint8Array.of(), instances: 2 },
  ],
  importKeys: ['ocelli:sensing/frames'],
  functionImports: [{ interface: 'ocelli:sensing/frames@0.1.0', functions: ['read'] }],
  exports: ['ocelli:sensing/frame-handler@0.1.0'],
}

describe('component bytes', () => {
  test('core modules are found, nested ones too', () => {
    const nested = [...PREAMBLE, 1, MODULE.length, ...MODULE]
    const bytes = Uint8Array.from([...PREAMBLE, 1, MODULE.length, ...MODULE, 4, nested.length, ...nested, 0, 2, 1, 97])
    expect(readCoreModules(bytes).map((module) => [...module])).toEqual([MODULE, MODULE])
  })

  test.each([
    ['text', [...Buffer.from('(component)')], 'component.notWasm'],
    ['nothing', [], 'component.notWasm'],
    ['a core module', MODULE, 'component.coreModule'],
    ['a component of another version', [0, 0x61, 0x73, 0x6d, 0x0c, 0, 1, 0], 'component.invalid'],
    ['a section that is cut off', [...PREAMBLE, 1, 9, 0], 'component.invalid'],
    ['a section of an unknown kind', [...PREAMBLE, 99, 0], 'component.invalid'],
    ['a length without end', [...PREAMBLE, 1, 255, 255, 255, 255, 255, 255], 'component.invalid'],
  ])('%s is refused', (_what, bytes, code) => {
    expect(() => readCoreModules(Uint8Array.from(bytes))).toThrow(expect.objectContaining({ code }))
  })
})

describe('transpiled code', () => {
  test('comes back as it was written', () => {
    expect(decodeCode(encodeCode(CODE), DIGEST)).toEqual(CODE)
  })

  test('is not taken when any byte changed, when cut off, or for another component', () => {
    const bytes = encodeCode(CODE)
    for (let index = 0; index < bytes.length; index++) {
      const damaged = new Uint8Array(bytes)
      damaged[index] = (damaged[index] ?? 0) ^ 1
      expect(decodeCode(damaged, DIGEST)).toBeUndefined()
    }
    for (let length = 0; length < bytes.length; length += 7) {
      expect(decodeCode(bytes.subarray(0, length), DIGEST)).toBeUndefined()
    }
    expect(decodeCode(bytes, OTHER)).toBeUndefined()
  })
})

describe('the code cache', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ocelli-cache-'))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('keeps code over a restart, leaves no half file, drops what is damaged or not kept', () => {
    createCodeCache(folder).write(CODE)
    const cache = createCodeCache(folder)
    expect(cache.read(DIGEST)).toEqual(CODE)
    expect(cache.has(OTHER)).toBe(false)
    expect(cache.read(OTHER)).toBeUndefined()
    const [file = ''] = readdirSync(folder)
    expect(readdirSync(folder)).toHaveLength(1)

    const bytes = readFileSync(join(folder, file))
    bytes[10] = (bytes[10] ?? 0) ^ 1
    writeFileSync(join(folder, file), bytes)
    expect(cache.read(DIGEST)).toBeUndefined()
    expect(cache.has(DIGEST)).toBe(false)

    cache.write(CODE)
    writeFileSync(join(folder, 'left-over.part'), '')
    cache.prune(new Set([DIGEST]))
    expect(readdirSync(folder)).toEqual([file])
    cache.prune(new Set([OTHER]))
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('glue', () => {
  const glue = `"use components";
export function instantiate(getCoreModule, imports) {
  if (!globalThis?.process?.env?.JCO_DEBUG) { return; }
  const module0 = getCoreModule('component.core.wasm');
  const module1 = getCoreModule('component.core2.wasm');
  _trampoline0.fnName = 'ocelli:sensing/frames@0.1.0#read';
  _trampoline1.fnName = 'ocelli:sensing/frames@0.1.0#info';
  ({ exports: exports0 } = instantiateCore(module1));
  ({ exports: exports1 } = instantiateCore(module0, {}));
  ({ exports: exports2 } = instantiateCore(module0, {}));
};

export const _util = {
}
`
  test('names the functions that it calls and how often it instantiates a module', () => {
    expect(functionImports(glue)).toEqual([{ interface: 'ocelli:sensing/frames@0.1.0', functions: ['info', 'read'] }])
    expect(instancesOf(glue, 'component.core.wasm')).toBe(2)
    expect(instancesOf(glue, 'component.core2.wasm')).toBe(1)
    expect(instancesOf(glue, 'other.wasm')).toBe(0)
  })

  test('becomes a function body; glue of another form is refused', () => {
    expect(scriptBody(glue)).toMatch(/^'use strict';\nreturn function instantiate\(/)
    expect(scriptBody(glue)).not.toMatch(/^export /m)
    expect(() => scriptBody(`${glue}\nexport const more = 1`)).toThrow(
      expect.objectContaining({ code: 'component.toolFailed' }),
    )
  })
})
