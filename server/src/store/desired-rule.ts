import { compareGenerations } from '@ocelli/schemas/messages/generation'
import type { Reported } from '@ocelli/schemas/messages/reported'
import type { DesiredRow } from '../domain/records.ts'

/**
 * Whether a device has yet to report this desired state. One that reports a newer generation than the store has (the
 * server was restored) counts as well: it does not run what the store says.
 */
export function isUnreported(row: DesiredRow, reported: Reported | undefined): boolean {
  if (reported?.generation === undefined) return true
  return compareGenerations(reported.generation, row.generation) !== 0 || reported.trustVersion < row.trustVersion
}
