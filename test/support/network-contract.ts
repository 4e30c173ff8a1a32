/** What the suites of the bus need of a broker: a server's side, devices with certificates, and a way to restart it. */
import { randomBytes } from 'node:crypto'
import type { Link, LinkOptions, LinkSession } from '@ocelli/agent/ports'
import { type DeviceId, idText } from '@ocelli/schemas/ids'
import { topics } from '@ocelli/schemas/topics'
import { createEmbeddedBroker, type EmbeddedBroker, type Refusal } from '@ocelli/server/mqtt/embedded-broker'
import { createExternalBus } from '@ocelli/server/mqtt/external-bus'
import type { Bus, BusMessage } from '@ocelli/server/ports'
import mqtt from 'mqtt'
import { MemoryNetwork } from './memory-network.ts'
import { type MosquittoBroker, startMosquitto } from './mosquitto-broker.ts'
import { createRunningClock } from './running-clock.ts'
import { createTestAuthority, type DeviceCredentials, realRandom, type TestAuthority } from './tls-authority.ts'
import { waitUntil } from './wait-until.ts'

/** A server's side that notes what it hears. */
export interface HeardBus {
  readonly bus: Bus
  readonly messages: BusMessage[]
  ups: number
  downs: number
  texts(topic: string): string[]
}

export interface TestNetwork {
  readonly name: string
  /** The server's side, open and up. */
  bus(): Promise<HeardBus>
  /** A new device. */
  device(): Promise<TestDevice>
  /** Restarts the broker, its memory gone. `undefined` where the broker is the server itself. */
  readonly restart?: () => Promise<void>
  close(): Promise<void>
}

export interface TestDevice {
  readonly id: DeviceId
  /** Undefined where there are no certificates. */
  readonly credentials?: DeviceCredentials
  readonly link: Link
  /** Dies without DISCONNECT. */
  die(): void
}

/** A device's session that notes what it hears. */
export interface HeardSession {
  readonly session: LinkSession
  readonly messages: { readonly topic: string; readonly text: string }[]
  ups: number
  downs: string[]
}

export async function openSession(device: TestDevice, changes: Partial<LinkOptions> = {}): Promise<HeardSession> {
  const heard: HeardSession = { session: undefined as never, messages: [], ups: 0, downs: [] }
  const session = device.link.open({
    clientId: device.id,
    will: { topic: topics.presence(device.id), payload: Buffer.from('lost'), qos: 1, retained: true },
    subscriptions: [
      topics.desired(device.id),
      topics.ack(device.id),
      `${topics.command(device.id, 'x' as never).slice(0, -1)}#`,
    ],
    keepAliveMs: 30_000,
    onMessage: ({ topic, payload }) => heard.messages.push({ topic, text: Buffer.from(payload).toString() }),
    onUp: () => heard.ups++,
    onDown: (reason) => heard.downs.push(reason),
    ...changes,
  })
  const full = Object.assign(heard, { session })
  await waitUntil(() => full.ups > 0, 'the device is connected')
  return full
}

async function heardBus(bus: Bus): Promise<HeardBus> {
  const heard: HeardBus = {
    bus,
    messages: [],
    ups: 0,
    downs: 0,
    texts: (topic) =>
      heard.messages.filter((message) => message.topic === topic).map(({ payload }) => Buffer.from(payload).toString()),
  }
  await bus.open({
    onMessage: (message) => heard.messages.push({ ...message, payload: message.payload.slice() }),
    onUp: () => heard.ups++,
    onDown: () => heard.downs++,
  })
  await waitUntil(() => heard.ups > 0, 'the bus is up')
  return heard
}

export interface AedesNetwork extends TestNetwork {
  readonly world: TestAuthority
  readonly broker: EmbeddedBroker
  readonly url: string
  readonly refusals: Refusal[]
  readonly clones: DeviceId[]
}

export async function aedesNetwork(): Promise<AedesNetwork> {
  const world = await createTestAuthority()
  const refusals: Refusal[] = []
  const clones: DeviceId[] = []
  const broker = await createEmbeddedBroker({
    host: '127.0.0.1',
    port: 0,
    leaf: await world.authority.issueServer(['localhost']),
    clientAuthorities: world.authority.clientAuthorities,
    isRevoked: (serial) => world.revocations.isRevoked(serial),
    onClone: (device) => clones.push(device),
    onRefused: (refusal) => refusals.push(refusal),
    clock: world.clock,
  })
  const url = `mqtts://localhost:${broker.port}`
  const devices: TestDevice[] = []
  let bus: Promise<HeardBus> | undefined
  return {
    name: 'aedes',
    world,
    broker,
    url,
    refusals,
    clones,
    bus: () => {
      bus ??= heardBus(broker)
      return bus
    },
    device: async () => track(devices, tlsDevice(url, await world.enrol(), world)),
    async close() {
      for (const device of devices) device.die()
      await broker.close()
      await world.dispose()
    },
  }
}

