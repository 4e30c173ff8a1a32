/** Posts webhooks, signed as Standard Webhooks 1.0 wants (HMAC-SHA256 over id, timestamp and body). */
import { createHmac } from 'node:crypto'

const TIMEOUT_MS = 10_000
/** Only the status matters; a receiver may answer whatever it likes. */
const REASON_CHARACTERS = 200

export interface Webhook {
  readonly url: string
  readonly secret: Uint8Array
  /** The same for each attempt. */
  readonly id: string
  readonly timestampSeconds: number
  readonly body: string
}

export type Sent = { readonly ok: true } | { readonly ok: false; readonly error: string; readonly gone: boolean }

export async function sendWebhook({ url, secret, id, timestampSeconds, body }: Webhook): Promise<Sent> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      // A redirect would carry the message to where nobody configured it.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        'content-type': 'application/json',
        'user-agent': 'ocelli',
        'webhook-id': id,
        'webhook-timestamp': String(timestampSeconds),
        'webhook-signature': signature(secret, id, timestampSeconds, body),
      },
      body,
    })
    await response.body?.cancel()
    if (response.status >= 200 && response.status < 300) return { ok: true }
    return { ok: false, error: `HTTP ${response.status}`, gone: response.status === 410 }
  } catch (error) {
    return { ok: false, error: reasonOf(error).slice(0, REASON_CHARACTERS), gone: false }
  }
}

/** `v1,` and the HMAC in base64. */
export function signature(secret: Uint8Array, id: string, timestampSeconds: number, body: string): string {
  return `v1,${createHmac('sha256', secret).update(`${id}.${timestampSeconds}.${body}`).digest('base64')}`
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (cause instanceof Error) return 'code' in cause ? `${String(cause.code)}: ${cause.message}` : cause.message
  return error.name === 'TimeoutError' ? `no answer within ${TIMEOUT_MS} ms` : error.message
}
