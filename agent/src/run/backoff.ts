/** Waits that double, with jitter, so that a fleet that lost one server does not come back as one. */
import type { Random } from '../ports.ts'

export interface BackoffLimits {
  readonly firstMs: number
  readonly maxMs: number
}

/** The wait before attempt `failures + 1`: between half and all of the doubled first wait. */
export function backoffMs(limits: BackoffLimits, failures: number, random: Random, purpose: string): number {
  const full = Math.min(limits.firstMs * 2 ** Math.min(Math.max(failures - 1, 0), 30), limits.maxMs)
  return Math.round(full * (0.5 + random.fraction(purpose) / 2))
}
