/** Part of a plane of 8-bit samples. */
import type { Region } from './imager.ts'
import type { Size } from './scale.ts'

/** Every `step`-th sample in both directions of `region`. Throws RangeError where the region leaves the plane. */
export function readRegion(plane: Uint8Array, size: Size, region: Region, step: number): Uint8Array {
  const { x, y, width, height } = region
  const whole = [x, y, width, height, step].every((value) => Number.isInteger(value) && value >= 0) && step >= 1
  if (!whole || x + width > size.widthPixels || y + height > size.heightPixels) {
    throw new RangeError(
      `region ${width} x ${height} at ${x}, ${y} with step ${step} leaves the frame of ${size.widthPixels} x ${size.heightPixels}`,
    )
  }
  const columns = Math.ceil(width / step)
  const rows = Math.ceil(height / step)
  const result = new Uint8Array(columns * rows)
  for (let row = 0; row < rows; row++) {
    const start = (y + row * step) * size.widthPixels + x
    if (step === 1) result.set(plane.subarray(start, start + width), row * columns)
    else
      for (let column = 0; column < columns; column++)
        result[row * columns + column] = plane[start + column * step] ?? 0
  }
  return result
}
