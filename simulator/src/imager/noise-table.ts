/**
 * Standard normal noise by table: one index costs about a nanosecond, where the Box-Muller transform costs tens.
 * The entries are the quantiles at the middles of equal shares of probability, scaled so that the variance of the
 * table is exactly 1 (its mean is 0 by symmetry); the photon transfer test relies on both.
 */

/** Bits of an index into the table. 8192 entries (32 KiB) stay in the first-level cache and reach 3.8 sigma. */
export const NOISE_BITS = 13

// Coefficients of Acklam's approximation, highest power first: see normalQuantile.
const CENTRE_TOP = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
]
const CENTRE_BOTTOM = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1,
]
const TAIL_TOP = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
]
const TAIL_BOTTOM = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416]

export const NOISE_TABLE: Float32Array = standardNormalTable(2 ** NOISE_BITS)

function standardNormalTable(size: number): Float32Array {
  const values = Array.from({ length: size }, (_, index) => normalQuantile((index + 0.5) / size))
  const variance = values.reduce((sum, value) => sum + value * value, 0) / size
  return Float32Array.from(values, (value) => value / Math.sqrt(variance))
}

/** Rational approximation of P. J. Acklam (2003), relative error below 1.15e-9, for 0 < p < 1. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p)
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p))
    return polynomial(TAIL_TOP, q) / (polynomial(TAIL_BOTTOM, q) * q + 1)
  }
  const q = p - 0.5
  const r = q * q
  return (polynomial(CENTRE_TOP, r) * q) / (polynomial(CENTRE_BOTTOM, r) * r + 1)
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)
}
