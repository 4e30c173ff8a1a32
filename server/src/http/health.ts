/**
 * `GET /healthz`: whether this process works by itself, so that who runs it knows when to start it anew. What others
 * must do for it (database, broker) is the business of `/readyz`: a restart would not bring them back.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Health } from '@ocelli/schemas/api/status'
import type { Ok } from './operations.ts'

/** Held up for longer than this, a process serves nobody; a keepalive of a device is 60 s. */
const STUCK_MS = 20_000
/** Looked at anew after this: an old delay says nothing of now. */
const WINDOW_MS = 60_000

export interface HealthProbe {
  readonly answer: () => Promise<Ok<Health>>
  stop(): void
}

export function createHealth(clock: { monotonicMs(): number }): HealthProbe {
  const delays = monitorEventLoopDelay({ resolution: 100 })
  delays.enable()
  let sinceMs = clock.monotonicMs()
  return {
    async answer() {
      const longestMs = Math.round(delays.max / 1e6)
      if (clock.monotonicMs() - sinceMs > WINDOW_MS) {
        delays.reset()
        sinceMs = clock.monotonicMs()
      }
      const ok = longestMs < STUCK_MS
      const check = { name: 'eventLoop', ok, ...(!ok && { message: `held up for ${longestMs} ms` }) }
      return { status: ok ? 200 : 503, body: { status: ok ? 'ok' : 'failing', checks: [check] } }
    },
    stop: () => void delays.disable(),
  }
}
