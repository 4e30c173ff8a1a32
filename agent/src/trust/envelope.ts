/** Opens signed documents: nothing inside of an envelope is looked at before its signature holds. */
import { type Envelope, type PayloadType, preAuthEncoding } from '@ocelli/schemas/dsse'
import type { ErrorCode } from '@ocelli/schemas/errors'
import type { KeyId } from '@ocelli/schemas/ids'
import type { Parsed } from '@ocelli/schemas/message'
import type { Generation } from '@ocelli/schemas/messages/generation'
import type { Crypto } from '../ports.ts'

/** Why a signed document was not believed. */
export interface Refusal {
  readonly ok: false
  readonly code: ErrorCode
  readonly message: string
  /** Of a desired state whose signature held. */
  readonly generation?: Generation
}
export type Opened<T> = { readonly ok: true; readonly value: T; readonly keyId: KeyId } | Refusal

/** A key that may sign; `publicKey` is SPKI DER in base64. */
export interface TrustedKey {
  readonly keyId: KeyId
  readonly publicKey: string
}

const decoder = new TextDecoder('utf-8', { fatal: true })

export const refuse = (code: ErrorCode, message: string): Refusal => ({ ok: false, code, message })

/**
 * The payload of an envelope that at least one of `keys` signed. `trust.unknownPublisher` where no signature is by a
 * known key, `trust.signature` where one is and does not match, `trust.mismatch` where the document is of another kind.
 */
export function openEnvelope<T>(
  envelope: Envelope,
  type: PayloadType,
  keys: readonly TrustedKey[],
  read: (value: unknown) => Parsed<T>,
  crypto: Crypto,
): Opened<T> {
  if (envelope.payloadType !== type) {
    return refuse('trust.mismatch', `the signed document is of type ${envelope.payloadType}, wanted ${type}`)
  }
  const payload = decodeBase64(envelope.payload)
  if (payload === undefined) return refuse('trust.signature', 'the payload is not base64')
  const signer = findSigner(envelope, preAuthEncoding(type, payload), keys, crypto)
  if (!signer.ok) return signer
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(payload))
  } catch (cause) {
    return refuse('message.malformed', `the signed payload is not JSON: ${String(cause)}`)
  }
  const parsed = read(value)
  return parsed.ok ? { ok: true, value: parsed.value, keyId: signer.keyId } : refuse(parsed.code, parsed.message)
}

type Signer = { readonly ok: true; readonly keyId: KeyId } | Refusal

function findSigner(envelope: Envelope, signed: Uint8Array, keys: readonly TrustedKey[], crypto: Crypto): Signer {
  let known = false
  for (const signature of envelope.signatures) {
    for (const key of keys) {
      if (key.keyId !== signature.keyid) continue
      known = true
      if (crypto.verifyEd25519(key.publicKey, signed, signature.sig)) return { ok: true, keyId: key.keyId }
    }
  }
  const ids = envelope.signatures.map((signature) => signature.keyid).join(', ')
  return known
    ? refuse('trust.signature', `the signature by ${ids} does not match the document`)
    : refuse('trust.unknownPublisher', `no trusted key made the signature; it names ${ids}`)
}

function decodeBase64(text: string): Uint8Array | undefined {
  try {
    // `atob` refuses what is not base64; `Buffer` alone would read over it.
    return Buffer.from(atob(text), 'latin1')
  } catch {
    return undefined
  }
}
