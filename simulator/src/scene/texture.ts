/** Static surfaces: what the camera sees when nobody is there, as a reflectance for each point of the picture. */
import type { Seed } from '../random.ts'
import type { Camera } from './camera.ts'
import type { Colour } from './scene.ts'

/** Reflectance at picture coordinates (heights of the field of view). */
export type Surface = (u: number, v: number) => Colour

/** Smooth noise in two dimensions, about -1 to 1, from random values on a lattice (value noise, Perlin 1985). */
export function valueNoise(seed: Seed): (x: number, y: number) => number {
  const lattice = (x: number, y: number) => {
    let value = seed[0] ^ Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1)
    value = Math.imul(value ^ (value >>> 15), 0x85ebca6b)
    value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
    return ((value ^ (value >>> 16)) >>> 0) / 2 ** 31 - 1
  }
  const smooth = (t: number) => t * t * (3 - 2 * t)
  return (x, y) => {
    const left = Math.floor(x)
    const top = Math.floor(y)
    const across = smooth(x - left)
    const down = smooth(y - top)
    const upper = lattice(left, top) * (1 - across) + lattice(left + 1, top) * across
    const lower = lattice(left, top + 1) * (1 - across) + lattice(left + 1, top + 1) * across
    return upper * (1 - down) + lower * down
  }
}

const grey = (level: number, warmth = 0): Colour => ({
  red: level * (1 + warmth),
  green: level,
  blue: level * (1 - warmth),
})
const scaled = (colour: Colour, factor: number): Colour => ({
  red: colour.red * factor,
  green: colour.green * factor,
  blue: colour.blue * factor,
})

/** The ground point under a picture point below the horizon. */
function groundAt(camera: Camera, u: number, v: number): { x: number; z: number } {
  const z = (camera.focal * camera.heightMetres) / (v - camera.horizon)
  return { x: ((u - camera.aspect / 2) * z) / camera.focal, z }
}

/** A pattern finer than a pixel is not to be seen: fades to 0 with distance. */
const fade = (z: number, fineMetres: number) => Math.max(0, 1 - z / (fineMetres * 160))

/** A railway platform: paving with joints, a bright line at the edge of the track bed, a tiled back wall with posts and a bench. */
export function platformSurface(camera: Camera, wallMetres: number, seed: Seed): Surface {
  const stain = valueNoise(seed)
  const wallFoot = camera.horizon + (camera.focal * camera.heightMetres) / wallMetres
  return (u, v) => {
    if (v < wallFoot) {
      const x = ((u - camera.aspect / 2) * wallMetres) / camera.focal
      const height = ((wallFoot - v) * wallMetres) / camera.focal
      return platformWall(x, height, stain)
    }
    const { x, z } = groundAt(camera, u, v)
    const dirt = 1 + 0.1 * stain(x * 1.7, z * 1.7) + 0.05 * stain(x * 7, z * 7) * fade(z, 0.1)
    if (x > 3.6 + 0.0 * z) return scaled(grey(0.11, 0.05), dirt * (0.9 + 0.2 * stain(x * 9, z * 9) * fade(z, 0.1)))
    if (x > 3.0 && x < 3.3) return scaled({ red: 0.6, green: 0.52, blue: 0.16 }, dirt)
    const joint = jointed(x, z, 0.9, 0.03) * fade(z, 0.12)
    return scaled(grey(0.3, 0.03), dirt * (1 - 0.35 * joint))
  }
}

function platformWall(x: number, height: number, stain: (x: number, y: number) => number): Colour {
  const dirt = 1 + 0.08 * stain(x * 0.8, height * 0.8)
  const post = Math.abs(x - 4 * Math.round(x / 4))
  if (post < 0.16) return scaled(grey(0.16, -0.05), 1 - 1.5 * post)
  if (height > 3.6) return scaled(grey(0.1), dirt) // under the roof
  if (height > 1.3 && height < 2.3 && x > -2.9 && x < -1.1) {
    // a poster
    return { red: 0.5 + 0.2 * stain(x * 3, height * 3), green: 0.4, blue: 0.35 + 0.2 * stain(x * 2 + 9, height * 2) }
  }
  if (height < 0.12) return grey(0.12)
  return scaled(grey(0.38, 0.04), dirt * (1 - 0.12 * jointed(x, height, 0.5, 0.04)))
}

