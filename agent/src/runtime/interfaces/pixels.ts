/** Layouts of planes: their contract names, their luma, and regions of them. Pure. */
import type { PixelFormat } from '@ocelli/schemas/messages/inventory'
import type { Region } from '../../imager/imager.ts'

export interface PlaneShape {
  readonly widthPixels: number
  readonly heightPixels: number
  readonly format: PixelFormat
}

/** The contract's name for a layout. Planar 4:2:0 reaches guests as NV12 (see `guestPlane`). */
export function witFormat(format: PixelFormat): string {
  if (format === 'yuv420') return 'nv12'
  return format === 'unknown' ? 'gray8' : format
}

/** A plane as guests get it: planar 4:2:0 (I420) with its colour planes interleaved, all else as it is. */
export function guestPlane(plane: Uint8Array, shape: PlaneShape): Uint8Array {
  if (shape.format !== 'yuv420') return plane
  const luma = shape.widthPixels * shape.heightPixels
  const quarter = Math.ceil(shape.widthPixels / 2) * Math.ceil(shape.heightPixels / 2)
  const out = new Uint8Array(luma + 2 * quarter)
  out.set(plane.subarray(0, luma))
  for (let index = 0; index < quarter; index++) {
    out[luma + 2 * index] = plane[luma + index] ?? 0
    out[luma + 2 * index + 1] = plane[luma + quarter + index] ?? 0
  }
  return out
}

/** Why a region is not inside the frame; `undefined` where it is. */
export function checkRegion(region: Region, shape: Omit<PlaneShape, 'format'>): string | undefined {
  const { x, y, width, height } = region
  if (width < 1 || height < 1) return `width ${width} and height ${height} must be at least 1`
  if (x + width > shape.widthPixels) return `x ${x} + width ${width} exceeds the frame width ${shape.widthPixels}`
  if (y + height > shape.heightPixels) return `y ${y} + height ${height} exceeds the frame height ${shape.heightPixels}`
  return undefined
}

/** Luma (0 to 255) of every `step`-th pixel of every `step`-th row of a region that lies inside the plane. */
export function lumaRegion(plane: Uint8Array, shape: PlaneShape, region: Region, step: number): Uint8Array {
  const columns = Math.ceil(region.width / step)
  const rows = Math.ceil(region.height / step)
  const out = new Uint8Array(columns * rows)
  const luma = lumaOf(plane, shape)
  for (let row = 0; row < rows; row++) {
    const y = region.y + row * step
    if (step === 1 && isLumaPlane(shape.format)) {
      const start = y * shape.widthPixels + region.x
      out.set(plane.subarray(start, start + columns), row * columns)
      continue
    }
    for (let column = 0; column < columns; column++) out[row * columns + column] = luma(region.x + column * step, y)
  }
  return out
}

function isLumaPlane(format: PixelFormat): boolean {
  return format === 'gray8' || format === 'yuv420' || format === 'unknown'
}

function lumaOf(plane: Uint8Array, shape: PlaneShape): (x: number, y: number) => number {
  const { widthPixels: width, heightPixels: height } = shape
  const at = (index: number): number => plane[index] ?? 0
  const tenBits = (x: number, y: number): number => {
    const index = 2 * (y * width + x)
    return (at(index) | (at(index + 1) << 8)) >> 2
  }
  const eightBits = (x: number, y: number): number => at(y * width + x)
  switch (shape.format) {
    case 'gray10':
      return tenBits
    case 'rgb8':
      return (x, y) => {
        const index = 3 * (y * width + x)
        // ITU-R BT.601 weights in 1/256.
        return (77 * at(index) + 150 * at(index + 1) + 29 * at(index + 2)) >> 8
      }
    case 'bayer-rggb8':
      return quad(eightBits, width, height)
    case 'bayer-rggb10':
      return quad(tenBits, width, height)
    default:
      return eightBits
  }
}

/** A mosaic pixel has one colour only: its luma is that of its square of red, two greens and blue. */
function quad(
  sample: (x: number, y: number) => number,
  width: number,
  height: number,
): (x: number, y: number) => number {
  return (x, y) => {
    const left = Math.min(x & ~1, Math.max(0, width - 2))
    const top = Math.min(y & ~1, Math.max(0, height - 2))
    const sum = sample(left, top) + sample(left + 1, top) + sample(left, top + 1) + sample(left + 1, top + 1)
    return sum >> 2
  }
}
