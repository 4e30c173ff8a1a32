/** Time as a port: the simulator never asks the machine for it. */
export interface Clock {
  /** Nanoseconds since the device booted; never goes back. */
  monotonicNanos(): bigint
  /** Calls `fire` once, after `delayMs` milliseconds or later; the answer cancels it. */
  setTimer(delayMs: number, fire: () => void): () => void
}
