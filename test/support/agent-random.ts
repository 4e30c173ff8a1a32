/** Chance for tests: the same seed and purpose give the same values. */
import { createHash } from 'node:crypto'
import type { Random } from '@ocelli/agent/ports'

export function seededRandom(seed: string): Random {
  const counters = new Map<string, number>()
  const draw = (purpose: string) => {
    const count = counters.get(purpose) ?? 0
    counters.set(purpose, count + 1)
    return createHash('sha256').update(`${seed} ${purpose} ${count}`).digest()
  }
  return {
    bytes: (purpose, count) => new Uint8Array(draw(purpose).subarray(0, count)),
    fraction: (purpose) => draw(purpose).readUInt32BE(0) / 2 ** 32,
  }
}
