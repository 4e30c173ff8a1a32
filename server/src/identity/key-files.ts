/** Keys that live in files, readable by their owner only: the root, the sealing key, the operator's root key. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPrivateKey } from '@ocelli/schemas/signing'
import type { Random } from '../ports.ts'
import { SEALING_KEY_BYTES } from './sealing.ts'

export const KEY_FILE_NAMES = {
  /** Private key of the root certificate, PEM. May be taken offline once the issuing certificate exists. */
  root: 'root.key',
  /** AES-256 key, base64. Every replica of one database needs the same. */
  sealing: 'sealing.key',
  /** Ed25519 key that signs trust documents, PEM. Belongs to the operator; beside the server only in development. */
  operator: 'operator-root.key',
} as const

export interface KeyFiles {
  /** The text of a key file; `undefined` where there is none. */
  read(name: string): string | undefined
  /** Writes a file that nobody else can read. False where it exists: a key is never overwritten. */
  create(name: string, text: string): boolean
}

/** Key files in one folder, which is made where absent. */
export function openKeyFiles(folder: string): KeyFiles {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  return {
    read(name) {
      try {
        return readFileSync(join(folder, name), 'utf8')
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return undefined
        throw error
      }
    },
    create(name, text) {
      try {
        writeFileSync(join(folder, name), text, { mode: 0o600, flag: 'wx', flush: true })
        return true
      } catch (error) {
        if (hasCode(error, 'EEXIST')) return false
        throw error
      }
    },
  }
}

/** The sealing key, made at the first start. */
export function sealingKey(files: KeyFiles, random: Random): Uint8Array {
  const text = readOrCreate(files, KEY_FILE_NAMES.sealing, () =>
    Buffer.from(random.bytes('sealing-key', SEALING_KEY_BYTES)).toString('base64'),
  )
  const key = Buffer.from(text.trim(), 'base64')
  if (key.byteLength !== SEALING_KEY_BYTES) {
    throw new Error(`${KEY_FILE_NAMES.sealing} does not hold ${SEALING_KEY_BYTES} bytes in base64`)
  }
  return key
}

/** The operator's key in these files, or `undefined`. Throws where the file holds no Ed25519 key. */
export function operatorKey(files: KeyFiles): KeyObject | undefined {
  const pem = files.read(KEY_FILE_NAMES.operator)
  return pem === undefined ? undefined : readPrivateKey(pem)
}

/** The operator's key, made where there is none: a development root, as it lies beside the server. */
export function developmentOperatorKey(files: KeyFiles): KeyObject {
  return readPrivateKey(readOrCreate(files, KEY_FILE_NAMES.operator, makeEd25519Pem))
}

/** A new Ed25519 private key in PEM. */
export function makeEd25519Pem(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function readOrCreate(files: KeyFiles, name: string, make: () => string): string {
  const found = files.read(name)
  if (found !== undefined) return found
  const text = make()
  if (files.create(name, text)) return text
  const winner = files.read(name)
  if (winner === undefined) throw new Error(`${name} exists and cannot be read`)
  return winner
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
