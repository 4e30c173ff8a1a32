/**
 * Lets TLS handshakes begin in turn. A handshake costs milliseconds of a processor: of thousands that begin at once none
 * ends in time, their devices give up and come again, and nobody gets in. Here so many are under way at a time, the
 * others wait with their socket open and unread, first come, first served; a fleet is back in a time that grows with its
 * size, and those who are in already are served meanwhile.
 *
 * Invariants: no more than `atOnce` handshakes younger than `slotMs` are under way, and no more than `mostUnderWay` in
 * all. Nobody waits for longer than `maxWaitMs`: an agent has given up by then.
 */
import type { Clock } from '../ports.ts'

export interface HandshakeLimits {
  /** Handshakes that may keep the processor busy at a time. */
  readonly atOnce: number
  /** One that takes longer waits for its network and not for the processor: from then on another may begin beside it. */
  readonly slotMs: number
  /** Who opens connections and says nothing may hold so many, each until its handshake times out. */
  readonly mostUnderWay: number
  /** More are turned away at once, and come back by their own backoff. */
  readonly maxWaiting: number
  readonly maxWaitMs: number
}

export const HANDSHAKE_LIMITS: HandshakeLimits = {
  // Enough that devices a tenth of a second away keep a processor busy, few enough that each has its turn within that.
  atOnce: 64,
  slotMs: 1_000,
  mostUnderWay: 1_024,
  // With those that are connected, what one process can hold of open files.
  maxWaiting: 10_000,
  // As patient as agents are (agent/src/link/mqtt-link.ts).
  maxWaitMs: 60_000,
}

export interface HandshakeCounts {
  readonly waiting: number
  readonly underWay: number
  /** Connections ended without a handshake since the start: the queue was full, or they waited for too long. */
  readonly turnedAway: number
}

export class HandshakeQueue<Connection> {
  private readonly limits: HandshakeLimits
  private readonly clock: Pick<Clock, 'monotonicMs' | 'setTimer'>
  private readonly begin: (connection: Connection) => void
  private readonly turnAway: (connection: Connection) => void
  /** In the order in which they came, with the time. */
  private readonly waiting = new Map<Connection, number>()
  /** Holds a slot: the timer that takes it away. */
  private readonly slots = new Map<Connection, () => void>()
  private readonly slow = new Set<Connection>()
  private turned = 0

  constructor(options: {
    readonly limits: HandshakeLimits
    readonly clock: Pick<Clock, 'monotonicMs' | 'setTimer'>
    readonly begin: (connection: Connection) => void
    readonly turnAway: (connection: Connection) => void
  }) {
    this.limits = options.limits
    this.clock = options.clock
    this.begin = options.begin
    this.turnAway = options.turnAway
  }

  get counts(): HandshakeCounts {
    return { waiting: this.waiting.size, underWay: this.slots.size + this.slow.size, turnedAway: this.turned }
  }

  add(connection: Connection): void {
    if (this.waiting.size >= this.limits.maxWaiting) {
      this.turned++
      this.turnAway(connection)
      return
    }
    this.waiting.set(connection, this.clock.monotonicMs())
    this.next()
  }

  /** Its handshake ended, well or not, or it is gone. */
  ended(connection: Connection): void {
    this.waiting.delete(connection)
    this.slots.get(connection)?.()
    const isUnderWay = this.slots.delete(connection) || this.slow.delete(connection)
    if (isUnderWay) this.next()
  }

  /** Ends who waits, and all timers. */
  close(): void {
    for (const connection of [...this.waiting.keys()]) this.turnAway(connection)
    this.waiting.clear()
    for (const cancel of this.slots.values()) cancel()
    this.slots.clear()
    this.slow.clear()
  }

  private next(): void {
    const { atOnce, mostUnderWay, maxWaitMs, slotMs } = this.limits
    for (const [connection, sinceMs] of this.waiting) {
      if (this.slots.size >= atOnce || this.slots.size + this.slow.size >= mostUnderWay) return
      this.waiting.delete(connection)
      if (this.clock.monotonicMs() - sinceMs > maxWaitMs) {
        this.turned++
        this.turnAway(connection)
        continue
      }
      this.slots.set(
        connection,
        this.clock.setTimer(slotMs, () => {
          this.slots.delete(connection)
          this.slow.add(connection)
          this.next()
        }),
      )
      this.begin(connection)
    }
  }
}
