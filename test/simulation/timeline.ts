/**
 * Virtual time for everything in the simulation. Events of one instant run in the order in which they were set; after
 * each, every promise that can settle without time does so before the next event. A process has its own clock, and
 * when it dies nothing of it runs any more.
 */

import { StoreCrashed } from '@ocelli/agent/storage/memory-store'

interface Event {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

const EPOCH_MS = Date.UTC(2026, 5, 1)

/** Taken before the simulation forbids real time to what it runs. */
const macrotask = globalThis.setImmediate

export class Timeline {
  #nowMs = 0
  #made = 0
  readonly #heap: Event[] = []

  get nowMs(): number {
    return this.#nowMs
  }

  /** What a right clock shows. */
  get wallMs(): number {
    return EPOCH_MS + this.#nowMs
  }

  at(atMs: number, run: () => void): void {
    this.#push({ atMs: Math.max(atMs, this.#nowMs), order: this.#made++, run })
  }

  /** Runs everything up to a time; `afterEach` sees the world after each event has settled. */
  async runUntil(untilMs: number, afterEach: () => void): Promise<void> {
    for (;;) {
      const next = this.#heap[0]
      if (next === undefined || next.atMs > untilMs) break
      this.#pop()
      this.#nowMs = next.atMs
      runUnlessDead(next.run)
      await settled()
      afterEach()
    }
    this.#nowMs = untilMs
  }

  #push(event: Event): void {
    const heap = this.#heap
    let index = heap.push(event) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent]
      if (above === undefined || isBefore(above, event)) break
      heap[index] = above
      index = parent
    }
    heap[index] = event
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let index = 0
    for (;;) {
      const left = heap[2 * index + 1]
      const right = heap[2 * index + 2]
      if (left === undefined) break
      const isRight = right !== undefined && isBefore(right, left)
      const child = isRight ? right : left
      if (isBefore(last, child)) break
      heap[index] = child
      index = 2 * index + (isRight ? 2 : 1)
    }
    heap[index] = last
  }
}

/** A process that died inside of a write throws out of whatever it was doing; nobody is left to hear it. */
function runUnlessDead(run: () => void): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof StoreCrashed)) throw error
  }
}

/** Lets all microtasks run: what is still waiting afterwards waits for a port. */
function settled(): Promise<void> {
  return new Promise((resolve) => macrotask(resolve))
}

function isBefore(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}

/** The clock of one process, for server and agent alike. Wall time may be off by `skewMs`. */
export class ProcessClock {
  #alive = true
  readonly #timeline: Timeline
  readonly #skewMs: number

  constructor(timeline: Timeline, skewMs = 0) {
    this.#timeline = timeline
    this.#skewMs = skewMs
  }

  wallMs(): number {
    return EPOCH_MS + this.#timeline.nowMs + this.#skewMs
  }

  monotonicMs(): number {
    return this.#timeline.nowMs
  }

  monotonicNanos(): bigint {
    return BigInt(Math.round(this.#timeline.nowMs * 1e6))
  }

  isSynchronised(): boolean {
    return this.#skewMs === 0
  }

  setTimer(delayMs: number, fn: () => void): () => void {
    let armed = true
    this.#timeline.at(this.#timeline.nowMs + Math.max(0, Math.ceil(delayMs)), () => {
      if (!armed || !this.#alive) return
      armed = false
      fn()
    })
    return () => {
      armed = false
    }
  }

  /** A port's wait: resolves later, and never in a process that died. */
  wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.setTimer(delayMs, resolve))
  }

  kill(): void {
    this.#alive = false
  }
}
