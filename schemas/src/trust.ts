/**
 * The trust document: whom a device believes. Signed by the operator's root key, which is kept outside the server;
 * the device pins that key at enrolment and accepts only a document of a higher version.
 */

import { KeyId, ProjectId } from './ids.ts'
import { validator } from './message.ts'
import { type Static, Type } from './typebox.ts'
import { Text, WallMs, Whole } from './units.ts'

const PublicKey = Type.String({ maxLength: 128, description: 'Ed25519 public key: SPKI DER, in base64' })

export const TrustDocument = Type.Object(
  {
    project: ProjectId,
    version: Whole('Grows with each change; an older one is refused', 1),
    issuedAtMs: WallMs('When it was signed'),
    development: Type.Boolean({
      description: 'True where the root key was made by `ocelli up` and lies beside the server',
    }),
    publishers: Type.Array(
      Type.Object({
        id: Text('Name of the publisher', 64),
        keyId: KeyId,
        publicKey: PublicKey,
        names: Type.Array(Type.String({ maxLength: 64 }), {
          minItems: 1,
          maxItems: 64,
          description: 'Component names it may publish; a trailing * matches any ending',
        }),
      }),
      { maxItems: 256 },
    ),
    servers: Type.Array(Type.Object({ keyId: KeyId, publicKey: PublicKey }), {
      minItems: 1,
      maxItems: 8,
      description: 'Keys that may sign desired state; two overlap while one is replaced',
    }),
  },
  { $id: 'TrustDocument', description: 'Payload of the signed trust document' },
)
export type TrustDocument = Static<typeof TrustDocument>
export const readTrustDocument = validator(TrustDocument)

/** Whether a publisher's name pattern covers a component name. */
export function nameIsCovered(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name
}
