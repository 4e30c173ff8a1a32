/** What differs from pixel to pixel and stays from frame to frame: fixed pattern noise and lens shading. */
import { createRandom, type Seed } from '../random.ts'
import { NOISE_BITS, NOISE_TABLE } from './noise-table.ts'
import type { SensorModel } from './sensor.ts'

/** A part of the field of view, in fractions of its width and height. */
export interface FieldWindow {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export const WHOLE_FIELD: FieldWindow = { x: 0, y: 0, width: 1, height: 1 }

/** Sensitivity and offset of each pixel of a frame of one size. */
export interface PixelMap {
  readonly widthPixels: number
  readonly heightPixels: number
  /** Photosites whose mean is one pixel. */
  readonly photosites: number
  /** Rows of photosites whose mean is one row of pixels. */
  readonly photositeRows: number
  /** Relative sensitivity: lens shading times photo response non-uniformity; 1 in the centre on average. */
  readonly response: Float32Array
  /** Dark offset in electrons. */
  readonly offset: Float32Array
}

export interface PixelMapSize {
  readonly widthPixels: number
  readonly heightPixels: number
  readonly photosites: number
  readonly photositeRows: number
  /** The part of the sensor that the frame shows; shading follows the place on the sensor. */
  readonly window: FieldWindow
}

/** Light that falls off to the corners: the cosine fourth law, 1 in the centre; `x` and `y` in fractions of the field. */
export function lensShading(sensor: SensorModel, x: number, y: number): number {
  const radius = ((2 * x - 1) ** 2 + (2 * y - 1) ** 2) / 2 // squared, 1 at the corner
  return 1 / (1 + radius * sensor.cornerFieldTangent ** 2) ** 2
}

/** The map of one imager (by `seed`) at one size. Averaging photosites evens their differences out. */
export function pixelMap(sensor: SensorModel, size: PixelMapSize, seed: Seed): PixelMap {
  const { widthPixels, heightPixels, window } = size
  const random = createRandom(seed)
  const mask = 2 ** NOISE_BITS - 1
  const evened = 1 / Math.sqrt(size.photosites)
  const prnu = sensor.responseNonUniformity * evened
  const dsnu = sensor.darkNonUniformityElectrons * evened
  const response = new Float32Array(widthPixels * heightPixels)
  const offset = new Float32Array(widthPixels * heightPixels)
  const table = NOISE_TABLE
  let index = 0
  for (let row = 0; row < heightPixels; row++) {
    const y = window.y + ((row + 0.5) / heightPixels) * window.height
    for (let column = 0; column < widthPixels; column++, index++) {
      const x = window.x + ((column + 0.5) / widthPixels) * window.width
      const bits = random.bits()
      response[index] = lensShading(sensor, x, y) * (1 + prnu * (table[bits & mask] as number))
      offset[index] = dsnu * (table[(bits >>> NOISE_BITS) & mask] as number)
    }
  }
  return {
    widthPixels,
    heightPixels,
    photosites: size.photosites,
    photositeRows: size.photositeRows,
    response,
    offset,
  }
}
