/**
 * The server's side of an external broker: MQTT 3.1.1 over mutual TLS with the server's own certificate. Each
 * connection is a client of its own, so nothing that was in flight on an old one is ever sent again after something newer.
 */
import type { DeviceId } from '@ocelli/schemas/ids'
import { DEVICE_WRITES, TOPIC_ROOT } from '@ocelli/schemas/topics'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import type { Bus, BusHandlers, Clock, Random } from '../ports.ts'
import { deviceTopic } from './access.ts'

const KEEP_ALIVE_SECONDS = 30
const CONNECT_TIMEOUT_MS = 10_000
const MIN_BACKOFF_MS = 500
const MAX_BACKOFF_MS = 15_000
/** Most messages that wait for the broker's PUBACK; more are not taken, and the loops try again. */
const MAX_WAITING = 10_000
/** Name under which replicas share the telemetry of all devices. */
const SHARE = 'ocelli'

const TELEMETRY = `${TOPIC_ROOT}/+/telemetry`

export interface ExternalBusOptions {
  /** `mqtts://host:port` of the broker's listener for servers. */
  readonly url: string
  /** The server's certificate and key, asked for at each connect so that a renewed one is used. */
  readonly leaf: () => { readonly chain: string; readonly key: string }
  /** What the broker's certificate is checked against, PEM. */
  readonly authorities: readonly string[]
  /**
   * `shared`: telemetry is spread over replicas by a shared subscription, where the broker passes the contract suite.
   * `leader`: it is taken by the replica that called `lead(true)` alone.
   */
  readonly telemetry: 'shared' | 'leader'
  readonly clock: Pick<Clock, 'setTimer'>
  readonly random: Random
}

export interface ExternalBus extends Bus {
  /** Whether this replica leads: with `telemetry: 'leader'` the one that takes telemetry. */
  lead(leading: boolean): Promise<void>
}

export function createExternalBus(options: ExternalBusOptions): ExternalBus {
  return new BrokerConnection(options)
}

class BrokerConnection implements ExternalBus {
  private readonly options: ExternalBusOptions
  private handlers: BusHandlers | undefined
  private client: MqttClient | undefined
  private isUp = false
  private closed = false
  private leading = false
  /** Whether this connection is subscribed to telemetry as leader. */
  private takesTelemetry = false
  private failures = 0
  private cancelRetry = () => {}
  private readonly waiting = new Set<(taken: boolean) => void>()

  constructor(options: ExternalBusOptions) {
    this.options = options
  }

  async open(handlers: BusHandlers): Promise<void> {
    this.handlers = handlers
    this.connect()
  }

  publish(topic: string, payload: Uint8Array, options: { qos: 0 | 1; retained: boolean }): Promise<boolean> {
    const client = this.client
    if (client === undefined || !this.isUp || this.waiting.size >= MAX_WAITING) return Promise.resolve(false)
    return new Promise((resolve) => {
      const settle = (taken: boolean) => {
        if (this.waiting.delete(settle)) resolve(taken)
      }
      this.waiting.add(settle)
      client.publish(topic, Buffer.from(payload), { qos: options.qos, retain: options.retained }, (error) =>
        settle(error === null || error === undefined),
      )
    })
  }

  /**
   * MQTT 3.1.1 has no word for this: the server takes the device's session over for a moment, and the certificate is
   * refused when the device comes back.
   */
  async disconnect(device: DeviceId): Promise<void> {
    const client = mqtt.connect(this.options.url, this.connectOptions(device))
    client.on('error', () => {})
    await new Promise<void>((resolve) => {
      client.once('connect', () => resolve())
      client.once('close', () => resolve())
    })
    await client.endAsync(true)
  }

  async lead(leading: boolean): Promise<void> {
    this.leading = leading
    // A connection that breaks in between asks again when it is back.
    if (this.client !== undefined && this.isUp) await this.followLead(this.client).catch(() => {})
  }

  async close(): Promise<void> {
    this.closed = true
    this.cancelRetry()
    const client = this.client
    this.client = undefined
    if (client !== undefined) await client.endAsync(!this.isUp)
    this.lost('closed')
  }

  private connect(): void {
    const suffix = Buffer.from(this.options.random.bytes('bus-client-id', 8)).toString('hex')
    const client = mqtt.connect(this.options.url, this.connectOptions(`ocelli-server-${suffix}`))
    this.client = client
    this.takesTelemetry = false
    let reason = 'the connection closed'
    client.on('error', (error) => {
      reason = error.message
    })
    client.on('message', (topic, payload, packet) => {
      if (this.client === client && deviceTopic(topic) !== undefined) {
        this.handlers?.onMessage({ topic, payload, retained: packet.retain })
      }
    })
    client.once('connect', () => void this.subscribe(client))
    client.once('close', () => {
      client.end(true)
      if (this.client !== client) return
      this.client = undefined
      this.lost(reason)
      this.retry()
    })
  }

  private async subscribe(client: MqttClient): Promise<void> {
    try {
      const granted = await client.subscribeAsync(this.filters(), { qos: 1 })
      const refused = granted.find(({ qos }) => qos > 2)
      if (refused !== undefined) throw new Error(`the broker refused the subscription to ${refused.topic}`)
      await this.followLead(client)
    } catch {
      client.end(true)
      return
    }
    if (this.client !== client || this.closed) return
    this.failures = 0
    this.isUp = true
    this.handlers?.onUp()
  }

  private filters(): string[] {
    const written = DEVICE_WRITES.filter((level) => level !== 'telemetry').map((level) => `${TOPIC_ROOT}/+/${level}`)
    return this.options.telemetry === 'shared' ? [...written, `$share/${SHARE}/${TELEMETRY}`] : written
  }

  /** Takes telemetry while leading. The lead may change while the broker answers, hence the loop. */
  private async followLead(client: MqttClient): Promise<void> {
    if (this.options.telemetry !== 'leader') return
    while (this.client === client && this.takesTelemetry !== this.leading) {
      const wanted = this.leading
      if (wanted) await client.subscribeAsync(TELEMETRY, { qos: 1 })
      else await client.unsubscribeAsync(TELEMETRY)
      this.takesTelemetry = wanted
    }
  }

  private lost(reason: string): void {
    const wasUp = this.isUp
    this.isUp = false
    for (const settle of [...this.waiting]) settle(false)
    if (wasUp) this.handlers?.onDown(reason)
  }

  private retry(): void {
    if (this.closed) return
    const longest = Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS * 2 ** this.failures++)
    const [chance = 0] = this.options.random.bytes('bus-backoff', 1)
    this.cancelRetry = this.options.clock.setTimer(longest / 2 + (longest / 2) * (chance / 255), () => this.connect())
  }

  private connectOptions(clientId: string): IClientOptions {
    const { chain, key } = this.options.leaf()
    return {
      protocolVersion: 4,
      clientId,
      clean: true,
      keepalive: KEEP_ALIVE_SECONDS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      cert: chain,
      key,
      ca: [...this.options.authorities],
      rejectUnauthorized: true,
    }
  }
}
