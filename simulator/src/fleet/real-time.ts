/** The clock of the machine, behind the simulator's port. */
import type { Clock } from '../clock.ts'
import type { TimeBase } from './truth.ts'

export function realTime(): Clock & TimeBase {
  return {
    wallMs: () => Date.now(),
    monotonicNanos: () => process.hrtime.bigint(),
    setTimer(delayMs, fire) {
      const timer = setTimeout(fire, delayMs)
      return () => clearTimeout(timer)
    },
  }
}
