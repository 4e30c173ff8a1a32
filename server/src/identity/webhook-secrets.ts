/** Keys of webhook signatures: 32 random bytes, shown once in the form of Standard Webhooks, kept sealed. */
import type { ProjectId } from '@ocelli/schemas/ids'
import type { Random } from '../ports.ts'
import type { Sealer } from './sealing.ts'

const KEY_BYTES = 32

export interface WebhookSecrets {
  make(project: ProjectId, receiver: string): { readonly sealed: Uint8Array; readonly secret: string }
  /** Throws OcelliError `server.internal` where the sealing key is another. */
  open(project: ProjectId, receiver: string, sealed: Uint8Array): Uint8Array
}

export function createWebhookSecrets(sealer: Sealer, random: Random): WebhookSecrets {
  const nameOf = (project: ProjectId, receiver: string) => `webhook/${project}/${receiver}`
  return {
    make(project, receiver) {
      const key = random.bytes('webhook-secret', KEY_BYTES)
      return {
        sealed: sealer.seal(nameOf(project, receiver), key),
        secret: `whsec_${Buffer.from(key).toString('base64')}`,
      }
    },
    open: (project, receiver, sealed) => sealer.open(nameOf(project, receiver), sealed),
  }
}
