/** A number of 32 bits takes at most five bytes of seven bits. */
const MAX_LEB128_U32_BYTES = 5

/** Reads the numbers, names and byte runs of a Wasm binary in order; throws where it is cut short. */
export class Cursor {
  readonly #data: Uint8Array
  #at: number

  constructor(data: Uint8Array, at = 0) {
    this.#data = data
    this.#at = at
  }

  atEnd(): boolean {
    return this.#at >= this.#data.length
  }

  byte(): number {
    const value = this.#data[this.#at]
    if (value === undefined) throw new Error(`binary ends at byte ${this.#at} inside a section`)
    this.#at += 1
    return value
  }

  u32(): number {
    let value = 0
    for (let i = 0; i < MAX_LEB128_U32_BYTES; i++) {
      const byte = this.byte()
      value += (byte & 0x7f) * 2 ** (7 * i)
      if (byte < 0x80) return value
    }
    throw new Error(`number at byte ${this.#at} is longer than 32 bits`)
  }

  /** A number of 33 bits with its sign, as value types are written: negative for a primitive, else the index of a type. */
  signed33(): number {
    let value = 0
    for (let i = 0; i < MAX_LEB128_U32_BYTES; i++) {
      const byte = this.byte()
      value += (byte & 0x7f) * 2 ** (7 * i)
      if (byte < 0x80) return byte < 0x40 ? value : value - 2 ** (7 * (i + 1))
    }
    throw new Error(`number at byte ${this.#at} is longer than 33 bits`)
  }

  bytes(length: number): Uint8Array {
    if (this.#at + length > this.#data.length)
      throw new Error(`section of ${length} bytes at byte ${this.#at} leaves the binary of ${this.#data.length} bytes`)
    const slice = this.#data.subarray(this.#at, this.#at + length)
    this.#at += length
    return slice
  }

  text(): string {
    return new TextDecoder('utf-8', { fatal: true }).decode(this.bytes(this.u32()))
  }

  rest(): Uint8Array {
    return this.#data.subarray(this.#at)
  }
}
