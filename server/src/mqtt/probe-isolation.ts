/**
 * Asks an external broker whether it keeps devices apart, by trying what must fail with certificates of two canary
 * devices that exist nowhere else. Each forbidden act is followed by an allowed one on the same connection: once that
 * has arrived, a forbidden message that had passed would have arrived before it.
 */
import type { DeviceId } from '@ocelli/schemas/ids'
import { DEVICE_WRITES, topics } from '@ocelli/schemas/topics'
import mqtt, { type MqttClient } from 'mqtt'
import type { Random } from '../ports.ts'

export interface ProbeIdentity {
  readonly chain: string
  readonly key: string
}

export interface ProbeTargets {
  /** Listener for devices. */
  readonly deviceUrl: string
  /** Listener for servers; the same address where there is one for both. */
  readonly serverUrl: string
  readonly authorities: readonly string[]
  readonly server: ProbeIdentity
  /** Two devices that exist nowhere else. */
  readonly canaries: readonly [
    ProbeIdentity & { readonly device: DeviceId },
    ProbeIdentity & { readonly device: DeviceId },
  ]
  readonly random: Random
  /** Longest time for each step. */
  readonly timeoutMs: number
}

export interface ProbeResult {
  readonly ok: boolean
  /** What a device could do that it must not. */
  readonly breaches: readonly string[]
  /** What could not be told, for instance as the broker is not there. */
  readonly unclear: readonly string[]
}

/** Tries reading, writing and client ids across devices. Never rejects. */
export async function probeIsolation(targets: ProbeTargets): Promise<ProbeResult> {
  const breaches: string[] = []
  const unclear: string[] = []
  const steps = [
    () => probeReading(targets, targets.deviceUrl, breaches),
    () => probeWriting(targets, targets.deviceUrl, breaches),
    () => probeClientId(targets, breaches),
    // A device's certificate must be worth nothing at the servers' door either.
    ...(targets.serverUrl === targets.deviceUrl
      ? []
      : [
          () => probeReading(targets, targets.serverUrl, breaches),
          () => probeWriting(targets, targets.serverUrl, breaches),
        ]),
  ]
  for (const step of steps) {
    try {
      await step()
    } catch (error) {
      unclear.push(error instanceof Error ? error.message : String(error))
    }
  }
  return { ok: breaches.length === 0 && unclear.length === 0, breaches, unclear }
}

async function probeReading(targets: ProbeTargets, url: string, breaches: string[]): Promise<void> {
  const [intruder, victim] = targets.canaries
  const own = topics.desired(intruder.device)
  const watched = [topics.desired(victim.device), topics.reported(victim.device), topics.reported(intruder.device)]
  const filters = ['#', '+/+/+/+', 'ocelli/#', 'ocelli/v1/+/desired', 'ocelli/v1/+/reported', ...watched]
  await withSession(serverSession(targets), async (server) => {
    for (const filter of filters) {
      await asIntruder(targets, url, intruder.device, async (session) => {
        const seen = session.collect()
        // A refusal in SUBACK, a closed connection, or a grant that delivers nothing: each will do.
        await session.subscribe([filter])
        const mayRead = await session.subscribe([own])
        const [secret, marker] = [nonce(targets), nonce(targets)]
        for (const topic of watched) await server.publish(topic, secret)
        await server.publish(own, marker)
        if (mayRead && url === targets.deviceUrl) {
          await session.until(() => seen.some(({ payload }) => payload === marker) || session.isClosed())
        } else {
          // At the servers' door nothing may arrive: the answer to one more request follows all that was sent before it.
          await session.subscribe([own])
        }
        for (const { topic, payload } of seen) {
          if (payload === secret) breaches.push(`a device read ${topic} through a subscription to ${filter}`)
        }
      })
    }
  })
}

async function probeWriting(targets: ProbeTargets, url: string, breaches: string[]): Promise<void> {
  const [intruder, victim] = targets.canaries
  const forbidden = [
    ...DEVICE_WRITES.map((level) => `ocelli/v1/${victim.device}/${level.replace('#', 'x/y')}`),
    topics.desired(victim.device),
    topics.desired(intruder.device),
    topics.ack(intruder.device),
  ]
  await withSession(serverSession(targets), async (server) => {
    const seen = server.collect()
    await server.subscribe([`ocelli/v1/${victim.device}/#`, `ocelli/v1/${intruder.device}/#`])
    for (const topic of forbidden) {
      await asIntruder(targets, url, intruder.device, async (session) => {
        const [secret, marker, echo] = [nonce(targets), nonce(targets), nonce(targets)]
        await session.publish(topic, secret)
        const sent = await session.publish(topics.telemetry(intruder.device), marker)
        if (sent && url === targets.deviceUrl) {
          await server.until(() => seen.some(({ payload }) => payload === marker) || session.isClosed())
        } else {
          // What the server's own connection sends and gets back has passed the broker after the intruder's message.
          await server.publish(topics.telemetry(victim.device), echo)
          await server.until(() => seen.some(({ payload }) => payload === echo))
        }
        if (seen.some(({ payload }) => payload === secret)) breaches.push(`a device wrote ${topic}`)
      })
    }
  })
}

