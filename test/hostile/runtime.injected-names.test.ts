/**
 * jco writes names out of core modules into the JavaScript that it generates, without escaping them. No component may
 * bring JavaScript onto a device that way.
 */
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { named } from '../support/runtime-guests.ts'
import { type HostUnderTest, workerHostUnderTest } from '../support/runtime-harness.ts'

let under: HostUnderTest
beforeAll(() => {
  under = workerHostUnderTest()
})
afterAll(() => under.close())

const NAMES = {
  exported: 'x',
  imported: 'y',
  from: 'm',
  instance: 'y',
  memory: 'mem',
  run: 'run',
}

/** A component of two core modules whose names can each be chosen. */
function component(names: Partial<typeof NAMES>): Promise<Uint8Array> {
  const { exported, imported, from, instance, memory, run } = { ...NAMES, ...names }
  return parse(`(component
    (core module $p (func (export "${exported}") (result i32) i32.const 1) (memory (export "${memory}") 1))
    (core module $m
      (import "${from}" "${imported}" (func $f (result i32)))
      (func (export "${run}") (result i32) call $f))
    (core instance $pi (instantiate $p))
    (core instance $mi (instantiate $m
      (with "${from}" (instance (export "${imported}" (func $pi "${exported}")) (export "${instance}2" (func $pi "${exported}"))))))
    (func $lifted (result u32) (canon lift (core func $mi "${run}")))
    (instance $i (export "run" (func $lifted)))
    (export "test:x/y@0.1.0" (instance $i)))`)
}

const CODE = {
  'a quote': "a'+(globalThis.pwned=1)+'b",
  'a double quote': 'a\\"b',
  'a backslash': 'a\\\\',
  'a new line': 'a\\nb',
  'a template': 'a`b',
  'a substitution': ['$', '{globalThis.pwned=1}'].join(''),
  'a line separator': 'a\\u{2028}b',
}

describe.each(Object.keys(NAMES))('a core name that is JavaScript: %s', (place) => {
  test.each(Object.entries(CODE))('%s is refused', async (_what, name) => {
    const { digest, wasm } = named(await component({ [place]: name }))
    await expect(under.host.prepare(digest, wasm)).rejects.toMatchObject({ code: 'component.invalid' })
  })
})

test('names that compilers and linkers make are taken', async () => {
  const decorated = {
    exported: '_ZN4core3fmt9Formatter$LT$T$GT$17h0123456789abcdefE',
    imported: '[method]frame.read-region',
    from: 'wasi:io/streams@0.2.0#x|y',
    run: 'cabi_post_a:b/c@0.1.0#(*T).run',
  }
  const { digest, wasm } = named(await component(decorated))
  await expect(under.host.prepare(digest, wasm)).resolves.toEqual({ digest })
})

test.each([["url=<https://a/'b>"], ["locked-dep=<a:b@1.0.0>,integrity=<sha256-a'b>"]])(
  'an import by the name %s is refused',
  async (name) => {
    const wat = `(component (import "${name}" (func $f)) (export "g" (func $f)))`
    const bytes = await parse(wat).catch(() => undefined)
    if (bytes === undefined) return
    const { digest, wasm } = named(bytes)
    await expect(under.host.prepare(digest, wasm)).rejects.toMatchObject({
      code: expect.stringMatching(/^component\./),
    })
  },
)
