/**
 * Publishes `reported`: after each connect and after each change, at most once a second, always the latest. From time to
 * time all retained topics are sent again: a broker whose queue was full may have taken one and passed it to nobody.
 */
import type { Clock } from '../ports.ts'
import { monotonicMs } from '../run/monotonic.ts'

/** Least time between two reports. */
const EVERY_MS = 1000

export interface ReporterOptions {
  readonly clock: Clock
  /** Makes and sends the report. */
  readonly publish: () => void
  /** Time after a report until all retained topics are sent again. */
  readonly refreshMs: number
  /** Sends the other retained topics. */
  readonly refresh: () => void
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
    this.#cancel?.()
    this.#cancel = undefined
    this.#cancelRefresh?.()
    this.#cancelRefresh = undefined
  }

  changed(): void {
    if (!this.#up || this.#cancel !== undefined) return
    const dueMs = this.#lastMs + EVERY_MS - monotonicMs(this.#options.clock)
    if (dueMs <= 0) this.#publish()
    else this.#cancel = this.#options.clock.setTimer(dueMs, () => this.#publish())
  }

  #publish(): void {
    this.#cancel?.()
    this.#cancel = undefined
    if (!this.#up) return
    this.#lastMs = monotonicMs(this.#options.clock)
    this.#cancelRefresh ??= this.#options.clock.setTimer(this.#options.refreshMs, () => {
      this.#cancelRefresh = undefined
      this.#options.refresh()
      this.#publish()
    })
    this.#options.publish()
  }
}
