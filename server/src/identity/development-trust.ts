/** For a first try: an operator's root key and a publisher's key that lie beside the server, marked as development. */
import type { KeyObject } from 'node:crypto'
import type { Envelope } from '@ocelli/schemas/dsse'
import type { ProjectId } from '@ocelli/schemas/ids'
import { readPrivateKey } from '@ocelli/schemas/signing'
import { type KeyFiles, makeEd25519Pem } from './key-files.ts'
import { publicKeyText } from './keys.ts'
import { firstTrust, publisher, signTrust } from './trust.ts'

/** Ed25519 private key, PEM. */
export const PUBLISHER_KEY_FILE = 'publisher.key'

/** The first trust document: a publisher who may publish any name. */
export function makeDevelopmentTrust(fields: {
  readonly keyFiles: KeyFiles
  readonly operator: KeyObject
  readonly serverKey: KeyObject
  readonly project: ProjectId
  readonly atMs: number
}): Envelope {
  const { keyFiles, operator, serverKey, project, atMs } = fields
  keyFiles.create(PUBLISHER_KEY_FILE, makeEd25519Pem())
  const pem = keyFiles.read(PUBLISHER_KEY_FILE)
  if (pem === undefined) throw new Error(`${PUBLISHER_KEY_FILE} cannot be read`)
  const publishers = [publisher('development', publicKeyText(readPrivateKey(pem)), ['*'])]
  return signTrust(
    firstTrust({ project, issuedAtMs: atMs, development: true, servers: [serverKey], publishers }),
    operator,
  )
}
