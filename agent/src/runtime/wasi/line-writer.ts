/** Cuts a byte stream into lines of text. */

/** Longer lines are cut: one line is one record in the log. */
const MAX_LINE_BYTES = 4096
const NEWLINE = 0x0a

export class LineWriter {
  readonly #write: (line: string) => void
  readonly #decoder = new TextDecoder()
  #held: number[] = []

  constructor(write: (line: string) => void) {
    this.#write = write
  }

  push(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === NEWLINE) this.flush(true)
      else {
        this.#held.push(byte)
        if (this.#held.length === MAX_LINE_BYTES) this.flush(true)
      }
    }
  }

  /** Writes what is held; an empty line only where `evenEmpty`. */
  flush(evenEmpty = false): void {
    if (this.#held.length === 0 && !evenEmpty) return
    const line = this.#decoder.decode(Uint8Array.from(this.#held)).replace(/\r$/, '')
    this.#held = []
    this.#write(line)
  }
}
