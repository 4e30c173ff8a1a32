/**
 * The HTTPS interface of devices (`/device/v1`), on its own listener with the project's certificate authority:
 *
 * - `POST /device/v1/enrol` (no client certificate): `EnrolRequest` -> `EnrolResponse`
 * - `POST /device/v1/renew` (client certificate, live or expired for at most 90 days): `RenewRequest` -> `RenewResponse`
 * - `GET /device/v1/artifacts/<digest>` (client certificate; `Range: bytes=<offset>-`): bytes
 * - `GET /device/v1/trust` (client certificate): the trust document's envelope
 *
 * The server presents its leaf, the issuing and the root certificate; the agent accepts it only if the root's SHA-256
 * is the token's fingerprint, before it sends anything.
 */

import { Envelope } from './dsse.ts'
import { DeviceId, ProjectId } from './ids.ts'
import { validator } from './message.ts'
import { type Static, Type } from './typebox.ts'
import { Text, Whole } from './units.ts'

export const ENROLMENT_PREFIX = 'ocelli1.'

/** What an enrolment token holds: `ocelli1.` and this as JSON in base64url without padding. */
export const EnrolmentToken = Type.Object(
  {
    url: Text('Address of the device listener, as in https://host:7443', 256),
    id: Text('Id of the token', 64),
    secret: Text('Proof, at least 128 bits', 128),
    rootSha256: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the root certificate (DER)' }),
  },
  { $id: 'EnrolmentToken' },
)
export type EnrolmentToken = Static<typeof EnrolmentToken>

const Csr = Type.String({ maxLength: 8192, description: 'Certificate signing request, PEM; the subject is ignored' })
const Pem = (description: string) => Type.String({ maxLength: 16_384, description: `${description}, PEM` })

export const EnrolRequest = Type.Object(
  {
    tokenId: Text('Id of the token', 64),
    secret: Text('Secret of the token', 128),
    csr: Csr,
    name: Type.Optional(Text('Name wished for; made unique where taken', 64)),
    labels: Type.Optional(Type.Record(Type.String({ maxLength: 64 }), Type.String({ maxLength: 256 }))),
  },
  { $id: 'EnrolRequest' },
)
export type EnrolRequest = Static<typeof EnrolRequest>
export const readEnrolRequest = validator(EnrolRequest)

const issued = {
  certificate: Pem('Device certificate followed by the issuing certificate'),
  certificateNumber: Whole('Issue number of this certificate', 1),
  roots: Type.Array(Pem('A root certificate to trust'), { minItems: 1, maxItems: 2 }),
}

export const EnrolResponse = Type.Object(
  {
    device: DeviceId,
    name: Text('Name given', 64),
    project: ProjectId,
    ...issued,
    mqttUrl: Text('Address of the broker, as in mqtts://host:8883', 256),
    operatorKey: Type.String({
      maxLength: 128,
      description: 'Ed25519 public key that signs trust documents: SPKI DER, base64',
    }),
    trust: Envelope,
  },
  { $id: 'EnrolResponse' },
)
export type EnrolResponse = Static<typeof EnrolResponse>
export const readEnrolResponse = validator(EnrolResponse)

export const RenewRequest = Type.Object({ csr: Csr }, { $id: 'RenewRequest' })
export type RenewRequest = Static<typeof RenewRequest>
export const readRenewRequest = validator(RenewRequest)

export const RenewResponse = Type.Object(
  { ...issued, mqttUrl: Text('Address of the broker', 256) },
  { $id: 'RenewResponse' },
)
export type RenewResponse = Static<typeof RenewResponse>
export const readRenewResponse = validator(RenewResponse)

const readToken = validator(EnrolmentToken)

/** The token as people copy it. All its fields are ASCII. */
export function encodeEnrolmentToken(token: EnrolmentToken): string {
  const base64 = btoa(JSON.stringify(token))
  return ENROLMENT_PREFIX + base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** Reads a token that a person pasted; `undefined` where it is none (cut off, wrong prefix). */
export function decodeEnrolmentToken(text: string): EnrolmentToken | undefined {
  const trimmed = text.trim()
  if (!trimmed.startsWith(ENROLMENT_PREFIX)) return undefined
  try {
    const base64 = trimmed.slice(ENROLMENT_PREFIX.length).replaceAll('-', '+').replaceAll('_', '/')
    const read = readToken(JSON.parse(atob(base64)))
    return read.ok ? read.value : undefined
  } catch {
    return undefined
  }
}
