/**
 * Sends what the broker retains of a device (presence, inventory, report) until the broker has it. A broker that starts,
 * or is short of memory, may take a connection and lose its first messages; who does not hear of a device takes it for
 * unknown.
 */
import type { Clock } from '../ports.ts'

export interface AnnouncerOptions {
  readonly clock: Pick<Clock, 'setTimer'>
  /** Publishes at QoS 1, retained; true with PUBACK. */
  readonly send: (topic: string, payload: Uint8Array) => Promise<boolean>
}

/**
 * First wait for a PUBACK, which is a round trip away, and the time in which a server takes in what a whole fleet says at
 * once: to repeat it sooner would only make that longer. Doubles up to a minute.
 */
const FIRST_MS = 10_000
const MAX_MS = 60_000

export class Announcer {
  readonly #options: AnnouncerOptions
  /** By topic: ends the wait for its PUBACK. */
  readonly #waiting = new Map<string, () => void>()

  constructor(options: AnnouncerOptions) {
    this.#options = options
  }

  /** Sends what `make` gives, and what it gives then where no PUBACK comes. Replaces what was said on the topic. */
  say(topic: string, make: () => Uint8Array): void {
    this.#send(topic, make, FIRST_MS)
  }

  /** Nobody hears anything any more; what is to be said is said anew with the next connection. */
  linkDown(): void {
    for (const cancel of this.#waiting.values()) cancel()
    this.#waiting.clear()
  }

  #send(topic: string, make: () => Uint8Array, waitMs: number): void {
    this.#waiting.get(topic)?.()
    const cancel = this.#options.clock.setTimer(waitMs, () => this.#send(topic, make, Math.min(2 * waitMs, MAX_MS)))
    this.#waiting.set(topic, cancel)
    void this.#options.send(topic, make()).then((delivered) => {
      if (!delivered || this.#waiting.get(topic) !== cancel) return
      cancel()
      this.#waiting.delete(topic)
    })
  }
}
