/** One thing that stands against a placement, and what would have to change, as the end of "would run if ...". */
import type { Reason } from '@ocelli/schemas/api/plan'
import type { ErrorCode } from '@ocelli/schemas/errors'

export interface Problem {
  readonly reason: Reason
  /** `imager cam0 delivered a width of 640 instead of 320 pixels` */
  readonly remedy: string
}

/** `wanted` and `offered` where they can be said as values. */
export function problem(
  code: ErrorCode & `placement.${string}`,
  message: string,
  remedy: string,
  values: { readonly wanted?: string | number; readonly offered?: string | number | readonly string[] } = {},
): Problem {
  const reason: Reason = { code, message }
  if (values.wanted !== undefined) reason.wanted = values.wanted
  if (values.offered !== undefined) {
    reason.offered = typeof values.offered === 'object' ? [...values.offered] : values.offered
  }
  return { reason, remedy }
}

export const NO_PROBLEMS: readonly Problem[] = []
