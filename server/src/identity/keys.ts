/** Keys as the server holds them; envelopes themselves are opened and signed as everywhere (`@ocelli/schemas/signing`). */
import { createPublicKey, type KeyObject } from 'node:crypto'
import { publicKeyDer, signEnvelope } from '@ocelli/schemas/signing'
import type { Signer } from '../ports.ts'

/** Signs with an Ed25519 private key, which stays in the answer's closure. */
export function createSigner(privateKey: KeyObject): Signer {
  return { sign: (payloadType, payload) => signEnvelope(payloadType, payload, privateKey) }
}

/** The public key as it travels: SPKI DER in base64. Of a private key, its public one. */
export function publicKeyText(key: KeyObject): string {
  return Buffer.from(publicKeyDer(key)).toString('base64')
}

/** Reads an Ed25519 public key (SPKI DER in base64); `undefined` where the text is none. */
export function readPublicKey(text: string): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })
    return key.asymmetricKeyType === 'ed25519' ? key : undefined
  } catch {
    return undefined
  }
}
