/** The trust document in force, and what an operator needs in order to sign the next one. */

import { Envelope } from '../dsse.ts'
import { KeyId } from '../ids.ts'
import { TrustDocument } from '../trust.ts'
import { type Static, Type } from '../typebox.ts'

const PublicKey = Type.String({ description: 'Ed25519 public key: SPKI DER, in base64' })

export const TrustInfo = Type.Object(
  {
    document: TrustDocument,
    envelope: Envelope,
    operatorKey: Type.Object(
      { keyId: KeyId, publicKey: PublicKey },
      { description: 'The root key that must sign the next document' },
    ),
    serverKey: Type.Object(
      { keyId: KeyId, publicKey: PublicKey },
      { description: 'The key that signs desired state now; the document must list it' },
    ),
  },
  { $id: 'TrustInfo' },
)
export type TrustInfo = Static<typeof TrustInfo>
