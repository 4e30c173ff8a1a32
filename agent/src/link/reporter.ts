/** Publishes `reported`: after each connect and after each change, at most once a second, always the latest. */
import type { Clock } from '../ports.ts'

/** Least time between two reports. */
const EVERY_MS = 1000
/** Counters move without an event: a report that is this old is made again. */
const REFRESH_MS = 60_000

export interface ReporterOptions {
  readonly clock: Clock
  /** Makes and sends the report; false where the link was down. */
  readonly publish: () => void
}

export class Reporter {
  readonly #options: ReporterOptions
  #up = false
  #lastMs = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | undefined
  #cancelRefresh: (() => void) | undefined

  constructor(options: ReporterOptions) {
    this.#options = options
  }

  linkUp(): void {
    this.#up = true
    this.#publish()
  }

  linkDown(): void {
    this.#up = false
    this.#stopTimers()
  }

  changed(): void {
    if (!this.#up || this.#cancel !== undefined) return
    const dueMs = this.#lastMs + EVERY_MS - this.#nowMs()
    if (dueMs <= 0) this.#publish()
    else this.#cancel = this.#options.clock.setTimer(dueMs, () => this.#publish())
  }

  #publish(): void {
    this.#stopTimers()
    if (!this.#up) return
    this.#lastMs = this.#nowMs()
    this.#cancelRefresh = this.#options.clock.setTimer(REFRESH_MS, () => this.changed())
    this.#options.publish()
  }

  #stopTimers(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#cancelRefresh?.()
    this.#cancelRefresh = undefined
  }

  #nowMs(): number {
    return Number(this.#options.clock.monotonicNanos() / 1_000_000n)
  }
}