async function probeClientId(targets: ProbeTargets, breaches: string[]): Promise<void> {
  const [, victim] = targets.canaries
  await withSession(connected(targets, targets.deviceUrl, victim, victim.device), async (session) => {
    await asIntruder(targets, targets.deviceUrl, victim.device, async () => {})
    // Its session must still answer: a round trip shows that it was not taken over.
    const alive = await session.subscribe([topics.desired(victim.device)])
    if (!alive || session.isClosed()) breaches.push("a device took another's session over by its client id")
  })
}

function serverSession(targets: ProbeTargets): Promise<ProbeSession> {
  return connected(targets, targets.serverUrl, targets.server, `probe-${nonce(targets)}`)
}

/** Acts with the first canary's certificate; a broker that does not even let it in has passed. */
async function asIntruder(
  targets: ProbeTargets,
  url: string,
  clientId: string,
  act: (session: ProbeSession) => Promise<void>,
): Promise<void> {
  const session = await connected(targets, url, targets.canaries[0], clientId).catch(() => undefined)
  if (session !== undefined) await withSession(Promise.resolve(session), act)
}

async function withSession(
  opening: Promise<ProbeSession>,
  act: (session: ProbeSession) => Promise<void>,
): Promise<void> {
  const session = await opening
  try {
    await act(session)
  } finally {
    await session.close()
  }
}

interface Message {
  readonly topic: string
  readonly payload: string
}

/** One connection of the probe; each wait is bounded. */
class ProbeSession {
  private readonly client: MqttClient
  private readonly timeoutMs: number
  private readonly wakes = new Set<() => void>()
  private ended = false

  constructor(client: MqttClient, timeoutMs: number) {
    this.client = client
    this.timeoutMs = timeoutMs
    client.on('error', () => {})
    client.on('close', () => {
      this.ended = true
      this.wake()
    })
  }

  isClosed(): boolean {
    return this.ended
  }

  collect(): Message[] {
    const seen: Message[] = []
    this.client.on('message', (topic, payload) => {
      seen.push({ topic, payload: payload.toString() })
      this.wake()
    })
    return seen
  }

  /** Whether the broker granted it. */
  subscribe(filters: string[]): Promise<boolean> {
    return this.settled((done) =>
      this.client.subscribe(filters, { qos: 1 }, (error, granted) =>
        done(!error && (granted ?? []).every(({ qos }) => qos <= 2)),
      ),
    )
  }

  /** Whether the broker answered it. */
  publish(topic: string, payload: string): Promise<boolean> {
    return this.settled((done) => this.client.publish(topic, payload, { qos: 1 }, (error) => done(!error)))
  }

  async until(condition: () => boolean): Promise<void> {
    const met = await this.settled((done) => {
      const look = () => condition() && done(true)
      this.wakes.add(look)
      look()
    }, false)
    if (!met) throw new Error(`the broker did not pass an allowed message on in ${this.timeoutMs} ms`)
  }

  async close(): Promise<void> {
    await this.client.endAsync(true)
  }

  private wake(): void {
    for (const look of [...this.wakes]) look()
  }

  /** The answer of `start`, or false when the connection closes or the time is over first. */
  private settled(start: (done: (value: boolean) => void) => void, endsWithConnection = true): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (value: boolean) => {
        clearTimeout(timer)
        this.wakes.delete(look)
        resolve(value)
      }
      const look = () => endsWithConnection && this.ended && finish(false)
      const timer = setTimeout(() => finish(false), this.timeoutMs)
      this.wakes.add(look)
      start(finish)
      look()
    })
  }
}

async function connected(
  targets: ProbeTargets,
  url: string,
  identity: ProbeIdentity,
  clientId: string,
): Promise<ProbeSession> {
  const client = mqtt.connect(url, {
    protocolVersion: 4,
    clientId,
    clean: true,
    reconnectPeriod: 0,
    connectTimeout: targets.timeoutMs,
    cert: identity.chain,
    key: identity.key,
    ca: [...targets.authorities],
    rejectUnauthorized: true,
  })
  const session = new ProbeSession(client, targets.timeoutMs)
  try {
    await new Promise<void>((resolve, reject) => {
      let why = new Error(`${url} closed the connection`)
      client.once('connect', () => resolve())
      client.once('error', (error) => {
        why = error
      })
      client.once('close', () => reject(why))
    })
    return session
  } catch (error) {
    await session.close()
    throw error
  }
}

function nonce({ random }: ProbeTargets): string {
  return Buffer.from(random.bytes('probe', 12)).toString('hex')
}
