/** Paints one upright walking person, row by row: rows are spans, so a figure costs little more than its pixels. */
import { type Channel, type Colour, reflectance } from './scene.ts'

/** How somebody looks. Lengths are in body heights. */
export interface Looks {
  readonly hair: Colour
  readonly skin: Colour
  readonly top: Colour
  readonly trousers: Colour
  readonly shoes: Colour
}

/** Where and how somebody is drawn, in pixels of the plane. */
export interface Pose {
  readonly centrePixels: number
  readonly footPixels: number
  readonly heightPixels: number
  /** Pixels across for each pixel down, where pixels are not square. */
  readonly stretch: number
  /** Phase of the walk in radians, and how far the legs swing, 0 (standing) to 1. */
  readonly phase: number
  readonly swing: number
  /** Speed across in pixels a second: rows that are read later see the person further on. */
  readonly speedPixelsPerSecond: number
}

export interface Plane {
  readonly values: Float32Array
  readonly widthPixels: number
  readonly heightPixels: number
  readonly channel: Channel
  readonly rowSeconds: number
  readonly exposureSeconds: number
}

/** Half of the widest part of a body with swinging arms and legs, in body heights. */
export const HALF_WIDTH = 0.17

/** Light from the upper left: the side that faces it is brighter. */
const SIDE_LIGHT = 0.16

/** Paints the person over what is there, in light that makes white `white`. */
export function paintFigure(plane: Plane, looks: Looks, pose: Pose, white: number): void {
  const top = Math.max(0, Math.floor(pose.footPixels - pose.heightPixels))
  const bottom = Math.min(plane.heightPixels - 1, Math.ceil(pose.footPixels))
  const shade = (colour: Colour) => reflectance(colour, plane.channel) * white
  const hair = shade(looks.hair)
  const skin = shade(looks.skin)
  const shirt = shade(looks.top)
  const sleeve = shirt * 0.88
  const cloth = shade(looks.trousers)
  const shoe = shade(looks.shoes)
  const blur = Math.abs(pose.speedPixelsPerSecond) * plane.exposureSeconds
  const stride = Math.sin(pose.phase) * pose.swing
  const lean = Math.cos(pose.phase) * pose.swing

  for (let row = top; row <= bottom; row++) {
    const y = (pose.footPixels - (row + 0.5)) / pose.heightPixels // 0 at the feet, 1 at the crown
    if (y < 0 || y > 1) continue
    const centre = pose.centrePixels + pose.speedPixelsPerSecond * plane.rowSeconds * row
    const span = (at: number, half: number, light: number) =>
      paintSpan(
        plane,
        row,
        centre + at * pose.heightPixels * pose.stretch,
        half * pose.heightPixels * pose.stretch,
        blur,
        light,
      )

    if (y < 0.5) {
      const reach = (0.5 - y) / 0.5
      const half = 0.034 + 0.026 * (y / 0.5)
      const light = y < 0.045 ? shoe : cloth
      const wide = y < 0.045 ? half + 0.018 : half
      span(-0.03 - 0.115 * stride * reach, wide, light * 0.86) // the leg behind
      span(0.03 + 0.115 * stride * reach, wide, light)
    }
    if (y > 0.42 && y < 0.81) {
      const reach = (0.81 - y) / 0.39
      const light = y < 0.47 ? skin : sleeve
      span(-0.108 - 0.025 * reach + 0.07 * stride * reach, 0.025, light)
      span(0.108 + 0.025 * reach - 0.07 * stride * reach, 0.025, light)
    }
    if (y > 0.45 && y < 0.85) {
      const along = (y - 0.45) / 0.4
      const shoulder = y > 0.8 ? Math.sqrt(Math.max(0, 1 - ((y - 0.8) / 0.05) ** 2)) : 1
      span(0.008 * lean, (0.078 + 0.036 * along) * (0.45 + 0.55 * shoulder), shirt)
    }
    if (y >= 0.84 && y < 0.88) span(0.008 * lean, 0.028, skin * 0.85)
    if (y > 0.86) {
      const half = 0.052 * Math.sqrt(Math.max(0, 1 - ((y - 0.93) / 0.07) ** 2))
      span(0.012 * lean, half, y > 0.945 ? hair : skin)
    }
  }
}

/** One row of one part of the body: round in shade, soft at the edges by the pixel grid and by motion. */
function paintSpan(plane: Plane, row: number, centre: number, half: number, blur: number, light: number): void {
  if (half <= 0) return
  const ramp = Math.max(blur, 1)
  const left = centre - half
  const right = centre + half
  const from = Math.max(0, Math.floor(left - ramp))
  const to = Math.min(plane.widthPixels - 1, Math.ceil(right + ramp))
  const { values } = plane
  const base = row * plane.widthPixels
  for (let column = from; column <= to; column++) {
    const at = column + 0.5
    const inLeft = (at - left) / ramp + 0.5
    const inRight = (right - at) / ramp + 0.5
    if (inLeft <= 0 || inRight <= 0) continue
    const cover = Math.min(inLeft, 1) * Math.min(inRight, 1)
    const side = (at - centre) / half
    const lit = light * (1 - SIDE_LIGHT * side - 0.12 * side * side)
    const under = values[base + column] as number
    values[base + column] = under + (lit - under) * cover
  }
}

/** A soft shadow on the ground to the right of the feet; `depth` is the share of light that it takes, 0 to 1. */
export function paintShadow(plane: Plane, pose: Pose, depth: number): void {
  const halfAcross = 0.24 * pose.heightPixels * pose.stretch
  const halfDown = 0.05 * pose.heightPixels
  const centreDown = pose.footPixels
  const from = Math.max(0, Math.floor(centreDown - halfDown))
  const to = Math.min(plane.heightPixels - 1, Math.ceil(centreDown + halfDown))
  for (let row = from; row <= to; row++) {
    const centre = pose.centrePixels + 0.6 * halfAcross + pose.speedPixelsPerSecond * plane.rowSeconds * row
    const down = (row + 0.5 - centreDown) / halfDown
    const first = Math.max(0, Math.floor(centre - halfAcross))
    const last = Math.min(plane.widthPixels - 1, Math.ceil(centre + halfAcross))
    for (let column = first; column <= last; column++) {
      const across = (column + 0.5 - centre) / halfAcross
      const inside = 1 - down * down - across * across
      if (inside <= 0) continue
      const index = row * plane.widthPixels + column
      plane.values[index] = (plane.values[index] as number) * (1 - depth * inside)
    }
  }
}
