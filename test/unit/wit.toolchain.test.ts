import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readComponentFolder } from '../../wit/toolchain/component-folder.ts'
import { customSection, readSections, renameExports, withCustomSection } from '../../wit/toolchain/wasm-sections.ts'

const TOOL = join(import.meta.dirname, '../../wit/toolchain/component.ts')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ocelli-wit-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('sections of a Wasm binary', () => {
  const module = () =>
    parse('(module (func (export "first") (result i32) i32.const 1) (func (export "second") (result i32) i32.const 2))')

  test('a custom section reads back, and a second one of that name takes its place', async () => {
    const bytes = new TextEncoder().encode('{"memoryBytes":1}')
    const once = withCustomSection(await module(), 'ocelli:needs', bytes)
    expect(customSection(once, 'ocelli:needs')).toEqual(bytes)
    const long = new Uint8Array(300).fill(7)
    const twice = withCustomSection(once, 'ocelli:needs', long)
    expect(customSection(twice, 'ocelli:needs')).toEqual(long)
    expect(readSections(twice).filter(({ name }) => name === 'ocelli:needs')).toHaveLength(1)
    expect(customSection(await module(), 'ocelli:needs')).toBeUndefined()
  })

  test('exports get their names, and those without one go', async () => {
    const renamed = renameExports(await module(), (name) => (name === 'second' ? 'a:b/c@1.0.0#second' : undefined))
    const exported = readSections(renamed).find(({ id }) => id === 7)
    expect(Buffer.from(exported?.content ?? []).toString('latin1')).toContain('a:b/c@1.0.0#second')
    expect(exported?.content[0]).toBe(1)
  })

  test('a binary that is cut short or none is refused with the reason', async () => {
    const bytes = withCustomSection(await module(), 'ocelli:needs', new Uint8Array(64))
    expect(() => readSections(bytes.subarray(0, bytes.length - 1))).toThrow(/leaves the binary/)
    expect(() => readSections(new TextEncoder().encode('(component)'))).toThrow(/not a WebAssembly binary/)
  })
})

describe('component.json', () => {
  const manifest = {
    name: 'mine',
    version: '1.0.0',
    language: 'c',
    world: 'frame-analyser',
    source: 'main.c',
    needs: {},
  }
  const write = (value: unknown) => writeFileSync(join(folder, 'component.json'), JSON.stringify(value))

  test('is read with the contract as its WIT', () => {
    write(manifest)
    writeFileSync(join(folder, 'main.c'), '')
    const read = readComponentFolder(folder)
    expect(read.manifest).toEqual(manifest)
    expect(read.witSource).toMatch(/^package ocelli:sensing@0\.1\.0;/)
  })

  test('a wit folder beside it brings the world', () => {
    write(manifest)
    writeFileSync(join(folder, 'main.c'), '')
    mkdirSync(join(folder, 'wit'))
    writeFileSync(join(folder, 'wit', 'world.wit'), 'package a:b;\nworld w { import ocelli:sensing/frames@0.1.0; }\n')
    expect(readComponentFolder(folder).witSource).toMatch(/^package a:b;[\s\S]*package ocelli:sensing@0\.1\.0 \{/)
  })

  test.each([
    ['no component folder', undefined],
    ['the source main.c, which is not there', manifest],
    ['/name', { ...manifest, name: 'Mine!' }],
    ['/language', { ...manifest, language: 'cobol' }],
    ['/version', { ...manifest, version: '1' }],
    ['/needs/memoryBytes', { ...manifest, needs: { memoryBytes: -1 } }],
  ])('is refused: %s', (reason, value) => {
    if (value !== undefined) write(value)
    expect(() => readComponentFolder(folder)).toThrow(reason)
  })
})

describe('the command', () => {
  const run = (...args: string[]) => spawnSync(process.execPath, [TOOL, ...args], { encoding: 'utf8' })

  test('prints its usage on demand, and with exit code 2 for what it does not know', () => {
    const help = run('--help')
    expect([help.status, help.stdout]).toEqual([0, expect.stringContaining('build <folder>')])
    const unknown = run('bake', folder)
    expect([unknown.status, unknown.stderr]).toEqual([2, expect.stringContaining('unknown command bake')])
    const option = run('build', folder, '--sing', 'key.pem')
    expect([option.status, option.stderr]).toEqual([2, expect.stringContaining("'--sing'")])
  })

  test('makes a key that only its owner can read, and never overwrites one', () => {
    const file = join(folder, 'key.pem')
    const made = run('keygen', file)
    expect([made.status, made.stdout]).toEqual([0, expect.stringMatching(/^ed25519:[0-9a-f]{32}\n$/)])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const text = readFileSync(file, 'utf8')
    const again = run('keygen', file)
    expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('never overwritten')])
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  test('refuses a key that is none, and one of another publisher, before it compiles', () => {
    const file = join(folder, 'key.pem')
    writeFileSync(file, 'no key')
    const none = run('build', folder, '--sign', file)
    expect([none.status, none.stderr]).toEqual([1, expect.stringContaining('is no Ed25519 private key')])
    rmSync(file)
    run('keygen', file)
    const other = run('build', folder, '--sign', file, '--publisher', `ed25519:${'0'.repeat(32)}`)
    expect([other.status, other.stderr]).toEqual([1, expect.stringMatching(/is the key ed25519:[0-9a-f]{32}, not/)])
  })

  test('says what is wrong with a folder', () => {
    const none = run('build', folder)
    expect([none.status, none.stderr]).toEqual([1, expect.stringContaining('it has no component.json')])
  })
}, 60_000)
