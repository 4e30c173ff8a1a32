/**
 * Enrols a whole fleet without its network: keys and requests as an agent makes them, certificates and rows by the
 * server's own enrolment, in this process instead of one HTTPS request for each device.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { makeKeyAndRequest } from '@ocelli/agent/identity/csr'
import type { StoredIdentity } from '@ocelli/agent/identity/identity-file'
import { decodeEnrolmentToken } from '@ocelli/schemas/enrolment'
import { openAuthority } from '../../../server/src/identity/authority.ts'
import { createEnrolment } from '../../../server/src/identity/enrolment.ts'
import { openKeyFiles, sealingKey } from '../../../server/src/identity/key-files.ts'
import { createSealer } from '../../../server/src/identity/sealing.ts'
import { openTrust } from '../../../server/src/identity/trust.ts'
import { SYSTEM_CLOCK } from '../../../server/src/open-server.ts'
import { openPostgresStore } from '../../../server/src/store/postgres.ts'

export interface BulkEnrolment {
  /** The server's folder, whose keys seal the authority. */
  readonly serverDataDir: string
  readonly databaseUrl: string
  readonly mqttUrl: string
  /** Text of a token with enough uses. */
  readonly token: string
  readonly names: readonly string[]
}

export async function enrolInBulk(options: BulkEnrolment): Promise<StoredIdentity[]> {
  const store = await openPostgresStore({ url: options.databaseUrl })
  try {
    const clock = SYSTEM_CLOCK
    const random = { bytes: (_purpose: string, count: number) => randomBytes(count) }
    const keyFiles = openKeyFiles(join(options.serverDataDir, 'keys'))
    const sealer = createSealer(sealingKey(keyFiles, random), random)
    const authority = await openAuthority({ store, sealer, keyFiles, clock, random })
    const trust = openTrust(store, sealer)
    const enrolment = createEnrolment({ store, authority, trust, clock, random, mqttUrl: options.mqttUrl })
    const token = decodeEnrolmentToken(options.token)
    if (token === undefined) throw new Error('the text is no enrolment token')
    const identities: StoredIdentity[] = []
    for (const name of options.names) {
      const { privateKey, csr } = makeKeyAndRequest('ocelli-device')
      const answer = await enrolment.enrol({ tokenId: token.id, secret: token.secret, csr, name })
      identities.push({ format: 1, ...answer, deviceUrl: token.url, privateKey })
    }
    return identities
  } finally {
    await store.close()
  }
}
