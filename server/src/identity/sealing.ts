/** Seals the authority's secrets for the database: AES-256-GCM under a key file that never leaves the server's disk. */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { OcelliError } from '@ocelli/schemas/errors'
import type { Random } from '../ports.ts'
import type { IdentityStore } from '../store/store.ts'

export const SEALING_KEY_BYTES = 32

/** NIST SP 800-38D: 96-bit nonces are the ones GCM takes as they are. */
const NONCE_BYTES = 12
const TAG_BYTES = 16
const FORMAT = 1

export interface Sealer {
  /** The name is bound in as associated data, so that no secret can be put in another's place. */
  seal(name: string, secret: Uint8Array): Uint8Array
  /** Throws OcelliError `server.internal` where the key is another or the bytes were changed. */
  open(name: string, sealed: Uint8Array): Uint8Array
}

export function createSealer(key: Uint8Array, random: Random): Sealer {
  if (key.byteLength !== SEALING_KEY_BYTES) {
    throw new RangeError(`a sealing key has ${SEALING_KEY_BYTES} bytes, got ${key.byteLength}`)
  }
  return {
    seal(name, secret) {
      const nonce = random.bytes('sealing-nonce', NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      cipher.setAAD(Buffer.from(name))
      const body = Buffer.concat([cipher.update(secret), cipher.final()])
      return Buffer.concat([Buffer.of(FORMAT), nonce, cipher.getAuthTag(), body])
    },
    open(name, sealed) {
      const whole = Buffer.from(sealed)
      const [nonceEnd, tagEnd] = [1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES]
      if (whole[0] !== FORMAT || whole.length < tagEnd) throw notOpened(name)
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, whole.subarray(1, nonceEnd), { authTagLength: TAG_BYTES })
        decipher.setAAD(Buffer.from(name))
        decipher.setAuthTag(whole.subarray(nonceEnd, tagEnd))
        return Buffer.concat([decipher.update(whole.subarray(tagEnd)), decipher.final()])
      } catch (cause) {
        throw notOpened(name, cause)
      }
    },
  }
}

/**
 * The secret of that name, made by `make` where there is none yet. Of several replicas that start at once the first
 * wins and all answer the same.
 */
export async function sealedOnce(
  store: Pick<IdentityStore, 'sealed' | 'putSealedOnce'>,
  sealer: Sealer,
  name: string,
  make: () => Promise<Uint8Array> | Uint8Array,
): Promise<Uint8Array> {
  const found = await store.sealed(name)
  if (found !== undefined) return sealer.open(name, found.sealed)
  const secret = await make()
  if (await store.putSealedOnce({ name, sealed: sealer.seal(name, secret) })) return secret
  const winner = await store.sealed(name)
  if (winner === undefined) throw new Error(`the sealed secret ${name} was refused and is not there`)
  return sealer.open(name, winner.sealed)
}

function notOpened(name: string, cause?: unknown): OcelliError {
  return new OcelliError(
    'server.internal',
    `The sealing key does not open "${name}": is it the key file of this database?`,
    { cause },
  )
}
