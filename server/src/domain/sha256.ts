/**
 * SHA-256 (FIPS 180-4) without an adapter, for ids and checks that must be pure functions. It is for short texts;
 * artifacts are hashed by their adapter.
 */

/** First 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
const ROUND = Int32Array.from(primes(64), (prime) => fraction(Math.cbrt(prime)))
/** The same of the square roots of the first 8 primes (5.3.3). */
const START = Int32Array.from(primes(8), (prime) => fraction(Math.sqrt(prime)))

const encoder = new TextEncoder()

/** The 32 bytes of the digest of `text` as UTF-8. */
export function sha256(text: string): Uint8Array {
  const bytes = encoder.encode(text)
  const state = createSha256()(bytes, bytes.length)
  const digest = new DataView(new ArrayBuffer(32))
  for (let index = 0; index < 8; index++) digest.setInt32(index * 4, state[index] ?? 0)
  return new Uint8Array(digest.buffer)
}

/**
 * A hash with buffers of its own, for many short inputs: of the first `length` bytes. The answer, eight words, is
 * overwritten by the next call.
 */
export function createSha256(): (bytes: Uint8Array, length: number) => Int32Array {
  const state = new Int32Array(8)
  const words = new Int32Array(64)
  return (bytes, length) => {
    state.set(START)
    const blocks = ((length + 8) >> 6) + 1
    for (let block = 0; block < blocks; block++) {
      for (let word = 0, at = block * 64; word < 16; word++, at += 4) {
        words[word] = at + 4 <= length ? wordAt(bytes, at) : lastWord(bytes, at, length)
      }
      if (block === blocks - 1) {
        words[14] = Math.floor(length / 2 ** 29)
        words[15] = length << 3
      }
      compress(state, words)
    }
    return state
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  )
}

/** The end of the message, the bit that follows it, and zeros. */
function lastWord(bytes: Uint8Array, at: number, length: number): number {
  let value = 0
  for (let index = at; index < at + 4; index++) {
    value = (value << 8) | (index < length ? (bytes[index] as number) : index === length ? 0x80 : 0)
  }
  return value
}

/** The digest as 64 hexadecimal digits. */
export function sha256Hex(text: string): string {
  return Array.from(sha256(text), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** One block: the first 16 words are the message. */
function compress(state: Int32Array, w: Int32Array): void {
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15] as number
    const y = w[t - 2] as number
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
    w[t] = ((w[t - 16] as number) + s0 + (w[t - 7] as number) + s1) | 0
  }
  let a = state[0] as number
  let b = state[1] as number
  let c = state[2] as number
  let d = state[3] as number
  let e = state[4] as number
  let f = state[5] as number
  let g = state[6] as number
  let h = state[7] as number
  for (let t = 0; t < 64; t++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (ROUND[t] as number) + (w[t] as number)) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  state[0] = ((state[0] as number) + a) | 0
  state[1] = ((state[1] as number) + b) | 0
  state[2] = ((state[2] as number) + c) | 0
  state[3] = ((state[3] as number) + d) | 0
  state[4] = ((state[4] as number) + e) | 0
  state[5] = ((state[5] as number) + f) | 0
  state[6] = ((state[6] as number) + g) | 0
  state[7] = ((state[7] as number) + h) | 0
}

function primes(count: number): number[] {
  const found: number[] = []
  for (let candidate = 2; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate)
  }
  return found
}

function fraction(root: number): number {
  return ((root - Math.floor(root)) * 2 ** 32) | 0
}
