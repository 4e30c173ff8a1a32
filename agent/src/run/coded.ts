/** Any rejection as an error that can be reported. */
import { ERRORS, type ErrorCode, isErrorCode, OcelliError } from '@ocelli/schemas/errors'
import type { ErrorReport } from '@ocelli/schemas/messages/error-report'

/** Longest message that a report carries. */
const MAX_TEXT = 2048

/** The code of the error where it has one, else `fallback`; `atMs` is wall time. */
export function reportOf(error: unknown, fallback: ErrorCode, atMs: number): ErrorReport {
  const code = error instanceof OcelliError ? error.code : fallback
  const message = error instanceof Error ? error.message : String(error)
  return { code, message: message.slice(0, MAX_TEXT), atMs }
}

/** Whether the same may succeed later without a change; a code that is not in the registry is taken to be final. */
export function mayRetry(report: ErrorReport): boolean {
  return isErrorCode(report.code) && ERRORS[report.code].retry
}
