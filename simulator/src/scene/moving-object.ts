/** A box that crosses the view again and again, with pauses between: something to move, and a straight edge for physics. */
import { createRandom, type Seed } from '../random.ts'
import { createBackdrop } from './backdrop.ts'
import { type Light, whiteIrradiance } from './light.ts'
import type { PaintedPlanes } from './painted-planes.ts'
import { type Colour, reflectance, type Scene, type View } from './scene.ts'
import type { Surface } from './texture.ts'

export interface MovingObjectParts {
  readonly name: string
  readonly aspect: number
  readonly surface: Surface
  readonly light: Light
  readonly colour: Colour
  /** Size of the object and its upper edge, in fractions of the field of view. */
  readonly widthFraction: number
  readonly heightFraction: number
  readonly topFraction: number
  /** Time that a crossing takes, and the pause after it. */
  readonly crossingSeconds: number
  readonly pauseSeconds: number
  readonly seed: Seed
  /** Keeps the painted background. */
  readonly painted?: PaintedPlanes | undefined
}

export function createMovingObjectScene(parts: MovingObjectParts): Scene {
  const backdrop = createBackdrop(parts.aspect, parts.surface, parts.painted)
  const period = parts.crossingSeconds + parts.pauseSeconds
  const phase = createRandom(parts.seed).between(0, period)
  const speed = (1 + parts.widthFraction) / parts.crossingSeconds // fractions of the width a second
  /** Left edge in fractions of the width, or `undefined` in a pause. */
  const leftAt = (seconds: number): number | undefined => {
    const since = (((seconds + phase) % period) + period) % period
    return since < parts.crossingSeconds ? since * speed - parts.widthFraction : undefined
  }
  return {
    name: parts.name,
    paint(view, plane) {
      const seconds = Number(view.timeNanos) / 1e9
      const white = whiteIrradiance(parts.light(seconds))
      backdrop.paint(view, white, plane)
      const left = leftAt(seconds)
      if (left !== undefined) paintBox(parts, view, left, speed, reflectance(parts.colour, view.channel) * white, plane)
    },
    truthAt(timeNanos) {
      const left = leftAt(Number(timeNanos) / 1e9)
      if (left === undefined) return { people: 0, boxes: [] }
      const from = Math.max(0, left)
      const to = Math.min(1, left + parts.widthFraction)
      if (to <= from) return { people: 0, boxes: [] }
      const box = {
        id: 'object',
        class: 'object' as const,
        x: from,
        y: parts.topFraction,
        width: to - from,
        height: parts.heightFraction,
        visibleFraction: (to - from) / parts.widthFraction,
      }
      return { people: 0, boxes: [box] }
    },
  }
}

/** Each row is exposed later than the one above, so the box leans; each edge is as wide as it moves in one exposure. */
function paintBox(
  parts: MovingObjectParts,
  view: View,
  left: number,
  speed: number,
  light: number,
  plane: Float32Array,
): void {
  const { widthPixels, heightPixels, window } = view
  const row = (fraction: number) => ((fraction - window.y) / window.height) * heightPixels
  const column = (fraction: number) => ((fraction - window.x) / window.width) * widthPixels
  const first = Math.max(0, Math.round(row(parts.topFraction)))
  const last = Math.min(heightPixels, Math.round(row(parts.topFraction + parts.heightFraction)))
  for (let y = first; y < last; y++) {
    const begin = left + speed * view.rowSeconds * y
    const moved = speed * view.exposureSeconds
    const from = Math.max(0, Math.floor(column(begin)))
    const to = Math.min(widthPixels - 1, Math.ceil(column(begin + parts.widthFraction + moved)))
    for (let x = from; x <= to; x++) {
      const at = window.x + ((x + 0.5) / widthPixels) * window.width
      const edge = Math.max(moved, window.width / widthPixels)
      const entered = Math.min(1, Math.max(0, (at - begin) / edge + 0.5))
      const gone = Math.min(1, Math.max(0, (at - begin - parts.widthFraction) / edge + 0.5))
      const cover = entered - gone
      const index = y * widthPixels + x
      const under = plane[index] as number
      plane[index] = under + (light - under) * Math.max(0, cover)
    }
  }
}
