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
  /** Texts of tokens with enough uses, one for each lane: those of one token wait for each other. */
  readonly tokens: readonly string[]
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
    const identities: StoredIdentity[] = []
    let next = 0
    const lane = async (text: string) => {
      const token = decodeEnrolmentToken(text)
      if (token === undefined) throw new Error('the text is no enrolment token')
      for (let name = options.names[next++]; name !== undefined; name = options.names[next++]) {
        const { privateKey, csr } = makeKeyAndRequest('ocelli-device')
        const answer = await enrolment.enrol({ tokenId: token.id, secret: token.secret, csr, name })
        identities.push({ format: 1, ...answer, deviceUrl: token.url, privateKey })
      }
    }
    await Promise.all(options.tokens.map(lane))
    return identities.sort((a, b) => (a.name < b.name ? -1 : 1))
  } finally {
    await store.close()
  }
}
