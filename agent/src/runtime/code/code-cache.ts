/** Transpiled code on disk, by digest and transpiler version. Losing it costs time, never correctness. */
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '@ocelli/schemas/ids'
import { type ComponentCode, decodeCode, encodeCode, TRANSPILER_VERSION } from './component-code.ts'

export interface CodeCache {
  has(digest: Digest): boolean
  /** `undefined` where there is none or it is damaged; a damaged file is removed. */
  read(digest: Digest): ComponentCode | undefined
  write(code: ComponentCode): void
  /** Removes code of other components, of other transpilers, and half-written files. */
  prune(keep: ReadonlySet<Digest>): void
}

/** A folder with one file per component. Whole files appear by rename, so a power cut leaves the old state or the new. */
export function createCodeCache(directory: string): CodeCache {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const pathOf = (digest: Digest) => join(directory, nameOf(digest))
  return {
    has: (digest) => existsSync(pathOf(digest)),
    read(digest) {
      const bytes = readIfThere(pathOf(digest))
      const code = bytes && decodeCode(bytes, digest)
      if (bytes && !code) rmSync(pathOf(digest), { force: true })
      return code
    },
    write(code) {
      const path = pathOf(code.digest)
      const half = `${path}.${randomBytes(6).toString('hex')}.part`
      const file = openSync(half, 'wx', 0o600)
      try {
        writeWhole(file, encodeCode(code))
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(half, path)
    },
    prune(keep) {
      const kept = new Set([...keep].map(nameOf))
      for (const name of readdirSync(directory)) if (!kept.has(name)) rmSync(join(directory, name), { force: true })
    },
  }
}

function nameOf(digest: Digest): string {
  return `${digest.replace(':', '-')}.${TRANSPILER_VERSION}.code`
}

function writeWhole(file: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length; ) offset += writeSync(file, bytes, offset)
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
