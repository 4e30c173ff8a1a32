/** People who walk in front of a static background, under a light that may change. */
import type { Seed } from '../random.ts'
import { createBackdrop } from './backdrop.ts'
import { type Camera, pixelScale, project } from './camera.ts'
import { createCrowd, type Ground, type Walker } from './crowd.ts'
import { HALF_WIDTH, type Plane, type Pose, paintFigure, paintShadow } from './figure.ts'
import { type Light, whiteIrradiance } from './light.ts'
import type { PaintedPlanes } from './painted-planes.ts'
import type { Scene, Truth, TruthBox, View } from './scene.ts'
import type { Surface } from './texture.ts'

export interface PeopleSceneParts {
  readonly name: string
  readonly camera: Camera
  readonly surface: Surface
  readonly light: Light
  /** Where people walk; absent where nobody does. */
  readonly ground?: Ground
  /** Share of the light that a shadow takes at its middle, 0 to 1. */
  readonly shadowDepth: number
  readonly seed: Seed
  /** Keeps the painted background. */
  readonly painted?: PaintedPlanes | undefined
}

export function createPeopleScene(parts: PeopleSceneParts): Scene {
  const { camera } = parts
  const backdrop = createBackdrop(camera.aspect, parts.surface, parts.painted)
  const crowd = parts.ground ? createCrowd(camera, parts.ground, parts.seed) : { at: () => [] }
  return {
    name: parts.name,
    paint(view, plane) {
      const seconds = Number(view.timeNanos) / 1e9
      const white = whiteIrradiance(parts.light(seconds))
      backdrop.paint(view, white, plane)
      const target: Plane = { ...view, values: plane }
      const figures = crowd.at(seconds).map((walker) => ({ walker, pose: poseOf(camera, view, walker) }))
      for (const { pose } of figures) paintShadow(target, pose, parts.shadowDepth)
      for (const { walker, pose } of figures) paintFigure(target, walker.looks, pose, white)
    },
    truthAt(timeNanos) {
      return truthOf(camera, crowd.at(Number(timeNanos) / 1e9))
    },
  }
}

function poseOf(camera: Camera, view: View, walker: Walker): Pose {
  const foot = project(camera, walker.xMetres, walker.zMetres)
  const scale = pixelScale(camera, view)
  return {
    centrePixels: foot.u * scale.across - scale.left,
    footPixels: foot.v * scale.down - scale.top,
    heightPixels: walker.heightMetres * foot.scale * scale.down,
    stretch: scale.across / scale.down,
    phase: walker.phase,
    swing: walker.swing,
    speedPixelsPerSecond: walker.speedMetresPerSecond * foot.scale * scale.across,
  }
}

interface Extent {
  readonly id: string
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Boxes of all who show, and how much of each does; `walkers` are given far to near. */
function truthOf(camera: Camera, walkers: readonly Walker[]): Truth {
  const extents = walkers.map((walker): Extent => {
    const foot = project(camera, walker.xMetres, walker.zMetres)
    const height = walker.heightMetres * foot.scale
    const half = HALF_WIDTH * height
    return {
      id: walker.id,
      left: (foot.u - half) / camera.aspect,
      right: (foot.u + half) / camera.aspect,
      top: foot.v - height,
      bottom: foot.v,
    }
  })
  const boxes: TruthBox[] = []
  let people = 0
  for (const [index, extent] of extents.entries()) {
    const inside = clipped(extent)
    if (!inside) continue
    const whole = areaOf(extent)
    if (areaOf(inside) >= 0.5 * whole) people++
    const nearer = extents.slice(index + 1)
    const hidden = Math.min(1, nearer.reduce((sum, other) => sum + overlap(inside, other), 0) / areaOf(inside))
    boxes.push({
      id: extent.id,
      class: 'person',
      x: inside.left,
      y: inside.top,
      width: inside.right - inside.left,
      height: inside.bottom - inside.top,
      visibleFraction: (areaOf(inside) / whole) * (1 - hidden),
    })
  }
  return { people, boxes }
}

const areaOf = (extent: Extent) => (extent.right - extent.left) * (extent.bottom - extent.top)

function clipped(extent: Extent): Extent | undefined {
  const left = Math.max(0, extent.left)
  const right = Math.min(1, extent.right)
  const top = Math.max(0, extent.top)
  const bottom = Math.min(1, extent.bottom)
  return right > left && bottom > top ? { id: extent.id, left, right, top, bottom } : undefined
}

function overlap(one: Extent, other: Extent): number {
  const across = Math.min(one.right, other.right) - Math.max(one.left, other.left)
  const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top)
  return across > 0 && down > 0 ? across * down : 0
}
