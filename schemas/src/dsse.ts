/**
 * Signed documents: DSSE v1 envelopes (github.com/secure-systems-lab/dsse) with Ed25519. The signature covers the
 * payload's bytes and its type, so no canonical form of JSON is needed and no document can stand in for another kind.
 */

import { KeyId } from './ids.ts'
import { type Static, Type } from './typebox.ts'

export const PAYLOAD_TYPES = {
  desired: 'application/vnd.ocelli.desired.v1+json',
  component: 'application/vnd.ocelli.component.v1+json',
  trust: 'application/vnd.ocelli.trust.v1+json',
} as const
export type PayloadType = (typeof PAYLOAD_TYPES)[keyof typeof PAYLOAD_TYPES]

export const Envelope = Type.Object(
  {
    payloadType: Type.String({ maxLength: 128 }),
    payload: Type.String({ description: 'The signed bytes (UTF-8 JSON), in base64 with padding' }),
    signatures: Type.Array(
      Type.Object({ keyid: KeyId, sig: Type.String({ maxLength: 128, description: 'Ed25519 signature, in base64' }) }),
      { minItems: 1, maxItems: 8 },
    ),
  },
  { $id: 'Envelope', description: 'A DSSE v1 envelope' },
)
export type Envelope = Static<typeof Envelope>

const encoder = new TextEncoder()

/** The bytes that are signed: `DSSEv1 <length of type> <type> <length of payload> <payload>`. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = encoder.encode(payloadType)
  const head = encoder.encode(`DSSEv1 ${type.byteLength} ${payloadType} ${payload.byteLength} `)
  const bytes = new Uint8Array(head.byteLength + payload.byteLength)
  bytes.set(head)
  bytes.set(payload, head.byteLength)
  return bytes
}
