/** JPEG of a grey picture: what leaves a device as an image. */
import { encode } from 'jpeg-js'

/** `luma` in rows of `width`; `quality` 1 to 100. */
export function encodeGray(luma: Uint8Array, width: number, height: number, quality: number): Uint8Array {
  const data = new Uint8Array(4 * luma.length)
  for (let index = 0; index < luma.length; index++) data.fill(luma[index] ?? 0, 4 * index, 4 * index + 3)
  const encoded = encode({ data, width, height }, quality).data
  return new Uint8Array(encoded)
}
