/** What would have to change for a refused device, as a sentence. */
import type { Problem } from './problem.ts'

/** Of all that was considered, the one with the fewest problems; the earlier one where equal. */
export function nearestMiss(considered: readonly (readonly Problem[])[]): string | undefined {
  let nearest: readonly Problem[] | undefined
  for (const problems of considered) {
    if (problems.length > 0 && (nearest === undefined || problems.length < nearest.length)) nearest = problems
  }
  return nearest && `would run if ${[...new Set(nearest.map((one) => one.remedy))].join(' and ')}`
}
