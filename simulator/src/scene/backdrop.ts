/** The static part of a scene, painted once for each size and then copied. */
import { type Channel, reflectance, type View } from './scene.ts'
import type { Surface } from './texture.ts'

export interface Backdrop {
  /** Reflectance of the background times `white` into `plane`. */
  paint(view: View, white: number, plane: Float32Array): void
}

/** Sizes kept at once: a few consumers of one imager and the planes of a colour frame. */
const KEPT = 6

export function createBackdrop(aspect: number, surface: Surface): Backdrop {
  const kept = new Map<string, Float32Array>()
  return {
    paint(view, white, plane) {
      const key = keyOf(view)
      let painted = kept.get(key)
      if (!painted) {
        painted = paintSurface(aspect, surface, view)
        const oldest = kept.keys().next()
        if (kept.size >= KEPT && !oldest.done) kept.delete(oldest.value)
        kept.set(key, painted)
      }
      for (let index = 0; index < painted.length; index++) plane[index] = (painted[index] as number) * white
    },
  }
}

const keyOf = (view: View) =>
  `${view.widthPixels}x${view.heightPixels} ${view.channel} ${view.window.x} ${view.window.y} ${view.window.width} ${view.window.height}`

function paintSurface(aspect: number, surface: Surface, view: View): Float32Array {
  const { widthPixels, heightPixels, window } = view
  const channel: Channel = view.channel
  // Small frames average four points a pixel, so that fine patterns do not alias; a larger one has pixels enough, and its
  // first frame must not keep a guest waiting.
  const points = widthPixels * heightPixels > 150_000 ? [0.5] : [0.25, 0.75]
  const share = 1 / points.length ** 2
  const plane = new Float32Array(widthPixels * heightPixels)
  for (let row = 0; row < heightPixels; row++) {
    for (let column = 0; column < widthPixels; column++) {
      let sum = 0
      for (const down of points) {
        const v = window.y + ((row + down) / heightPixels) * window.height
        for (const across of points) {
          const u = (window.x + ((column + across) / widthPixels) * window.width) * aspect
          sum += reflectance(surface(u, v), channel)
        }
      }
      plane[row * widthPixels + column] = sum * share
    }
  }
  return plane
}
