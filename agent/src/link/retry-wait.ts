/**
 * How long the link waits before it tries again. Pure.
 *
 * Two ways to fail, two costs. Where nobody listens (connection refused), the machine is there and its server is not:
 * most likely it restarts, and an attempt costs one packet each way. So such waits stay short, and a fleet is back
 * within 2 s after its server is. Anything else (no route, a timeout, a handshake or session that broke) may be an
 * overloaded server or a radio that has to be powered up: those waits double up to a minute.
 *
 * Each wait lies anywhere between half and all of its nominal length, so that devices which lost one server at one moment
 * drift apart within a few attempts: of 10,000 that wait nominally 2 s, about 1,000 come in any tenth of a second, which
 * one server turns away at no cost while it starts, and takes up within seconds once it listens. Those that it cannot take
 * up in time fail otherwise than by refusal, and spread over a minute. The two are counted apart: that nobody listened while
 * a server started says nothing of how busy it is when it does.
 */
import type { Random } from '../ports.ts'
import { backoffMs } from '../run/backoff.ts'

export interface FailedAttempt {
  /** Attempts that failed in the same way in a row since the link was last up for good, this one included. */
  readonly failures: number
  /** Since the first that failed in whatever way. */
  readonly outageMs: number
  /** Nobody listened at the address. */
  readonly isRefused: boolean
}

/** Attempts that failed since the link was last up for good. */
export class FailedAttempts {
  #inARow = 0
  #isRefused = false
  #sinceNanos: bigint | undefined

  /** One more. `nowNanos` is monotonic. */
  note(isRefused: boolean, nowNanos: bigint): FailedAttempt {
    this.#sinceNanos ??= nowNanos
    this.#inARow = isRefused === this.#isRefused ? this.#inARow + 1 : 1
    this.#isRefused = isRefused
    return { failures: this.#inARow, outageMs: Number((nowNanos - this.#sinceNanos) / 1_000_000n), isRefused }
  }

  forget(): void {
    this.#inARow = 0
    this.#sinceNanos = undefined
  }
}

const FIRST_MS = 250
const MAX_MS = 60_000
const MAX_REFUSED_MS = 2000
/** A server that is away for longer does not restart: its devices need not ask every other second. */
const RESTART_MS = 300_000
const MAX_LATER_MS = 15_000

/** Milliseconds until the next attempt. `firstMs` is the nominal first wait. */
export function retryWaitMs(attempt: FailedAttempt, random: Random, firstMs: number = FIRST_MS): number {
  const { failures, outageMs, isRefused } = attempt
  const maxRefusedMs = outageMs < RESTART_MS ? MAX_REFUSED_MS : MAX_LATER_MS
  return backoffMs({ firstMs, maxMs: isRefused ? maxRefusedMs : MAX_MS }, failures, random, 'link')
}
