/** `cameras.json` in the data folder: the cameras of this device that do not announce themselves. Readable by its owner only. */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { OcelliError } from '@ocelli/schemas/errors'
import { validator } from '@ocelli/schemas/message'
import { Type } from '@ocelli/schemas/typebox'
import { type CameraSource, parseCamera } from './camera-source.ts'

const CameraFile = Type.Object({
  cameras: Type.Array(Type.Object({ id: Type.Optional(Type.String()), source: Type.String() }), { maxItems: 64 }),
})
const readFile = validator(CameraFile)

export const cameraFilePath = (dataDir: string): string => join(dataDir, 'cameras.json')

/** The configured cameras; none where there is no file. Throws a coded error where the file is not as documented. */
export function loadCameras(dataDir: string): CameraSource[] {
  const path = cameraFilePath(dataDir)
  if (!existsSync(path)) return []
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    // The parser's own message quotes the file, which may hold a password.
    throw new OcelliError('message.malformed', `${path} is not JSON`)
  }
  const read = readFile(json)
  if (!read.ok) throw new OcelliError(read.code, `${path}: ${read.message}`)
  const cameras = read.value.cameras.map(({ id, source }) => parseCamera(source, id))
  const ids = new Set(cameras.map((camera) => camera.id))
  if (ids.size < cameras.length) throw new OcelliError('message.invalid', `${path} names one imager id twice`)
  return cameras
}

/** Adds cameras, as people write them, to the file. */
export function addCameras(dataDir: string, sources: readonly string[]): void {
  if (sources.length === 0) return
  const held = loadCameras(dataDir).map(({ id, kind, input }) => ({
    id,
    source: kind === 'file' ? `file:${input}` : input,
  }))
  const added = sources.map((source) => {
    const camera = parseCamera(source)
    return { id: camera.id, source: camera.kind === 'file' ? `file:${camera.input}` : camera.input }
  })
  const cameras = [...held.filter(({ id }) => !added.some((camera) => camera.id === id)), ...added]
  const path = cameraFilePath(dataDir)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(`${path}.new`, `${JSON.stringify({ cameras }, null, 2)}\n`, { mode: 0o600 })
  chmodSync(`${path}.new`, 0o600)
  renameSync(`${path}.new`, path)
}
