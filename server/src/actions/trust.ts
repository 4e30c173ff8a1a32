/** The trust document: signed outside of the server, verified and handed on by it. */
import type { TrustInfo } from '@ocelli/schemas/api/trust'
import type { Envelope } from '@ocelli/schemas/dsse'
import { readTrustDocument } from '@ocelli/schemas/trust'
import { type Refusal, refusal } from '../domain/refusal.ts'
import type { Caller } from './caller.ts'
import type { ActionContext, IdentityContext } from './context.ts'

export async function trustInfo(identity: IdentityContext): Promise<TrustInfo | Refusal> {
  const [current, operatorKey] = await Promise.all([identity.trust.current(), identity.trust.operatorKey()])
  if (current === undefined || operatorKey === undefined) {
    // Whoever is to sign the first one needs the key of this server.
    const keys = { serverKey: identity.trust.serverKey(), ...(operatorKey !== undefined && { operatorKey }) }
    return refusal('request.notFound', 'there is no trust document yet', keys)
  }
  return { ...current, operatorKey, serverKey: identity.trust.serverKey() }
}

/** Throws OcelliError `trust.*`. Every device is told to fetch it. */
export async function putTrust(
  context: ActionContext,
  identity: IdentityContext,
  caller: Caller,
  envelope: Envelope,
): Promise<TrustInfo | Refusal> {
  const own = identity.trust.serverKey().keyId
  const claimed = readTrustDocument(payloadOf(envelope))
  if (claimed.ok && !claimed.value.servers.some(({ keyId }) => keyId === own)) {
    return refusal('trust.mismatch', `the document does not name ${own}, with which this server signs desired state`)
  }
  await identity.trust.adopt(envelope, { actor: caller.actor, atMs: context.clock.wallMs() })
  context.wake.publish()
  return trustInfo(identity)
}

/** Read before the signature is checked, to refuse what would lock devices out; it is believed only afterwards. */
function payloadOf({ payload }: Envelope): unknown {
  try {
    return JSON.parse(Buffer.from(payload, 'base64').toString('utf8'))
  } catch {
    return undefined
  }
}
