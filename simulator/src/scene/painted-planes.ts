/**
 * Painted backgrounds, kept over restarts: painting those of the demo fleet takes some seconds, during which no device
 * of the process can speak. Only the time to the first frame depends on it; what is read is what would be painted.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface PaintedPlanes {
  /** A plane of so many values; `undefined` where it was not kept. */
  get(key: string, values: number): Float32Array | undefined
  keep(key: string, plane: Float32Array): void
}

/** Fifty devices' worth: a large fleet paints the others anew. */
const MAX_BYTES = 64 * 1024 * 1024
/** What decides about a background, beside its key. */
const SOURCES = ['backdrop.ts', 'camera.ts', 'scene.ts', 'scenes.ts', 'texture.ts', '../random.ts']

/** Planes in a folder of their own. Planes that other sources painted are removed; a folder that cannot be used keeps nothing. */
export function paintedFolder(folder: string, maxBytes = MAX_BYTES): PaintedPlanes {
  const mine = join(folder, sourcesDigest())
  let heldBytes = prepare(folder, mine)
  return {
    get(key, values) {
      try {
        const bytes = readFileSync(pathOf(mine, key))
        if (bytes.byteLength !== 4 * values) return undefined
        return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
      } catch {
        return undefined
      }
    },
    keep(key, plane) {
      if (heldBytes + plane.byteLength > maxBytes) return
      heldBytes += plane.byteLength
      void writeWhole(pathOf(mine, key), new Uint8Array(plane.buffer.slice(0))).catch(() => {})
    },
  }
}

/** The same planes under keys that begin so. */
export function scoped(planes: PaintedPlanes | undefined, scope: string): PaintedPlanes | undefined {
  return (
    planes && {
      get: (key, values) => planes.get(`${scope} ${key}`, values),
      keep: (key, plane) => planes.keep(`${scope} ${key}`, plane),
    }
  )
}

/** Makes the folder, drops what others left, and answers how many bytes it holds. */
function prepare(folder: string, mine: string): number {
  try {
    mkdirSync(mine, { recursive: true })
    for (const name of readdirSync(folder)) {
      if (join(folder, name) !== mine) rmSync(join(folder, name), { recursive: true, force: true })
    }
    return readdirSync(mine).reduce((sum, name) => sum + statSync(join(mine, name)).size, 0)
  } catch {
    return 0
  }
}

function sourcesDigest(): string {
  const hash = createHash('sha256')
  for (const name of SOURCES) hash.update(readFileSync(join(import.meta.dirname, name)))
  return hash.digest('hex').slice(0, 16)
}

const pathOf = (folder: string, key: string) =>
  join(folder, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.f32`)

/** In one step: a process that ends in the middle leaves no half plane under the name. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await writeFile(`${path}.part`, bytes)
  await rename(`${path}.part`, path)
}
