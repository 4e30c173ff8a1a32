/** The link on MQTT.js: mutual TLS, clean sessions, last will, and connections that come back by themselves. */
import { isIP } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { MqttClient } from 'mqtt'
import { writeToStream } from 'mqtt-packet'
import type { ConnectionIdentity } from '../identity/identity-keeper.ts'
import type { Clock, Link, LinkOptions, LinkSession, Random } from '../ports.ts'
import { retryWaitMs } from './retry-wait.ts'

// By default the packet writer makes a buffer for each of 65,536 packet ids at its first packet: 7 MB for an agent that
// uses a few at a time.
writeToStream.cacheNumbers = false

export interface MqttLinkDeps {
  readonly identity: Pick<ConnectionIdentity, 'tls' | 'mqttUrl'>
  readonly clock: Pick<Clock, 'setTimer' | 'monotonicNanos'>
  readonly random: Random
  /** Nominal wait before the second attempt, see `retry-wait.ts`. Default 250 ms. */
  readonly firstRetryMs?: number
}

export function mqttLink(deps: MqttLinkDeps): Link {
  return { open: (options) => new MqttSession(deps, options) }
}

const CONNECT_MS = 20_000
/** A connection that lasted this long was a good one: the next wait is the first again. */
const STABLE_NANOS = 10_000_000_000n
/** Longest wait for a clean end of the connection. */
const CLOSE_MS = 1500
/** Return code of a subscription that the broker refuses [MQTT-3.9.3-2]. */
const SUBSCRIPTION_REFUSED = 0x80

class MqttSession implements LinkSession {
  readonly #deps: MqttLinkDeps
  readonly #options: LinkOptions
  #client: MqttClient | undefined
  #isUp = false
  #isClosed = false
  #upSince = 0n
  #failures = 0
  /** When the first of them happened. */
  #outageSince = 0n
  #isRefused = false
  #reason = ''
  #cancelRetry: (() => void) | undefined
  /** Publishes that wait for their PUBACK. */
  readonly #waiting = new Set<(delivered: boolean) => void>()

  constructor(deps: MqttLinkDeps, options: LinkOptions) {
    this.#deps = deps
    this.#options = options
    this.#connect()
  }

  publish(
    topic: string,
    payload: Uint8Array,
    options: { readonly qos: 0 | 1; readonly retained: boolean },
  ): Promise<boolean> {
    const client = this.#client
    if (client === undefined || !this.#isUp) return Promise.resolve(false)
    return new Promise((resolve) => {
      const settle = (delivered: boolean) => {
        this.#waiting.delete(settle)
        resolve(delivered)
      }
      this.#waiting.add(settle)
      const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
      client.publish(topic, bytes, { qos: options.qos, retain: options.retained }, (error) => settle(!error))
    })
  }

  reconnect(): void {
    if (this.#isClosed) return
    this.#failures = 0
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
    this.#drop('connecting anew')
    this.#connect()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelRetry?.()
    const client = this.#client
    if (client === undefined || !this.#isUp) {
      this.#drop('closed')
      return
    }
    this.#isUp = false
    await new Promise<void>((resolve) => {
      const cancel = this.#deps.clock.setTimer(CLOSE_MS, () => resolve())
      client.end(false, {}, () => {
        cancel()
        resolve()
      })
    })
    this.#drop('closed')
  }

  #connect(): void {
    const { clientId, will, keepAliveMs } = this.#options
    this.#reason = ''
    this.#isRefused = false
    const client = new MqttClient(() => this.#openSocket(), {
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      clientId,
      will: { topic: will.topic, payload: Buffer.from(will.payload), qos: will.qos, retain: will.retained },
      keepalive: Math.max(1, Math.round(keepAliveMs / 1000)),
      connectTimeout: CONNECT_MS,
      // Waiting is done here, with jitter and a clock of ours.
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
    })
    this.#client = client
    client.on('error', (error) => {
      this.#reason ||= error.message
    })
    client.on('message', (topic, payload) => {
      if (client === this.#client) this.#options.onMessage({ topic, payload })
    })
    client.on('connect', () => this.#subscribe(client))
    client.on('close', () => this.#lost(client, this.#reason || 'the connection closed'))
  }

  #openSocket(): TLSSocket {
    const { identity } = this.#deps
    const url = identity.mqttUrl()
    const { roots, client } = identity.tls()
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const socket = connectTls({
      host,
      port: Number(url.port || 8883),
      ca: [...roots],
      minVersion: 'TLSv1.2',
      ...(client && { key: client.privateKey, cert: client.certificate }),
      ...(isIP(host) === 0 && { servername: host }),
    })
    socket.on('error', (error: Error & { code?: unknown }) => {
      this.#reason ||= error.message
      this.#isRefused = error.code === 'ECONNREFUSED'
    })
    return socket
  }

  #subscribe(client: MqttClient): void {
    client.subscribe([...this.#options.subscriptions], { qos: 1 }, (error, granted) => {
      if (client !== this.#client || this.#isClosed) return
      const refused = granted?.find(({ qos }) => Number(qos) === SUBSCRIPTION_REFUSED)
      if (error || refused) {
        this.#lost(client, error ? error.message : `the broker refused the subscription ${refused?.topic}`)
        return
      }
      this.#isUp = true
      this.#upSince = this.#deps.clock.monotonicNanos()
      this.#options.onUp()
    })
  }

  #lost(client: MqttClient, reason: string): void {
    if (client !== this.#client) return
    this.#drop(reason)
    if (this.#isClosed) return
    const { clock, random, firstRetryMs } = this.#deps
    const now = clock.monotonicNanos()
    if (this.#failures === 0) this.#outageSince = now
    const failures = ++this.#failures
    const outageMs = Number((now - this.#outageSince) / 1_000_000n)
    const waitMs = retryWaitMs({ failures, outageMs, isRefused: this.#isRefused }, random, firstRetryMs)
    this.#cancelRetry = clock.setTimer(waitMs, () => {
      this.#cancelRetry = undefined
      this.#connect()
    })
  }

  /** Lets go of the connection; whoever waits for a PUBACK hears that there will be none. */
  #drop(reason: string): void {
    const client = this.#client
    this.#client = undefined
    client?.end(true)
    const wasUp = this.#isUp
    this.#isUp = false
    if (wasUp && this.#deps.clock.monotonicNanos() - this.#upSince >= STABLE_NANOS) this.#failures = 0
    for (const settle of [...this.#waiting]) settle(false)
    if (wasUp) this.#options.onDown(reason)
  }
}
