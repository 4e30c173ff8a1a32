/** DSSE v1 envelopes with Ed25519 on node:crypto (github.com/secure-systems-lab/dsse, protocol.md). */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { type Envelope, type PayloadType, preAuthEncoding } from '@ocelli/schemas/dsse'
import { type KeyId, parseKeyId } from '@ocelli/schemas/ids'
import type { Signer } from '../ports.ts'

/** A payload whose signature holds, or why none does. `unknownKey`: nobody whose key is known signed it. */
export type Verified =
  | { readonly ok: true; readonly payload: Uint8Array; readonly keyId: KeyId }
  | { readonly ok: false; readonly reason: 'payloadType' | 'encoding' | 'unknownKey' | 'signature' }

/** Signs with an Ed25519 private key, which stays in the answer's closure. */
export function createSigner(privateKey: KeyObject): Signer {
  const keyid = keyIdOf(privateKey)
  return {
    sign(payloadType, payload) {
      const sig = sign(null, preAuthEncoding(payloadType, payload), privateKey)
      return {
        payloadType,
        payload: Buffer.from(payload).toString('base64'),
        signatures: [{ keyid, sig: sig.toString('base64') }],
      }
    },
  }
}

/**
 * The payload of an envelope that one of `keys` signed. The type is checked first, so that no document can stand in
 * for another kind; the key id is a hint only, the signature decides.
 */
export function verifyEnvelope(envelope: Envelope, type: PayloadType, keys: readonly KeyObject[]): Verified {
  if (envelope.payloadType !== type) return { ok: false, reason: 'payloadType' }
  const payload = decodeBase64(envelope.payload)
  if (payload === undefined) return { ok: false, reason: 'encoding' }
  const signed = preAuthEncoding(envelope.payloadType, payload)
  const known = new Map(keys.map((key) => [keyIdOf(key), key]))
  let reason: 'unknownKey' | 'signature' = 'unknownKey'
  for (const { keyid, sig } of envelope.signatures) {
    const key = known.get(keyid)
    if (key === undefined) continue
    const signature = decodeBase64(sig)
    if (signature !== undefined && verify(null, signed, key, signature)) return { ok: true, payload, keyId: keyid }
    reason = 'signature'
  }
  return { ok: false, reason }
}

/** `ed25519:` and the first 32 hexadecimal digits of the SHA-256 of the public key (SPKI, DER). */
export function keyIdOf(key: KeyObject): KeyId {
  const id = parseKeyId(`ed25519:${createHash('sha256').update(publicDer(key)).digest('hex').slice(0, 32)}`)
  if (id === undefined) throw new Error('the form of key ids has changed in the schemas')
  return id
}

/** The public key as it travels: SPKI DER in base64. Of a private key, its public one. */
export function publicKeyText(key: KeyObject): string {
  return publicDer(key).toString('base64')
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

/** Reads an Ed25519 private key in PEM (PKCS #8). Throws an error for a person where it is none. */
export function readPrivateKey(pem: string): KeyObject {
  const key = createPrivateKey(pem)
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`a key of type ${key.asymmetricKeyType}, not ed25519`)
  return key
}

function publicDer(key: KeyObject): Buffer {
  return (key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'der' })
}

/** Strict: Buffer.from ignores what is no base64, and two texts must not stand for one payload. */
function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}
