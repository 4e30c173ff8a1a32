/**
 * Signing and verifying DSSE envelopes with Ed25519 on Node's crypto. Beside the shape because server, agent, CLI and
 * the component toolchain must agree on every byte.
 */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { type Envelope, preAuthEncoding } from './dsse.ts'
import type { KeyId } from './ids.ts'

/** The public half as SPKI DER. */
export function publicKeyDer(key: KeyObject): Uint8Array {
  const half = key.type === 'private' ? createPublicKey(key) : key
  return half.export({ format: 'der', type: 'spki' })
}

/** `ed25519:` and the first 32 hexadecimal digits of the SHA-256 of the public key (SPKI DER). */
export function keyIdOf(key: KeyObject): KeyId {
  return `ed25519:${createHash('sha256').update(publicKeyDer(key)).digest('hex').slice(0, 32)}` as KeyId
}

export function signEnvelope(payloadType: string, payload: Uint8Array, key: KeyObject): Envelope {
  return {
    payloadType,
    payload: Buffer.from(payload).toString('base64'),
    signatures: [
      { keyid: keyIdOf(key), sig: sign(null, preAuthEncoding(payloadType, payload), key).toString('base64') },
    ],
  }
}

/** The payload, where one signature of the envelope is by `key` over `payloadType`; `undefined` otherwise. */
export function openEnvelope(envelope: Envelope, payloadType: string, key: KeyObject): Uint8Array | undefined {
  if (envelope.payloadType !== payloadType) return undefined
  const payload = Buffer.from(envelope.payload, 'base64')
  const keyId = keyIdOf(key)
  const signed = preAuthEncoding(payloadType, payload)
  const good = envelope.signatures.some(
    ({ keyid, sig }) => keyid === keyId && verify(null, signed, key, Buffer.from(sig, 'base64')),
  )
  return good ? payload : undefined
}
