/** Which frames of an imager make up a slower rate. Time comes with the frames. */

export class FramePace {
  /** Time between two frames that are taken; 0 takes every one. */
  readonly periodNanos: bigint
  /** Half the time between two frames of the imager: a frame counts for the turn that it is nearest to. */
  readonly #halfNanos: bigint
  #dueNanos = 0n
  #sequence = -1
  #taken = false

  constructor(periodNanos: bigint, imagerMillihertz: number) {
    this.periodNanos = periodNanos
    this.#halfNanos = 500_000_000_000n / BigInt(Math.max(imagerMillihertz, 1))
  }

  /** Whether the frame is taken; the same answer to each consumer that asks. Frames come in order. */
  takes(sequence: number, captureNanos: bigint): boolean {
    if (this.periodNanos === 0n) return true
    if (sequence !== this.#sequence) {
      this.#sequence = sequence
      this.#taken = captureNanos + this.#halfNanos >= this.#dueNanos
      if (this.#taken) this.#next(captureNanos)
    }
    return this.#taken
  }

  /** Keeps the mean rate; after a pause it begins anew. */
  #next(captureNanos: bigint): void {
    const next = this.#dueNanos + this.periodNanos
    this.#dueNanos = next > captureNanos ? next : captureNanos + this.periodNanos
  }
}
