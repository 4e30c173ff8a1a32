/** All chance of one simulation, from one seed, split by purpose so that a new use shifts nobody else's. */

export class Chance {
  readonly #seed: number
  readonly #streams = new Map<string, () => number>()

  constructor(seed: number) {
    this.#seed = seed
  }

  /** From 0 (included) to 1 (excluded). */
  fraction(purpose: string): number {
    let stream = this.#streams.get(purpose)
    if (!stream) {
      stream = mulberry32(hash32(`${this.#seed} ${purpose}`))
      this.#streams.set(purpose, stream)
    }
    return stream()
  }

  happens(purpose: string, rate: number): boolean {
    return this.fraction(purpose) < rate
  }

  whole(purpose: string, from: number, to: number): number {
    return from + Math.floor(this.fraction(purpose) * (to - from + 1))
  }

  pick<T>(purpose: string, items: readonly T[]): T {
    const item = items[this.whole(purpose, 0, items.length - 1)]
    if (item === undefined) throw new RangeError(`nothing to pick for ${purpose}`)
    return item
  }

  bytes(purpose: string, count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.whole(purpose, 0, 255))
  }
}

/** Tommy Ettinger's mulberry32: 32 bits of state, good enough to choose faults with. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** FNV-1a. */
function hash32(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
