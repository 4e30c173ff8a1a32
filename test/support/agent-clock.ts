/** A clock that moves only when a test says so, and lets promises settle between timers. */
import type { Clock } from '@ocelli/agent/ports'

export class ManualClock implements Clock {
  synchronised = true
  #nowMs = 0
  #timers: { atMs: number; fn: () => void }[] = []
  readonly #startMs: number

  constructor(startMs = Date.UTC(2026, 5, 1)) {
    this.#startMs = startMs
  }

  wallMs(): number {
    return this.#startMs + this.#nowMs
  }

  monotonicNanos(): bigint {
    return BigInt(Math.round(this.#nowMs * 1e6))
  }

  isSynchronised(): boolean {
    return this.synchronised
  }

  setTimer(delayMs: number, fn: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, fn }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** Lets `ms` pass: timers fire in order, and what they started settles before the next. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms
    await settle()
    for (;;) {
      const next = this.#timers.filter((timer) => timer.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined) break
      this.#timers = this.#timers.filter((other) => other !== next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.fn()
      await settle()
    }
    this.#nowMs = untilMs
  }

  get pending(): number {
    return this.#timers.length
  }
}

/** Lets every promise that can settle without time do so. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 3; round++) await new Promise<void>((resolve) => setImmediate(resolve))
}
