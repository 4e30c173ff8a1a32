/** A plain MQTT client for tests that do what no agent would. */
import mqtt, { type IClientOptions } from 'mqtt'

export interface MqttIdentity {
  readonly chain: string
  readonly key: string
}

export interface RawClient {
  readonly client: mqtt.MqttClient
  readonly messages: { readonly topic: string; readonly text: string }[]
  /** True with PUBACK, false when the broker ended the connection instead. */
  publish(topic: string, text: string | Buffer, retain?: boolean): Promise<boolean>
  /** True where it was granted. */
  subscribe(filter: string): Promise<boolean>
  isClosed(): boolean
  close(): Promise<void>
}

/** Resolves once connected. Rejects with the reason where the broker refuses, or is silent for 5 s. */
export async function rawClient(
  url: string,
  authorities: readonly string[],
  identity: MqttIdentity | undefined,
  options: IClientOptions,
): Promise<RawClient> {
  const client = mqtt.connect(url, {
    protocolVersion: 4,
    clean: true,
    reconnectPeriod: 0,
    connectTimeout: 5_000,
    ca: [...authorities],
    ...(identity === undefined ? {} : { cert: identity.chain, key: identity.key }),
    ...options,
  })
  client.setMaxListeners(0)
  let isClosed = false
  const messages: { topic: string; text: string }[] = []
  client.on('message', (topic, payload) => messages.push({ topic, text: payload.toString() }))
  await new Promise<void>((resolve, reject) => {
    let why = new Error('the broker closed the connection')
    client.on('error', (error) => {
      why = error
    })
    client.once('connect', () => resolve())
    client.once('close', () => {
      isClosed = true
      client.end(true)
      reject(why)
    })
  })
  const answered = (start: (done: (ok: boolean) => void) => void) =>
    new Promise<boolean>((resolve) => {
      if (isClosed) return resolve(false)
      const onClose = () => resolve(false)
      client.once('close', onClose)
      start((ok) => {
        client.off('close', onClose)
        resolve(ok)
      })
    })
  return {
    client,
    messages,
    publish: (topic, text, retain = false) =>
      answered((done) => client.publish(topic, text, { qos: 1, retain }, (error) => done(!error))),
    subscribe: (filter) =>
      answered((done) =>
        client.subscribe(filter, { qos: 1 }, (error, granted) =>
          done(!error && (granted ?? []).every(({ qos }) => qos <= 2)),
        ),
      ),
    isClosed: () => isClosed,
    close: () => client.endAsync(true),
  }
}
