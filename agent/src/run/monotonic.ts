/** The clock's monotonic time in the unit of waits. */
import type { Clock } from '../ports.ts'

/** Whole milliseconds; never goes back within a boot. */
export const monotonicMs = (clock: Pick<Clock, 'monotonicNanos'>): number => Number(clock.monotonicNanos() / 1_000_000n)
