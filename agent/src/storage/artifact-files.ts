/** Artifacts as files named by digest, and a stand-in of the same shape in memory. */
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { OcelliError } from '@ocelli/schemas/errors'
import { type Digest, parseDigest } from '@ocelli/schemas/ids'
import type { ArtifactFiles } from '../ports.ts'

const PARTIAL = '.partial'

/** Keeps artifacts in `folder`, which is made where absent. */
export function fileArtifacts(folder: string): ArtifactFiles {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // A colon is legal in file names here but not on every disk that a card reader meets.
  const path = (digest: Digest) => join(folder, digest.replace(':', '-'))
  const partial = (digest: Digest) => path(digest) + PARTIAL
  return {
    has: (digest) => existsSync(path(digest)),
    read: (digest) => (existsSync(path(digest)) ? readFileSync(path(digest)) : undefined),
    partialBytes: (digest) => statSync(partial(digest), { throwIfNoEntry: false })?.size ?? 0,
    appendPartial(digest, chunk) {
      try {
        appendFileSync(partial(digest), chunk, { mode: 0o600 })
      } catch (cause) {
        if (cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC') {
          throw new OcelliError('storage.full', `no space for artifact ${digest}`, { cause })
        }
        throw cause
      }
    },
    readPartial: (digest) => (existsSync(partial(digest)) ? readFileSync(partial(digest)) : new Uint8Array()),
    finish(digest) {
      if (!existsSync(partial(digest))) appendFileSync(partial(digest), '', { mode: 0o600 })
      sync(partial(digest))
      renameSync(partial(digest), path(digest))
      sync(folder)
    },
    discardPartial: (digest) => rmSync(partial(digest), { force: true }),
    prune(keep) {
      for (const name of readdirSync(folder)) {
        const digest = parseDigest(name.replace(PARTIAL, '').replace('-', ':'))
        if (digest !== undefined && !keep.has(digest)) rmSync(join(folder, name), { force: true })
      }
    },
  }
}

/** Without it a power cut may leave a name whose bytes never reached the disk. */
function sync(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** What the memory adapter keeps; survives a crash of the agent that uses it. */
export interface MemoryArtifactDisk {
  readonly whole: Map<Digest, Uint8Array>
  readonly partial: Map<Digest, Uint8Array>
}

export function memoryArtifacts(disk: MemoryArtifactDisk = { whole: new Map(), partial: new Map() }): ArtifactFiles {
  const partialOf = (digest: Digest) => disk.partial.get(digest) ?? new Uint8Array()
  return {
    has: (digest) => disk.whole.has(digest),
    read: (digest) => disk.whole.get(digest),
    partialBytes: (digest) => partialOf(digest).byteLength,
    appendPartial(digest, chunk) {
      const before = partialOf(digest)
      const after = new Uint8Array(before.byteLength + chunk.byteLength)
      after.set(before)
      after.set(chunk, before.byteLength)
      disk.partial.set(digest, after)
    },
    readPartial: partialOf,
    finish(digest) {
      disk.whole.set(digest, partialOf(digest))
      disk.partial.delete(digest)
    },
    discardPartial: (digest) => void disk.partial.delete(digest),
    prune(keep) {
      for (const map of [disk.whole, disk.partial]) {
        for (const digest of map.keys()) if (!keep.has(digest)) map.delete(digest)
      }
    },
  }
}
