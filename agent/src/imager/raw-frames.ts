/** Cuts a stream of bytes into frames, in buffers that are used again once nobody holds them. */

/** One plane of a frame; given back to the pool when every holder has let go. */
export class RawFrame {
  readonly plane: Uint8Array
  readonly sequence: number
  readonly captureNanos: bigint
  readonly #onFree: (plane: Uint8Array) => void
  #holders = 1

  constructor(plane: Uint8Array, sequence: number, captureNanos: bigint, onFree: (plane: Uint8Array) => void) {
    this.plane = plane
    this.sequence = sequence
    this.captureNanos = captureNanos
    this.#onFree = onFree
  }

  hold(): void {
    this.#holders++
  }

  letGo(): void {
    if (--this.#holders === 0) this.#onFree(this.plane)
  }
}

/** Planes kept for reuse: one filling, and one for each of a few consumers that hold an older one. */
const SPARES = 4

export class FrameCutter {
  readonly #sizeBytes: number
  readonly #nowNanos: () => bigint
  readonly #spares: Uint8Array[] = []
  #filling: Uint8Array
  #filled = 0
  #sequence = 0
  #beganNanos = 0n

  constructor(sizeBytes: number, nowNanos: () => bigint) {
    this.#sizeBytes = sizeBytes
    this.#nowNanos = nowNanos
    this.#filling = newPlane(sizeBytes)
  }

  /** Takes bytes; each frame that they complete is handed to `onFrame`, which holds it if it wants it beyond the call. */
  push(chunk: Uint8Array, onFrame: (frame: RawFrame) => void): void {
    let offset = 0
    while (offset < chunk.byteLength) {
      if (this.#filled === 0) this.#beganNanos = this.#nowNanos()
      const part = chunk.subarray(offset, offset + this.#sizeBytes - this.#filled)
      this.#filling.set(part, this.#filled)
      this.#filled += part.byteLength
      offset += part.byteLength
      if (this.#filled === this.#sizeBytes) this.#complete(onFrame)
    }
  }

  /** The source begins anew: half a frame is none. */
  restart(): void {
    this.#filled = 0
  }

  #complete(onFrame: (frame: RawFrame) => void): void {
    const frame = new RawFrame(this.#filling, this.#sequence++, this.#beganNanos, (plane) => {
      if (this.#spares.length < SPARES) this.#spares.push(plane)
    })
    this.#filling = this.#spares.pop() ?? newPlane(this.#sizeBytes)
    this.#filled = 0
    onFrame(frame)
    frame.letGo()
  }
}

/** In shared memory, so that a worker reads it where it lies. */
const newPlane = (sizeBytes: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(sizeBytes))
