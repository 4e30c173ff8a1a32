/** Shared memory that holds one plane at a time: written by the agent's thread, read in the worker. */
import type { PlacedPlane } from './protocol.ts'

export class PlaneSlot {
  #buffer: SharedArrayBuffer | undefined

  /** Copies a plane in, where it stays until the next; one that lies in shared memory already is not copied. */
  place(plane: Uint8Array): PlacedPlane {
    const bytes = plane.length
    if (plane.buffer instanceof SharedArrayBuffer)
      return { bytes, own: { buffer: plane.buffer, offset: plane.byteOffset } }
    const isNew = !this.#buffer || this.#buffer.byteLength < bytes
    const slot = this.#buffer && !isNew ? this.#buffer : new SharedArrayBuffer(bytes)
    this.#buffer = slot
    new Uint8Array(slot).set(plane)
    return isNew ? { bytes, slot } : { bytes }
  }
}

/** The worker's end of a slot. */
export class PlaneView {
  #buffer: SharedArrayBuffer = new SharedArrayBuffer(0)

  view({ bytes, slot, own }: PlacedPlane): Uint8Array {
    if (own) return new Uint8Array(own.buffer, own.offset, bytes)
    if (slot) this.#buffer = slot
    return new Uint8Array(this.#buffer, 0, bytes)
  }
}
