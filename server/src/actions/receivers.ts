/** Webhooks to which alerts are told. The key of the signatures is shown once and kept sealed. */
import type { ReceiverRow } from '../domain/alerts.ts'
import { audited, type Caller } from './caller.ts'
import type { ActionContext, IdentityContext } from './context.ts'

export async function putReceiver(
  { store, clock }: ActionContext,
  identity: IdentityContext,
  caller: Caller,
  name: string,
  url: string,
): Promise<{ readonly row: ReceiverRow; readonly secret: string }> {
  const createdAtMs = clock.wallMs()
  const { sealed, secret } = identity.makeWebhookSecret(caller.project, name)
  const row = { project: caller.project, name, url, sealed, createdAtMs }
  await store.putReceiver(row, audited(caller, createdAtMs, 'receiver.put', name, { url: withoutSecrets(url) }))
  return { row, secret }
}

export function deleteReceiver({ store, clock }: ActionContext, caller: Caller, name: string): Promise<boolean> {
  return store.deleteReceiver(caller.project, name, audited(caller, clock.wallMs(), 'receiver.delete', name))
}

/** Many services put a secret into the address. */
export function withoutSecrets(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url
}
