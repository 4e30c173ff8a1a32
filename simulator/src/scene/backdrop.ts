/** The static part of a scene, painted once for each size and then copied. */
import type { PaintedPlanes } from './painted-planes.ts'
import { type Channel, reflectance, type View } from './scene.ts'
import type { Surface } from './texture.ts'

export interface Backdrop {
  /** Reflectance of the background times `white` into `plane`. */
  paint(view: View, white: number, plane: Float32Array): void
}

/** Sizes kept at once: a few consumers of one imager and the planes of a colour frame. */
const KEPT = 8
/** Width at which the whole field is painted once; smaller frames are averaged from it, which takes a thirtieth of the time. */
const BASE_PIXELS = 640
/** Below it a frame is painted by itself: metering alone must not cost each imager of a large fleet a megabyte. */
const SMALLEST_FROM_BASE = 64

/** `painted` keeps what was painted of this very surface, where there is such a place. */
export function createBackdrop(aspect: number, surface: Surface, painted?: PaintedPlanes): Backdrop {
  const kept = new Map<string, Float32Array>()
  const keep = (view: View, make: () => Float32Array): Float32Array => {
    const key = keyOf(view)
    const held = kept.get(key)
    if (held) return held
    const plane = make()
    const oldest = kept.keys().next()
    if (kept.size >= KEPT && !oldest.done) kept.delete(oldest.value)
    kept.set(key, plane)
    return plane
  }
  const paintAnew = (view: View): Float32Array => {
    const { widthPixels, heightPixels } = view
    // A part of the field was asked for by somebody who may ask for another part next.
    const keeper = isWhole(view) ? painted : undefined
    const earlier = keeper?.get(keyOf(view), widthPixels * heightPixels)
    if (earlier) return earlier
    const plane = paintSurface(aspect, surface, view)
    keeper?.keep(keyOf(view), plane)
    return plane
  }
  const paintedFor = (view: View): Float32Array => {
    const base = { ...view, widthPixels: BASE_PIXELS, heightPixels: Math.round(BASE_PIXELS / aspect) }
    const isLarger = view.widthPixels > base.widthPixels || view.heightPixels > base.heightPixels
    if (!isWhole(view) || isLarger || view.widthPixels < SMALLEST_FROM_BASE) return keep(view, () => paintAnew(view))
    const whole = keep(base, () => paintAnew(base))
    return keep(view, () => averaged(whole, base, view))
  }
  return {
    paint(view, white, plane) {
      const background = paintedFor(view)
      for (let index = 0; index < background.length; index++) plane[index] = (background[index] as number) * white
    },
  }
}

/** Each pixel is the mean of those of the larger plane that lie under it. */
function averaged(from: Float32Array, larger: View, smaller: View): Float32Array {
  const { widthPixels, heightPixels } = smaller
  const out = new Float32Array(widthPixels * heightPixels)
  const across = larger.widthPixels / widthPixels
  const down = larger.heightPixels / heightPixels
  for (let row = 0; row < heightPixels; row++) {
    const top = Math.floor(row * down)
    const bottom = Math.max(top + 1, Math.floor((row + 1) * down))
    for (let column = 0; column < widthPixels; column++) {
      const left = Math.floor(column * across)
      const right = Math.max(left + 1, Math.floor((column + 1) * across))
      let sum = 0
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) sum += from[y * larger.widthPixels + x] as number
      }
      out[row * widthPixels + column] = sum / ((bottom - top) * (right - left))
    }
  }
  return out
}

const isWhole = ({ window }: View) => window.width === 1 && window.height === 1

const keyOf = (view: View) =>
  `${view.widthPixels}x${view.heightPixels} ${view.channel} ${view.window.x} ${view.window.y} ${view.window.width} ${view.window.height}`

function paintSurface(aspect: number, surface: Surface, view: View): Float32Array {
  const { widthPixels, heightPixels, window } = view
  const channel: Channel = view.channel
  // A part of the field in a small frame averages four points a pixel, so that fine patterns do not alias; a larger frame has
  // pixels enough, and its first one must not keep a guest waiting.
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