/** A yard: asphalt with lines of parking bays, a brick building with windows and a hedge. */
export function yardSurface(camera: Camera, wallMetres: number, seed: Seed): Surface {
  const stain = valueNoise(seed)
  const wallFoot = camera.horizon + (camera.focal * camera.heightMetres) / wallMetres
  return (u, v) => {
    if (v < wallFoot) {
      const x = ((u - camera.aspect / 2) * wallMetres) / camera.focal
      const height = ((wallFoot - v) * wallMetres) / camera.focal
      return yardBack(x, height, stain)
    }
    const { x, z } = groundAt(camera, u, v)
    const grain = 0.16 * stain(x * 16, z * 16) * fade(z, 0.06) + 0.12 * stain(x * 0.9, z * 0.9)
    const line = Math.abs(x - 2.6 * Math.round(x / 2.6)) < 0.06 && z > 7 && z < 12
    if (line) return scaled(grey(0.5), 1 + grain)
    return scaled(grey(0.2, 0.01), 1 + grain)
  }
}

function yardBack(x: number, height: number, stain: (x: number, y: number) => number): Colour {
  if (x > 3.5 && height < 1.4 + 0.25 * stain(x * 2, 0)) {
    const leaf = 1 + 0.45 * stain(x * 8, height * 8)
    return { red: 0.08 * leaf, green: 0.15 * leaf, blue: 0.06 * leaf }
  }
  if (height > 5.5) return { red: 0.75, green: 0.8, blue: 0.9 } // sky
  const column = x - 3 * Math.round(x / 3)
  const storey = height % 2.8
  if (Math.abs(column) < 0.6 && storey > 1 && storey < 2.2) {
    return Math.abs(column) < 0.03 || Math.abs(storey - 1.6) < 0.03
      ? grey(0.6)
      : { red: 0.07, green: 0.09, blue: 0.12 + 0.03 * stain(x, height) }
  }
  const bricks = jointed(x + (Math.floor(height / 0.15) % 2) * 0.2, height, 0.4, 0.02)
  const tone = 1 + 0.12 * stain(x * 3, height * 5)
  return scaled({ red: 0.34, green: 0.2, blue: 0.15 }, tone * (1 + 0.15 * bricks))
}

/** A corridor without people: light walls, a dark floor, a door at the end. */
export function corridorSurface(camera: Camera, seed: Seed): Surface {
  const stain = valueNoise(seed)
  const end = 14
  const halfWidth = 1.6
  const ceiling = 2.8 - camera.heightMetres
  return (u, v) => {
    const x = (u - camera.aspect / 2) / camera.focal
    const y = (v - camera.horizon) / camera.focal // down, for each metre of distance
    const side = halfWidth / Math.max(1e-6, Math.abs(x))
    const floor = y > 0 ? camera.heightMetres / y : ceiling / Math.max(1e-6, -y)
    const z = Math.min(end, side, floor)
    const dirt = 1 + 0.06 * stain(x * z * 2, y * z * 2)
    const depth = 1 - 0.03 * z
    if (z === end) {
      const door = Math.abs(x * end) < 0.55 && camera.heightMetres - y * end < 2.1
      return scaled(door ? { red: 0.22, green: 0.15, blue: 0.1 } : grey(0.45), dirt * depth)
    }
    if (z === side) return scaled(grey(0.5, 0.03), dirt * depth)
    if (y > 0) return scaled(grey(0.22), dirt * depth * (1 - 0.2 * jointed(x * z, z, 0.6, 0.02) * fade(z, 0.1)))
    const lamp = Math.abs(x * z) < 0.3 && z % 3 < 1
    return lamp ? grey(0.95) : scaled(grey(0.55), dirt * depth)
  }
}

/** 1 on the joints between square tiles, 0 elsewhere. */
function jointed(x: number, y: number, tileMetres: number, jointMetres: number): number {
  const across = x / tileMetres - Math.floor(x / tileMetres)
  const down = y / tileMetres - Math.floor(y / tileMetres)
  const joint = jointMetres / tileMetres
  return across < joint || down < joint ? 1 : 0
}
