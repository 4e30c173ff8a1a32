/** Equality of JSON values, against the texts that it stands for. */
import { sameJson } from '@ocelli/schemas/same-json'
import { canonicalJson } from '@ocelli/server/domain/canonical-json'
import fc from 'fast-check'
import { expect, test } from 'vitest'

/** Small, so that two values are often nearly the same; with keys that every object inherits. */
const key = fc.constantFrom('a', 'b', 'constructor', '__proto__', 'toString')
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, false, 0, 1, '', 'a'),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.array(fc.tuple(key, fc.oneof(tie('value'), fc.constant(undefined))), { maxLength: 3 }).map(objectOf),
  ),
}))

function objectOf(entries: readonly (readonly [string, unknown])[]): unknown {
  return Object.fromEntries(entries)
}

function turned(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(turned)
  if (typeof json !== 'object' || json === null) return json
  return objectOf(
    Object.entries(json)
      .reverse()
      .map(([name, one]) => [name, turned(one)] as const),
  )
}

test('two values are the same where their canonical texts are', () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(sameJson(a, b)).toBe(canonicalJson(a) === canonicalJson(b))
    }),
    { numRuns: 5000 },
  )
})

test('the order of keys is no difference', () => {
  fc.assert(
    fc.property(value, (json) => {
      expect(sameJson(json, turned(json))).toBe(true)
    }),
    { numRuns: 1000 },
  )
})
