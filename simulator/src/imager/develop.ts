/** From raw numbers to the layouts that a consumer can ask for: what the image processor behind a sensor does. */
import type { Region } from '@ocelli/agent/imager/imager'
import type { PixelFormat } from '@ocelli/schemas/messages/inventory'

/** The levels and curve of a sensor's 8-bit output. */
export interface Tone {
  readonly blackLevelDn: number
  readonly maxDn: number
  readonly curve: 'video' | 'linear'
}

/** Bytes of one pixel of the first plane. */
export function bytesPerPixel(format: PixelFormat): number {
  return format === 'rgb8' ? 3 : format === 'gray10' || format === 'bayer-rggb10' ? 2 : 1
}

/** Numbers of `maxDn` down to 8 bits, by `video` tone with the level above black taken `gain` times (white balance). */
export function toneTable(tone: Tone, gain = 1): Uint8Array {
  const range = tone.maxDn - tone.blackLevelDn
  return Uint8Array.from({ length: tone.maxDn + 1 }, (_, dn) => {
    if (tone.curve === 'linear') return Math.round((dn * 255) / tone.maxDn)
    const level = Math.min(1, Math.max(0, ((dn - tone.blackLevelDn) * gain) / range))
    return Math.round(255 * videoCurve(level))
  })
}

/** The transfer curve of sRGB (IEC 61966-2-1), for a level from 0 to 1. */
export function videoCurve(level: number): number {
  return level <= 0.0031308 ? 12.92 * level : 1.055 * level ** (1 / 2.4) - 0.055
}

/** One plane through a tone table. */
export function toBytes(dn: Uint16Array, table: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(dn.length)
  for (let index = 0; index < dn.length; index++) bytes[index] = table[dn[index] as number] as number
  return bytes
}

/** 16 bits a sample, little endian. */
export function toLittleEndian(dn: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(dn.length * 2)
  for (let index = 0; index < dn.length; index++) {
    const value = dn[index] as number
    bytes[2 * index] = value & 0xff
    bytes[2 * index + 1] = value >> 8
  }
  return bytes
}

/** Three planes of bytes to red, green, blue for each pixel. */
export function interleave(red: Uint8Array, green: Uint8Array, blue: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(red.length * 3)
  for (let index = 0; index < red.length; index++) {
    bytes[3 * index] = red[index] as number
    bytes[3 * index + 1] = green[index] as number
    bytes[3 * index + 2] = blue[index] as number
  }
  return bytes
}

/**
 * Planar YUV 4:2:0 (I420: luma, then blue difference, then red difference at half size), full range, by the JPEG (JFIF)
 * form of ITU-R BT.601. Odd sizes round the half size up.
 */
export function toYuv420(rgb: Uint8Array, width: number, height: number): Uint8Array {
  const halfWidth = (width + 1) >> 1
  const halfHeight = (height + 1) >> 1
  const bytes = new Uint8Array(width * height + 2 * halfWidth * halfHeight)
  for (let index = 0; index < width * height; index++) {
    bytes[index] = Math.round(
      0.299 * (rgb[3 * index] as number) +
        0.587 * (rgb[3 * index + 1] as number) +
        0.114 * (rgb[3 * index + 2] as number),
    )
  }
  const blueAt = width * height
  const redAt = blueAt + halfWidth * halfHeight
  for (let row = 0; row < halfHeight; row++) {
    for (let column = 0; column < halfWidth; column++) {
      const at = 3 * (2 * row * width + 2 * column)
      const [red, green, blue] = [rgb[at] as number, rgb[at + 1] as number, rgb[at + 2] as number]
      const index = row * halfWidth + column
      bytes[blueAt + index] = clampByte(128 - 0.168736 * red - 0.331264 * green + 0.5 * blue)
      bytes[redAt + index] = clampByte(128 + 0.5 * red - 0.418688 * green - 0.081312 * blue)
    }
  }
  return bytes
}

/**
 * Every `step`-th pixel in both directions of a region of a frame, in the frame's own layout (of `yuv420` the luma).
 * Throws RangeError where the region leaves the frame or a number is not a whole one in range.
 */
export function subsample(
  frame: { readonly bytes: Uint8Array; readonly widthPixels: number; readonly heightPixels: number },
  format: PixelFormat,
  region: Region,
  step: number,
): Uint8Array {
  const { x, y, width, height } = region
  for (const [name, value, least, most] of [
    ['x', x, 0, frame.widthPixels - 1],
    ['y', y, 0, frame.heightPixels - 1],
    ['width', width, 1, frame.widthPixels - x],
    ['height', height, 1, frame.heightPixels - y],
    ['step', step, 1, 65_535],
  ] as const) {
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new RangeError(`${name} ${value} is not a whole number from ${least} to ${most}`)
    }
  }
  const size = bytesPerPixel(format)
  const columns = Math.ceil(width / step)
  const rows = Math.ceil(height / step)
  const out = new Uint8Array(columns * rows * size)
  let at = 0
  for (let row = 0; row < rows; row++) {
    let from = ((y + row * step) * frame.widthPixels + x) * size
    if (step === 1) {
      out.set(frame.bytes.subarray(from, from + width * size), at)
      at += width * size
      continue
    }
    for (let column = 0; column < columns; column++, from += step * size) {
      for (let byte = 0; byte < size; byte++) out[at++] = frame.bytes[from + byte] as number
    }
  }
  return out
}

const clampByte = (value: number) => Math.min(255, Math.max(0, Math.round(value)))
