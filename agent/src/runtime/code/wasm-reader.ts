/** Reads the little of the WebAssembly binary format that the host needs: sections, LEB128 numbers, names. */

/** The bytes are not what the format says; the message names the offset. */
export class WasmFormatError extends Error {}

const decoder = new TextDecoder('utf-8', { fatal: true })

export class WasmReader {
  readonly bytes: Uint8Array
  offset: number
  readonly end: number

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
    this.bytes = bytes
    this.offset = offset
    this.end = end
  }

  get atEnd(): boolean {
    return this.offset >= this.end
  }

  byte(): number {
    if (this.offset >= this.end) throw this.error('the bytes end early')
    return this.bytes[this.offset++] ?? 0
  }

  /** Unsigned LEB128 of at most `bits` bits, as a number that is exact below 2^53. */
  unsigned(bits = 32): number {
    const most = Math.ceil(bits / 7)
    let value = 0
    let scale = 1
    for (let count = 0; count < most; count++) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) {
        if (bits === 32 && value > 0xffff_ffff) throw this.error('a number has more than 32 bits')
        return value
      }
      scale *= 128
    }
    throw this.error('a number is too long')
  }

  /** Steps over a signed or unsigned LEB128. */
  skipNumber(): void {
    for (let count = 0; count < 10; count++) if (this.byte() < 0x80) return
    throw this.error('a number is too long')
  }

  skip(count: number): void {
    if (count > this.end - this.offset)
      throw this.error(`${count} bytes are promised, ${this.end - this.offset} are there`)
    this.offset += count
  }

  name(): string {
    const length = this.unsigned()
    const start = this.offset
    this.skip(length)
    try {
      return decoder.decode(this.bytes.subarray(start, this.offset))
    } catch {
      throw this.error('a name is not UTF-8')
    }
  }

  error(problem: string): WasmFormatError {
    return new WasmFormatError(`${problem} at byte ${this.offset}`)
  }
}

export interface Section {
  readonly id: number
  /** Offset of the section's id byte. */
  readonly start: number
  /** Offset and end of the content. */
  readonly from: number
  readonly to: number
}

/** Length of magic and version, before the first section. */
export const PREAMBLE_BYTES = 8

/** The sections of a module or component; `reader` stands before its preamble. Throws WasmFormatError. */
export function* sections(reader: WasmReader): Generator<Section> {
  reader.skip(PREAMBLE_BYTES)
  while (!reader.atEnd) {
    const start = reader.offset
    const id = reader.byte()
    const length = reader.unsigned()
    const from = reader.offset
    reader.skip(length)
    yield { id, start, from, to: reader.offset }
  }
}

/** A number as unsigned LEB128. */
export function encodeUnsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  do {
    const low = rest % 128
    rest = Math.floor(rest / 128)
    bytes.push(rest > 0 ? low | 0x80 : low)
  } while (rest > 0)
  return bytes
}
