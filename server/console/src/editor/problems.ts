/** Findings about a manifest, each at its line and column. */
import { ApiProblem } from '../api/problem.ts'

export interface TextProblem {
  readonly line: number
  readonly column: number
  /** Letters that are wrong; to the end of the line where absent. */
  readonly length?: number
  readonly message: string
}

/** The server's. */
export function problemsOf(error: unknown): readonly TextProblem[] {
  if (!(error instanceof ApiProblem)) return []
  const { problems } = error.details
  if (!Array.isArray(problems)) return []
  return problems.flatMap((problem: unknown) => {
    if (typeof problem !== 'object' || problem === null) return []
    const { line, column, path, message } = problem as Record<string, unknown>
    if (typeof line !== 'number' || typeof column !== 'number' || typeof message !== 'string') return []
    return [{ line, column, message: typeof path === 'string' && path !== '' ? `${path}: ${message}` : message }]
  })
}
