/** Writes a picture file that any viewer opens (PNG, ISO/IEC 15948): 8 bits a sample, one or three samples a pixel. */
import { crc32, deflateSync } from 'node:zlib'

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

export function encodePng(pixels: Uint8Array, widthPixels: number, heightPixels: number, samples: 1 | 3): Uint8Array {
  const header = new DataView(new ArrayBuffer(13))
  header.setUint32(0, widthPixels)
  header.setUint32(4, heightPixels)
  header.setUint8(8, 8)
  header.setUint8(9, samples === 1 ? 0 : 2)
  const stride = widthPixels * samples
  const rows = new Uint8Array((stride + 1) * heightPixels)
  for (let row = 0; row < heightPixels; row++) {
    rows.set(pixels.subarray(row * stride, (row + 1) * stride), row * (stride + 1) + 1)
  }
  const chunks = [
    chunk('IHDR', new Uint8Array(header.buffer)),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', new Uint8Array()),
  ]
  return Buffer.concat([SIGNATURE, ...chunks])
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}
