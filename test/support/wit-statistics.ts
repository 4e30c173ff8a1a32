/** How well a series of numbers follows another. */

export interface Agreement {
  /** Mean of the absolute differences. */
  readonly meanAbsoluteError: number
  /** Pearson's correlation, from -1 to 1; 0 where one of the series is constant. */
  readonly correlation: number
}

/** Compares pairs of a found and a true number. Throws RangeError where there are fewer than two. */
export function agreement(pairs: readonly (readonly [found: number, truth: number])[]): Agreement {
  if (pairs.length < 2) throw new RangeError(`${pairs.length} pairs cannot be compared`)
  const meanFound = mean(pairs.map(([found]) => found))
  const meanTruth = mean(pairs.map(([, truth]) => truth))
  const covariance = mean(pairs.map(([found, truth]) => (found - meanFound) * (truth - meanTruth)))
  const spread = Math.sqrt(
    mean(pairs.map(([found]) => (found - meanFound) ** 2)) * mean(pairs.map(([, truth]) => (truth - meanTruth) ** 2)),
  )
  return {
    meanAbsoluteError: mean(pairs.map(([found, truth]) => Math.abs(found - truth))),
    correlation: spread === 0 ? 0 : covariance / spread,
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
