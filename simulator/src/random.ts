/**
 * Chance, split by purpose: every use names what it is for, so adding a device, an imager or a draw of one purpose
 * shifts nobody else's numbers. The same seed and purpose give the same numbers on every machine.
 */

/** The four words that start a generator. */
export type Seed = readonly [number, number, number, number]

/** A stream of pseudo-random numbers. */
export interface Random {
  /** A whole number from 0 to 2^32 - 1. */
  bits(): number
  /** A number from 0 (inclusive) to 1 (exclusive). */
  unit(): number
  /** A number from `low` (inclusive) to `high` (exclusive). */
  between(low: number, high: number): number
  /** One of `choices`. Throws RangeError where there is none. */
  pick<T>(choices: readonly T[]): T
}

/** The seed of one purpose: a hash of the root seed and of the words that name the purpose. */
export function seedFor(root: string | number, ...purpose: readonly (string | number)[]): Seed {
  // The separator cannot occur in a number and keeps ("ab", "c") apart from ("a", "bc").
  const text = [root, ...purpose].join('\u0000')
  const hash = (offset: number) => {
    let value = (0x811c9dc5 ^ Math.imul(offset + 1, 0x9e3779b1)) >>> 0 // FNV-1a, one offset basis for each word
    for (let index = 0; index < text.length; index++) {
      value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
    }
    return mix(value)
  }
  return [hash(0), hash(1), hash(2), hash(3)]
}

/** A seed that follows from another and a counter: cheap enough for one per frame. */
export function seedOf(seed: Seed, counter: number): Seed {
  const low = counter >>> 0
  const high = Math.floor(counter / 2 ** 32) >>> 0
  return [
    mix(seed[0] ^ low),
    mix(seed[1] ^ Math.imul(low, 0x85ebca6b) ^ high),
    mix(seed[2] ^ Math.imul(low, 0xc2b2ae35)),
    mix((seed[3] + low) | 0),
  ]
}

/** sfc32, the small fast counter generator of Chris Doty-Humphrey (PractRand 0.93): passes PractRand, period at least 2^32. */
export function createRandom(seed: Seed): Random {
  let [a, b, c, counter] = seed
  const bits = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let round = 0; round < 12; round++) bits() // the author's advice: twelve rounds mix the seed in
  const unit = () => bits() / 2 ** 32
  return {
    bits,
    unit,
    between: (low, high) => low + (high - low) * unit(),
    pick: (choices) => {
      if (choices.length === 0) throw new RangeError('there is nothing to pick from')
      return choices[Math.floor(unit() * choices.length)] as (typeof choices)[number]
    },
  }
}

/** The finaliser of MurmurHash3 (Austin Appleby): each input bit changes about half of the output bits. */
function mix(word: number): number {
  let value = word | 0
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}
