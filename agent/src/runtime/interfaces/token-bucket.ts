/** A rate with savings: fills steadily up to its capacity, and each use takes from it. Time is an argument. */
export class TokenBucket {
  readonly capacity: number
  readonly #perSecond: number
  #tokens: number
  #atNanos: bigint

  /** Starts full. */
  constructor(perSecond: number, capacity: number, nowNanos: bigint) {
    this.capacity = capacity
    this.#perSecond = perSecond
    this.#tokens = capacity
    this.#atNanos = nowNanos
  }

  /**
   * Takes `count` and answers 0, or takes nothing and answers in how many milliseconds it would be there. Leaves at
   * least `keep`.
   */
  take(count: number, nowNanos: bigint, keep = 0): number {
    const elapsedSeconds = Number(nowNanos - this.#atNanos) / 1e9
    this.#tokens = Math.min(this.capacity, this.#tokens + Math.max(0, elapsedSeconds) * this.#perSecond)
    this.#atNanos = nowNanos
    if (count + keep <= this.#tokens) {
      this.#tokens -= count
      return 0
    }
    const waitMs = ((count + keep - this.#tokens) / this.#perSecond) * 1000
    return Math.min(0xffff_ffff, Math.max(1, Math.ceil(waitMs)))
  }
}
