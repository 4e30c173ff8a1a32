/** What the inspecting child writes to stdout: one JSON document. */
import { type ErrorCode, isErrorCode } from '@ocelli/schemas/errors'

export type InspectAnswer =
  | {
      readonly kind: 'read'
      readonly imports: readonly string[]
      readonly typeImports: readonly string[]
      readonly exports: readonly string[]
      readonly wit: string
    }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string }

/** Longest answer; the WIT of a real component has some kilobytes. */
export const MAX_ANSWER_BYTES = 4 * 1024 * 1024

/** `undefined` where the child died before it had answered in full, or answered nonsense. */
export function readAnswer(text: string): InspectAnswer | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isRecord(value)) return undefined
  const { kind, code, message, imports, typeImports, exports, wit } = value
  if (kind === 'refused' && typeof code === 'string' && isErrorCode(code) && typeof message === 'string') {
    return { kind, code, message }
  }
  if (kind !== 'read' || !isTexts(imports) || !isTexts(typeImports) || !isTexts(exports)) return undefined
  return typeof wit === 'string' ? { kind, imports, typeImports, exports, wit } : undefined
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
