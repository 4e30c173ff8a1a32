/** Something wrong in a manifest: where, what, and what was probably meant. */
import type { ErrorCode } from '@ocelli/schemas/errors'

export interface ManifestProblem {
  readonly code: ErrorCode
  /** One sentence without the position. */
  readonly message: string
  /** From 1, where the text is known. */
  readonly line: number
  readonly column: number
  /** Number of the document in the file, from 1. */
  readonly document: number
  /** `spec.realisations[0].imager.minWidthPixels`; empty for the document as a whole. */
  readonly path: string
}

/** `fleet.yaml:12:5: spec.target.flet: ...` */
export function describeProblem(problem: ManifestProblem, file: string): string {
  const at = problem.path === '' ? '' : `${problem.path}: `
  return `${file}:${problem.line}:${problem.column}: ${at}${problem.message}`
}

export type PathStep = string | number

export function pathText(steps: readonly PathStep[]): string {
  let text = ''
  for (const step of steps) {
    if (typeof step === 'number') text += `[${step}]`
    else if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(step)) text += text === '' ? step : `.${step}`
    else text += `[${JSON.stringify(step)}]`
  }
  return text
}
