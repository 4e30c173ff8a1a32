/**
 * Publishes `reported`: after each connect and a moment after each change, at most once a second, always the latest; for
 * numbers alone twice a minute. From time to time all retained topics are sent again: a broker whose queue was full may have
 * taken one and passed it to nobody.
 */
import type { Clock, Random } from '../ports.ts'
import { monotonicMs } from '../run/monotonic.ts'

/** Least time between two reports. */
const EVERY_MS = 1000
/**
 * From a change to its report. What follows at once from a new desired state (stop, start, running) is one report then,
 * and the next one, of the health, need not wait for the rest of that second.
 */
const GATHER_MS = 100
/** How often it is looked whether numbers alone have changed. */
const NUMBERS_MS = 30_000

export interface ReporterOptions {
  readonly clock: Clock
  readonly random: Random
  /** Whether numbers that a person may wait for are others than in the last report. */
  readonly numbersChanged: () => boolean
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
  #cancelNumbers: (() => void) | undefined

  constructor(options: ReporterOptions) {
    this.#options = options
  }

  linkUp(): void {
    this.#up = true
    this.#publish()
    // Devices that came back together do not report together for ever.
    this.#lookAtNumbers(Math.round(NUMBERS_MS * (0.5 + this.#options.random.fraction('report') / 2)))
  }

  linkDown(): void {
    this.#up = false
    this.#cancel?.()
    this.#cancel = undefined
    this.#cancelRefresh?.()
    this.#cancelRefresh = undefined
    this.#cancelNumbers?.()
    this.#cancelNumbers = undefined
  }

  changed(): void {
    if (!this.#up || this.#cancel !== undefined) return
    const dueMs = this.#lastMs + EVERY_MS - monotonicMs(this.#options.clock)
    this.#cancel = this.#options.clock.setTimer(Math.max(dueMs, GATHER_MS), () => this.#publish())
  }

  #lookAtNumbers(delayMs: number): void {
    this.#cancelNumbers?.()
    this.#cancelNumbers = this.#options.clock.setTimer(delayMs, () => {
      if (this.#options.numbersChanged()) this.changed()
      this.#lookAtNumbers(NUMBERS_MS)
    })
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
