/**
 * Signing and verifying DSSE envelopes with Ed25519 on Node's crypto. Beside the shape because server, agent, CLI and
 * the component toolchain must agree on every byte.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { type Envelope, type PayloadType, preAuthEncoding } from './dsse.ts'
import type { KeyId } from './ids.ts'

/** The public half as SPKI DER. */
export function publicKeyDer(key: KeyObject): Uint8Array {
  const half = key.type === 'private' ? createPublicKey(key) : key
  return half.export({ format: 'der', type: 'spki' })
}

/** A control plane names the same key in each of thousands of signatures; exporting it takes longer than signing. */
const keyIds = new WeakMap<KeyObject, KeyId>()

/** `ed25519:` and the first 32 hexadecimal digits of the SHA-256 of the public key (SPKI DER). */
export function keyIdOf(key: KeyObject): KeyId {
  const known = keyIds.get(key)
  if (known !== undefined) return known
  const id = `ed25519:${createHash('sha256').update(publicKeyDer(key)).digest('hex').slice(0, 32)}` as KeyId
  keyIds.set(key, id)
  return id
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

/** A payload whose signature holds, or why none does. `unknownKey`: nobody whose key is known signed it. */
export type Verified =
  | { readonly ok: true; readonly payload: Uint8Array; readonly keyId: KeyId }
  | { readonly ok: false; readonly reason: 'payloadType' | 'encoding' | 'unknownKey' | 'signature' }

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

/** Reads an Ed25519 private key in PEM (PKCS #8). Throws an error for a person where it is none. */
export function readPrivateKey(pem: string): KeyObject {
  const key = createPrivateKey(pem)
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`a key of type ${key.asymmetricKeyType}, not ed25519`)
  return key
}

/** Strict: Buffer.from ignores what is no base64, and two texts must not stand for one payload. */
function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}