export interface MosquittoNetwork extends TestNetwork {
  readonly world: TestAuthority
  readonly broker: MosquittoBroker
}

export async function mosquittoNetwork(
  telemetry: 'shared' | 'leader' = 'shared',
  change?: (name: string, content: string) => string,
): Promise<MosquittoNetwork> {
  const world = await createTestAuthority()
  const broker = await startMosquitto(world, change)
  const buses: Bus[] = []
  const devices: TestDevice[] = []
  const leaf = await world.authority.issueServer(['localhost'])
  return {
    name: 'mosquitto',
    world,
    broker,
    async bus() {
      const bus = createExternalBus({
        url: broker.serverUrl,
        leaf: () => leaf,
        authorities: world.authority.clientAuthorities,
        telemetry,
        clock: world.clock,
        random: realRandom,
      })
      buses.push(bus)
      return heardBus(bus)
    },
    device: async () => track(devices, tlsDevice(broker.deviceUrl, await world.enrol(), world)),
    restart: () => broker.restart(),
    async close() {
      for (const device of devices) device.die()
      await Promise.all(buses.map((bus) => bus.close()))
      await broker.stop()
      await world.dispose()
    },
  }
}

export interface InMemoryNetwork extends TestNetwork {
  readonly network: MemoryNetwork
}

export function inMemoryNetwork(): InMemoryNetwork {
  const clock = createRunningClock()
  const network = new MemoryNetwork({ clock, chance: Math.random })
  return {
    name: 'the network in memory',
    network,
    bus: () => heardBus(network.bus()),
    async device() {
      const id = `d-${idText(randomBytes(10))}` as DeviceId
      return { id, link: network.link(id), die: () => network.kill(id) }
    },
    async restart() {
      network.restartBroker({ keepRetained: false, downMs: 1000 })
    },
    async close() {
      clock.stop()
    },
  }
}

function track(devices: TestDevice[], device: TestDevice): TestDevice {
  devices.push(device)
  return device
}

/** A plain MQTT client as a device's link: one client per connection, reconnecting quickly. */
function tlsDevice(url: string, credentials: DeviceCredentials, world: TestAuthority): TestDevice {
  const clients = new Set<mqtt.MqttClient>()
  let isDead = false
  const link: Link = {
    open(options) {
      let client: mqtt.MqttClient
      let isEnded = false
      const connect = () => {
        let isUp = false
        const { topic, payload, qos, retained } = options.will
        const current = mqtt.connect(url, {
          protocolVersion: 4,
          clientId: options.clientId,
          clean: true,
          keepalive: options.keepAliveMs / 1000,
          reconnectPeriod: 0,
          cert: credentials.chain,
          key: credentials.key,
          ca: [...world.authority.roots],
          will: { topic, payload: Buffer.from(payload), qos, retain: retained },
        })
        client = current
        // One listener for each publish that waits.
        current.setMaxListeners(0)
        clients.add(current)
        current.on('error', () => {})
        current.on('message', (received, content) => options.onMessage({ topic: received, payload: content }))
        current.once('connect', () => {
          current.subscribe([...options.subscriptions], { qos: 1 }, () => {
            isUp = true
            options.onUp()
          })
        })
        current.once('close', () => {
          clients.delete(current)
          current.end(true)
          if (isUp && !isEnded) options.onDown('closed')
          if (!isEnded && !isDead) setTimeout(() => isEnded || isDead || connect(), 50)
        })
      }
      connect()
      return {
        publish: (topic, payload, { qos, retained }) =>
          new Promise((resolve) => {
            const current = client
            current.once('close', () => resolve(false))
            current.publish(topic, Buffer.from(payload), { qos, retain: retained }, (error) => resolve(!error))
          }),
        reconnect: () => client.end(),
        async close() {
          isEnded = true
          await client.endAsync()
        },
      }
    },
  }
  return {
    id: credentials.device,
    credentials,
    link,
    die() {
      isDead = true
      for (const client of clients) client.stream.destroy()
    },
  }
}
