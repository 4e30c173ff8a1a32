/** How well one series follows another. */

/** Pearson's correlation of pairs, -1 to 1; `undefined` below three pairs or where one side never changes. */
export function correlation(pairs: readonly (readonly [number, number])[]): number | undefined {
  if (pairs.length < 3) return undefined
  const mean = (index: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[index], 0) / pairs.length
  const [meanA, meanB] = [mean(0), mean(1)]
  let both = 0
  let ownA = 0
  let ownB = 0
  for (const [a, b] of pairs) {
    both += (a - meanA) * (b - meanB)
    ownA += (a - meanA) ** 2
    ownB += (b - meanB) ** 2
  }
  return ownA === 0 || ownB === 0 ? undefined : both / Math.sqrt(ownA * ownB)
}
