/** Makes a plane of 8-bit luma smaller, by the mean of the pixels that each new one covers. */

export interface Size {
  readonly widthPixels: number
  readonly heightPixels: number
}

/** The size to deliver for a wish: never larger than `native`, in its proportions where only one side is given. */
export function deliveredSize(native: Size, wish: Partial<Size>): Size {
  const { widthPixels, heightPixels } = native
  const width = wish.widthPixels === undefined ? undefined : Math.max(1, Math.min(wish.widthPixels, widthPixels))
  const height = wish.heightPixels === undefined ? undefined : Math.max(1, Math.min(wish.heightPixels, heightPixels))
  if (width !== undefined && height !== undefined) return { widthPixels: width, heightPixels: height }
  if (width !== undefined) {
    return { widthPixels: width, heightPixels: Math.max(1, Math.round((heightPixels * width) / widthPixels)) }
  }
  if (height !== undefined) {
    return { widthPixels: Math.max(1, Math.round((widthPixels * height) / heightPixels)), heightPixels: height }
  }
  return native
}

/** `plane` in rows of `from`, at size `to`, which is not larger in either direction. */
export function shrink(plane: Uint8Array, from: Size, to: Size): Uint8Array {
  if (from.widthPixels === to.widthPixels && from.heightPixels === to.heightPixels) return plane.slice()
  const columns = bounds(from.widthPixels, to.widthPixels)
  const rows = bounds(from.heightPixels, to.heightPixels)
  const result = new Uint8Array(to.widthPixels * to.heightPixels)
  const sums = new Uint32Array(to.widthPixels)
  for (let y = 0; y < to.heightPixels; y++) {
    const top = rows[y] ?? 0
    const bottom = rows[y + 1] ?? 0
    sums.fill(0)
    for (let row = top; row < bottom; row++) addRow(sums, plane, row * from.widthPixels, columns)
    const target = y * to.widthPixels
    for (let x = 0; x < to.widthPixels; x++) {
      const count = ((columns[x + 1] ?? 0) - (columns[x] ?? 0)) * (bottom - top)
      result[target + x] = Math.round((sums[x] ?? 0) / count)
    }
  }
  return result
}

function addRow(sums: Uint32Array, plane: Uint8Array, offset: number, columns: Uint32Array): void {
  for (let x = 0; x < sums.length; x++) {
    let sum = 0
    const end = offset + (columns[x + 1] ?? 0)
    for (let index = offset + (columns[x] ?? 0); index < end; index++) sum += plane[index] ?? 0
    sums[x] = (sums[x] ?? 0) + sum
  }
}

/** Where each of `count` parts of `length` begins, and the end of the last; every part has at least one pixel. */
function bounds(length: number, count: number): Uint32Array {
  return Uint32Array.from({ length: count + 1 }, (_, index) => Math.floor((index * length) / count))
}
