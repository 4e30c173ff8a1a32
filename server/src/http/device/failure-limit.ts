/** Slows down whoever guesses enrolment tokens: after some failures an address waits. */

const FAILURES = 10
const WINDOW_MS = 60_000
/** Most addresses remembered; beyond, the oldest is forgotten. */
const MAX_ADDRESSES = 10_000

export class FailureLimit {
  private readonly failures = new Map<string, { count: number; untilMs: number }>()

  /** Milliseconds until the address may try again; 0: now. `nowMs` is monotonic. */
  waitMs(address: string, nowMs: number): number {
    const entry = this.failures.get(address)
    if (entry === undefined || entry.count < FAILURES) return 0
    return Math.max(0, entry.untilMs - nowMs)
  }

  failed(address: string, nowMs: number): void {
    const entry = this.failures.get(address)
    const count = entry !== undefined && entry.untilMs > nowMs ? entry.count + 1 : 1
    const untilMs = count === 1 || entry === undefined ? nowMs + WINDOW_MS : entry.untilMs
    this.failures.delete(address)
    this.failures.set(address, { count, untilMs })
    if (this.failures.size > MAX_ADDRESSES) {
      for (const oldest of this.failures.keys()) {
        this.failures.delete(oldest)
        break
      }
    }
  }
}
