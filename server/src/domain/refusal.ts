/** An expected no: a value with a stable code. Adapters turn it into a problem document or an exit code. */
import type { ErrorCode } from '@ocelli/schemas/errors'

export interface Refusal {
  readonly refused: true
  readonly code: ErrorCode
  /** What was tried, with which value. */
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
}

export function refusal(code: ErrorCode, message: string, details?: Readonly<Record<string, unknown>>): Refusal {
  return details === undefined ? { refused: true, code, message } : { refused: true, code, message, details }
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value && value.refused === true
}
