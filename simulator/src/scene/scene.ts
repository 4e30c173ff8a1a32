/** What a scene is: light on the sensor as a function of time, and the truth about what is in view. */
import type { FieldWindow } from '../imager/pixel-map.ts'

/** The colour planes that a scene can be painted in; `luma` is what a monochrome sensor or a luma plane sees. */
export type Channel = 'luma' | 'red' | 'green' | 'blue'

/** A reflectance by colour, each 0 to 1. */
export interface Colour {
  readonly red: number
  readonly green: number
  readonly blue: number
}

/** How a plane is to be painted. */
export interface View {
  readonly widthPixels: number
  readonly heightPixels: number
  /** The part of the field of view that the frame shows. */
  readonly window: FieldWindow
  readonly channel: Channel
  /** Start of the exposure of the first row, in nanoseconds of the device's monotonic clock. */
  readonly timeNanos: bigint
  /** Time between the starts of the exposure of two rows of the frame, in seconds: the rolling shutter. */
  readonly rowSeconds: number
  /** Exposure time in seconds: what moves is blurred along its way. */
  readonly exposureSeconds: number
}

/** Something in view. Coordinates are fractions of the width and height of the whole field of view, clipped to it. */
export interface TruthBox {
  /** The same for one person or object as long as it is in the scene. */
  readonly id: string
  readonly class: 'person' | 'object'
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** Share of the whole body that is inside the field and not behind somebody nearer, 0 to 1. */
  readonly visibleFraction: number
}

/** What is truly in view at one time. */
export interface Truth {
  /** People at least half inside the field of view. */
  readonly people: number
  readonly boxes: readonly TruthBox[]
}

/** Everything is a function of the seed and of time: asking twice, or out of order, gives the same. */
export interface Scene {
  readonly name: string
  /** Light in photons a second and square micrometre on the sensor, one value a pixel, into `plane`. */
  paint(view: View, plane: Float32Array): void
  truthAt(timeNanos: bigint): Truth
}

/** The weights of ITU-R BT.601 luma. */
export function reflectance(colour: Colour, channel: Channel): number {
  return channel === 'luma' ? 0.299 * colour.red + 0.587 * colour.green + 0.114 * colour.blue : colour[channel]
}
