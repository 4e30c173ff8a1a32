/** Who a certificate's holder is on the wire, and what it may do there: the same rule for the embedded broker as in `broker-config`. */
import { type DeviceId, parseDeviceId } from '@ocelli/schemas/ids'
import { MESSAGES } from '@ocelli/schemas/messages/index'
import { deviceMayPublish, deviceMaySubscribe, parseTopic } from '@ocelli/schemas/topics'

/** Common name of the server's own certificate. */
export const SERVER_NAME = 'ocelli-server'

export type Holder = { readonly kind: 'server' } | { readonly kind: 'device'; readonly device: DeviceId }

/** Reads the common name of a certificate that TLS has verified. */
export function holderOf(commonName: string): Holder | undefined {
  if (commonName === SERVER_NAME) return { kind: 'server' }
  const device = parseDeviceId(commonName)
  return device && { kind: 'device', device }
}

export function mayPublish(holder: Holder, topic: string): boolean {
  return holder.kind === 'server' ? !topic.startsWith('$') : deviceMayPublish(holder.device, topic)
}

export function maySubscribe(holder: Holder, filter: string): boolean {
  // The embedded broker would take `$share/...` as a plain topic; nobody may believe to share what is not shared.
  if (filter.startsWith('$')) return false
  if (holder.kind === 'server') return true
  if (!deviceMaySubscribe(holder.device, filter)) return false
  // Of wildcards only the whole of one's own `command/#`: more would only cost the broker.
  return !/[+#]/.test(filter) || filter.endsWith('/command/#')
}

/** Topics that devices write, which the server takes in; `undefined` for all else. */
export function deviceTopic(topic: string): ReturnType<typeof parseTopic> {
  const address = parseTopic(topic)
  return address && deviceMayPublish(address.device, topic) ? address : undefined
}

/**
 * Whether the broker should keep the message: only the few topics that are documented as retained, each within its
 * limit, so that no device can fill the broker's memory.
 */
export function mayRetain(topic: string, payloadBytes: number): boolean {
  const kind = parseTopic(topic)?.kind
  if (kind === undefined || kind === 'image') return false
  const { retained, maxBytes } = MESSAGES[kind]
  return retained && payloadBytes <= maxBytes
}
