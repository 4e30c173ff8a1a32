/** The link on MQTT.js: mutual TLS, clean sessions, last will, and connections that come back by themselves. */
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'
import { MqttClient } from 'mqtt'
import { writeToStream } from 'mqtt-packet'
import type { ConnectionIdentity } from '../identity/identity-keeper.ts'
import type { Clock, Link, LinkOptions, LinkSession, Random } from '../ports.ts'
import { FailedAttempts, retryWaitMs } from './retry-wait.ts'

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
  const contexts = new Contexts()
  return { open: (options) => new MqttSession(deps, options, contexts) }
}

/** Longest wait until somebody answers at the address. */
const REACH_MS = 20_000
/**
 * From there until the broker has taken the session. A server lets devices in one after the other
 * (server/src/mqtt/handshake-queue.ts): who leaves the queue stands at its end the next time, and makes it longer.
 */
const ADMIT_MS = 75_000
/** A connection that lasted this long was a good one: the next wait is the first again. */
const STABLE_NANOS = 10_000_000_000n
/** Longest wait for a clean end of the connection. */
const CLOSE_MS = 1500
/** Return code of a subscription that the broker refuses [MQTT-3.9.3-2]. */
const SUBSCRIPTION_REFUSED = 0x80

/** Key and certificates as TLS uses them: to read them takes longer than to connect. */
class Contexts {
  #made: { readonly of: string; readonly context: SecureContext } | undefined

  of({ roots, client }: ReturnType<MqttLinkDeps['identity']['tls']>): SecureContext {
    const of = JSON.stringify([roots, client])
    if (this.#made?.of === of) return this.#made.context
    const context = createSecureContext({
      ca: [...roots],
      minVersion: 'TLSv1.2',
      ...(client && { key: client.privateKey, cert: client.certificate }),
    })
    this.#made = { of, context }
    return context
  }
}

class MqttSession implements LinkSession {
  readonly #deps: MqttLinkDeps
  readonly #options: LinkOptions
  readonly #contexts: Contexts
  /** Is on its way to the address. */
  #dialling: Socket | undefined
  #client: MqttClient | undefined
  #isUp = false
  #isClosed = false
  #upSince = 0n
  readonly #failures = new FailedAttempts()
  #isRefused = false
  #reason = ''
  #cancelRetry: (() => void) | undefined
  /** Publishes that wait for their PUBACK. */
  readonly #waiting = new Set<(delivered: boolean) => void>()

  constructor(deps: MqttLinkDeps, options: LinkOptions, contexts: Contexts) {
    this.#deps = deps
    this.#options = options
    this.#contexts = contexts
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
    this.#failures.forget()
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

  /** First of all it is seen whether anybody is there: while a server restarts, that is all that an attempt costs. */
  #connect(): void {
    this.#reason = ''
    this.#isRefused = false
    const url = this.#deps.identity.mqttUrl()
    const socket = connectTcp({ host: hostOf(url), port: Number(url.port || 8883), noDelay: true })
    this.#dialling = socket
    const giveUp = () => {
      if (socket === this.#dialling) socket.destroy(new Error(`nobody answered within ${REACH_MS} ms`))
    }
    // On a busy machine the answer may be there already, and is heard after the timers.
    const cancel = this.#deps.clock.setTimer(REACH_MS, () => void setImmediate(giveUp))
    socket.on('error', (error: Error & { code?: unknown }) => this.#note(error))
    socket.once('connect', () => {
      cancel()
      if (socket !== this.#dialling) return
      this.#dialling = undefined
      this.#speak(socket)
    })
    socket.once('close', () => {
      cancel()
      if (socket === this.#dialling) this.#failed()
    })
  }

  #speak(socket: Socket): void {
    const { clientId, will, keepAliveMs } = this.#options
    const client = new MqttClient(() => this.#secure(socket), {
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      clientId,
      will: { topic: will.topic, payload: Buffer.from(will.payload), qos: will.qos, retain: will.retained },
      keepalive: Math.max(1, Math.round(keepAliveMs / 1000)),
      connectTimeout: ADMIT_MS,
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

  #secure(socket: Socket): TLSSocket {
    const { identity } = this.#deps
    const host = hostOf(identity.mqttUrl())
    const secure = connectTls({
      socket,
      // Whom the certificate must name.
      host,
      secureContext: this.#contexts.of(identity.tls()),
      ...(isIP(host) === 0 && { servername: host }),
    })
    secure.on('error', (error) => this.#note(error))
    return secure
  }

  #note(error: Error & { code?: unknown }): void {
    this.#reason ||= error.message
    this.#isRefused = error.code === 'ECONNREFUSED'
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
    this.#failed()
  }

  /** Tries again after a wait. */
  #failed(): void {
    if (this.#isClosed) return
    const { clock, random, firstRetryMs } = this.#deps
    const attempt = this.#failures.note(this.#isRefused, clock.monotonicNanos())
    const waitMs = retryWaitMs(attempt, random, firstRetryMs)
    this.#cancelRetry = clock.setTimer(waitMs, () => {
      this.#cancelRetry = undefined
      this.#connect()
    })
  }

  /** Lets go of the connection; whoever waits for a PUBACK hears that there will be none. */
  #drop(reason: string): void {
    const [client, dialling] = [this.#client, this.#dialling]
    this.#client = undefined
    this.#dialling = undefined
    dialling?.destroy()
    client?.end(true)
    const wasUp = this.#isUp
    this.#isUp = false
    if (wasUp && this.#deps.clock.monotonicNanos() - this.#upSince >= STABLE_NANOS) this.#failures.forget()
    for (const settle of [...this.#waiting]) settle(false)
    if (wasUp) this.#options.onDown(reason)
  }
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '')
}
