/** Uploads that are no good component, made from a seed. */
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'

/** Components of a few dozen bytes on which jco's WIT reader panics, or whose import no host could meet. */
export const READER_CRASHERS: Readonly<Record<string, string>> = {
  'a WIT package as a component':
    '(component (type (component (type (instance)) (export "a:b/c" (instance (type 0))))) (export "c" (type 0)))',
  'a type that exports a component':
    '(component (type (component (export "a:b/c" (component)))) (export "c" (type 0)))',
  'a dependency that is not locked': '(component (import "unlocked-dep=<a:b>" (func)))',
  'an import by address': '(component (import "url=<https://x>" (func)))',
  'an import by hash': '(component (import "integrity=<sha256-AAAA>" (func)))',
}

/** The bytes of a component text. */
export function component(text: string): Promise<Uint8Array> {
  return parse(text)
}

/** Numbers from 0 (included) to 1 (excluded), the same for the same seed (Numerical Recipes). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** A copy with some bytes behind the preamble changed. */
export function mutated(bytes: Uint8Array, chance: () => number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  for (let left = 1 + Math.floor(chance() * 4); left > 0; left--) {
    copy[8 + Math.floor(chance() * (copy.length - 8))] = Math.floor(chance() * 256)
  }
  return copy
}

export function truncated(bytes: Uint8Array, chance: () => number): Uint8Array {
  return bytes.slice(0, Math.floor(chance() * bytes.length))
}

/** Noise, at times behind a component's preamble. */
export function noise(chance: () => number): Uint8Array {
  const bytes = Uint8Array.from({ length: Math.floor(chance() * 2000) }, () => Math.floor(chance() * 256))
  if (chance() < 0.7) bytes.set([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0].slice(0, bytes.length))
  return bytes
}
