/** The crypto port on OpenSSL, through Node. */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { Digest } from '@ocelli/schemas/ids'
import type { Crypto } from '../ports.ts'

export function nodeCrypto(): Crypto {
  return {
    sha256: (bytes) => `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest,
    verifyEd25519(publicKey, message, signature) {
      const key = readKey(publicKey)
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
