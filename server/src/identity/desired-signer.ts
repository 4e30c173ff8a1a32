/** The key that signs desired state: Ed25519, made once and sealed in the store; never leaves this module. */
import { createPublicKey, type KeyObject } from 'node:crypto'
import { readPrivateKey } from '@ocelli/schemas/signing'
import type { Signer } from '../ports.ts'
import type { IdentityStore } from '../store/store.ts'
import { makeEd25519Pem } from './key-files.ts'
import { createSigner } from './keys.ts'
import { type Sealer, sealedOnce } from './sealing.ts'

/** The signer, and the public key that the trust document names among its servers. */
export async function openDesiredSigner(
  store: Pick<IdentityStore, 'sealed' | 'putSealedOnce'>,
  sealer: Sealer,
): Promise<{ readonly signer: Signer; readonly publicKey: KeyObject }> {
  const pem = await sealedOnce(store, sealer, 'desired-state-key', () => Buffer.from(makeEd25519Pem()))
  const key = readPrivateKey(Buffer.from(pem).toString('utf8'))
  return { signer: createSigner(key), publicKey: createPublicKey(key) }
}
