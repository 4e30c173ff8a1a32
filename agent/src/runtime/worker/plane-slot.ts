/** Shared memory that holds one plane at a time: written by the agent's thread, read in the worker. */
import type { PlacedPlane } from './protocol.ts'

export class PlaneSlot {
  #buffer: SharedArrayBuffer | undefined

  /** Copies a plane in; it is overwritten by the next. */
  place(plane: Uint8Array): PlacedPlane {
    const isNew = !this.#buffer || this.#buffer.byteLength < plane.length
    if (isNew) this.#buffer = new SharedArrayBuffer(plane.length)
    const slot = this.#buffer ?? new SharedArrayBuffer(plane.length)
    new Uint8Array(slot).set(plane)
    return isNew ? { bytes: plane.length, slot } : { bytes: plane.length }
  }
}

/** The worker's end of a slot. */
export class PlaneView {
  #buffer: SharedArrayBuffer = new SharedArrayBuffer(0)

  view({ bytes, slot }: PlacedPlane): Uint8Array {
    if (slot) this.#buffer = slot
    return new Uint8Array(this.#buffer, 0, bytes)
  }
}
