/** The crypto port on OpenSSL, through Node. */
import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto'
import type { Digest } from '@ocelli/schemas/ids'
import type { Crypto } from '../ports.ts'

/** A device trusts a handful of keys; who has more reads them again. */
const MAX_KEYS = 64

export function nodeCrypto(): Crypto {
  const keys = new Map<string, KeyObject | undefined>()
  const keyOf = (text: string) => {
    if (keys.has(text)) return keys.get(text)
    if (keys.size >= MAX_KEYS) keys.clear()
    const key = readKey(text)
    keys.set(text, key)
    return key
  }
  return {
    sha256: (bytes) => `sha256:${hash('sha256', bytes, 'hex')}` as Digest,
    verifyEd25519(publicKey, message, signature) {
      const key = keyOf(publicKey)
      return key !== undefined && verify(null, message, key, Buffer.from(signature, 'base64'))
    },
  }
}

function readKey(text: string): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })
    // Another kind of key would verify by another algorithm than the one that the documents promise.
    return key.asymmetricKeyType === 'ed25519' ? key : undefined
  } catch {
    return undefined
  }
}
