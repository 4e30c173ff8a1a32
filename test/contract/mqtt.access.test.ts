/** Who may do what on the wire, on aedes and on mosquitto with the configuration that Ocelli prints. */
import { randomUUID } from 'node:crypto'
import type { DeviceId } from '@ocelli/schemas/ids'
import { topics } from '@ocelli/schemas/topics'
import { DAY_MS } from '@ocelli/server/identity/certificates'
import { probeIsolation } from '@ocelli/server/mqtt/probe-isolation'
import type { IClientOptions } from 'mqtt'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type MqttIdentity, type RawClient, rawClient } from '../support/mqtt-client.ts'
import { aedesNetwork, mosquittoNetwork } from '../support/network-contract.ts'
import {
  createTestAuthority,
  type DeviceCredentials,
  makeCsr,
  realRandom,
  type TestAuthority,
} from '../support/tls-authority.ts'
import { waitUntil } from '../support/wait-until.ts'

interface Broker {
  readonly world: TestAuthority
  readonly deviceUrl: string
  readonly serverUrl: string
  /** Makes revocations known to the broker. */
  applyRevocations(): Promise<void>
  close(): Promise<void>
}

const BROKERS: [string, () => Promise<Broker>][] = [
  [
    'aedes',
    async () => {
      const network = await aedesNetwork()
      await network.bus()
      const { world, url, close } = network
      const applyRevocations = async () => {
        for (const device of await world.revocations.refresh()) await network.broker.disconnect(device)
      }
      return { world, deviceUrl: url, serverUrl: url, applyRevocations, close: () => close() }
    },
  ],
  [
    'mosquitto',
    async () => {
      const { world, broker, close } = await mosquittoNetwork()
      const { deviceUrl, serverUrl } = broker
      return { world, deviceUrl, serverUrl, applyRevocations: () => broker.restart(), close: () => close() }
    },
  ],
]

const COMMAND = 'c-aaaaaaaaaaaaaaaa' as never

describe.each(BROKERS)('%s', (_name, start) => {
  let broker: Broker
  let server: MqttIdentity
  let device: DeviceCredentials
  let neighbour: DeviceCredentials
  let clients: RawClient[]

  beforeEach(async () => {
    broker = await start()
    clients = []
    server = await broker.world.authority.issueServer(['localhost'])
    device = await broker.world.enrol()
    neighbour = await broker.world.enrol()
  })
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.close()))
    await broker.close()
  })

  const connect = async (url: string, identity: MqttIdentity | undefined, options: IClientOptions) => {
    const client = await rawClient(url, broker.world.authority.roots, identity, options)
    clients.push(client)
    return client
  }
  const asDevice = (who: DeviceCredentials, options: IClientOptions = {}) =>
    connect(broker.deviceUrl, who, { clientId: who.device, ...options })
  const asServer = () => connect(broker.serverUrl, server, { clientId: randomUUID() })
  const refusal = (promise: Promise<unknown>) =>
    promise.then(
      () => 'connected',
      () => 'refused',
    )
  /** Once this has arrived, whatever the broker passed on before has arrived as well. */
  const settled = async (observer: RawClient, who: DeviceCredentials) => {
    const marker = randomUUID()
    const client = await asDevice(who)
    await client.publish(topics.telemetry(who.device), marker)
    await waitUntil(() => observer.messages.some(({ text }) => text === marker), 'the marker arrived')
    await client.close()
  }

  test('a device writes its own presence, inventory, reported, telemetry, images and results', async () => {
    const observer = await asServer()
    expect(await observer.subscribe('ocelli/v1/#')).toBe(true)
    const client = await asDevice(device)
    const id = device.device
    const own = [topics.presence(id), topics.inventory(id), topics.reported(id), topics.telemetry(id)]
    for (const topic of [...own, topics.image(id, 'i-x', 'a'), topics.result(id, COMMAND)]) {
      expect(await client.publish(topic, topic)).toBe(true)
      await waitUntil(() => observer.messages.some((message) => message.topic === topic), topic)
    }
  })

  test('and nothing else, whoever it belongs to', async () => {
    const observer = await asServer()
    await observer.subscribe('#')
    const forbidden = (id: DeviceId) => [topics.desired(id), topics.ack(id), topics.command(id, COMMAND)]
    const others = (id: DeviceId) => [
      topics.presence(id),
      topics.inventory(id),
      topics.reported(id),
      topics.telemetry(id),
      topics.image(id, 'i-x', 'a'),
      topics.result(id, COMMAND),
    ]
    const attempts = [
      ...forbidden(device.device),
      ...forbidden(neighbour.device),
      ...others(neighbour.device),
      `ocelli/v1/${device.device}`,
      `ocelli/v1/${device.device}/presence/x`,
      `ocelli/v2/${device.device}/presence`,
      `/ocelli/v1/${device.device}/presence`,
      'ocelli/v1/presence',
      'anything',
      '$SYS/broker/x',
    ]
    for (const topic of attempts) {
      const client = await asDevice(device)
      await client.publish(topic, `forbidden ${topic}`)
      await client.close()
    }
    await settled(observer, device)
    expect(observer.messages.filter(({ text }) => text.startsWith('forbidden'))).toEqual([])
  })

  test('a device reads its own desired, ack and commands', async () => {
    const source = await asServer()
    const client = await asDevice(device)
    const id = device.device
    for (const filter of [topics.desired(id), topics.ack(id), `ocelli/v1/${id}/command/#`]) {
      expect(await client.subscribe(filter)).toBe(true)
    }
    const sent = [topics.desired(id), topics.ack(id), topics.command(id, COMMAND)]
    for (const topic of sent) expect(await source.publish(topic, topic)).toBe(true)
    await waitUntil(() => client.messages.length === 3, 'all arrived')
    expect(client.messages.map(({ topic }) => topic).sort()).toEqual([...sent].sort())
  })

  test('and nothing else, retained or live, by whatever filter', async () => {
    const source = await asServer()
    const [id, other] = [device.device, neighbour.device]
    const secret = [topics.desired(other), topics.command(other, COMMAND), topics.presence(other), topics.reported(id)]
    for (const topic of secret) await source.publish(topic, 'secret', true)
    const filters = [
      '#',
      '+/#',
      'ocelli/#',
      'ocelli/v1/+/desired',
      'ocelli/v1/+/command/#',
      `ocelli/v1/${id}/#`,
      `ocelli/v1/${id}/+`,
      ...secret,
      `$share/g/${topics.desired(other)}`,
      '$share/g/#',
      '$SYS/#',
    ]
    for (const filter of filters) {
      const client = await asDevice(device)
      await client.subscribe(filter)
      for (const topic of secret) await source.publish(topic, 'secret')
      // Its own desired state must still arrive, on the same connection or on a new one.
      const marked = client.isClosed() ? await asDevice(device) : client
      await marked.subscribe(topics.desired(id))
      await source.publish(topics.desired(id), 'marker')
      await waitUntil(() => marked.messages.some(({ text }) => text === 'marker'), `a marker after ${filter}`)
      expect([...client.messages, ...marked.messages].filter(({ text }) => text === 'secret')).toEqual([])
      await marked.close()
    }
  })

  test("a last will on another's topic is never sent", async () => {
    const observer = await asServer()
    await observer.subscribe('ocelli/v1/#')
    for (const topic of [topics.presence(neighbour.device), topics.desired(device.device)]) {
      const will = { topic, payload: Buffer.from('forbidden will'), qos: 1, retain: true } as const
      const client = await asDevice(device, { will }).catch(() => undefined)
      client?.client.stream.destroy()
    }
    await settled(observer, device)
    expect(observer.messages.filter(({ text }) => text === 'forbidden will')).toEqual([])
  })

  test("a client id is its certificate's: another's session is not taken over", async () => {
    const victim = await asDevice(neighbour)
    const intruder = await asDevice(device, { clientId: neighbour.device }).catch(() => undefined)
    await intruder?.close()
    expect(await victim.subscribe(topics.desired(neighbour.device))).toBe(true)
    expect(victim.isClosed()).toBe(false)
  })

  test('no certificate, another authority, an expired one and a user name open nothing', async () => {
    const stranger = await createTestAuthority()
    const foreign = await stranger.enrol()
    await stranger.dispose()
    broker.world.clock.shiftMs = -40 * DAY_MS
    const { csr, key } = await makeCsr()
    const { chain } = await broker.world.authority.issueDevice(csr, device.device)
    broker.world.clock.shiftMs = 0
    const identities: (MqttIdentity | undefined)[] = [undefined, foreign, { chain, key }]
    for (const identity of identities) {
      const options = { clientId: device.device, username: 'ocelli-server', password: 'x' }
      expect(await refusal(connect(broker.deviceUrl, identity, options))).toBe('refused')
    }
    expect(await refusal(asDevice(device))).toBe('connected')
  })

  test('a revoked certificate is cut off and kept out, and its neighbour is not', async () => {
    const [revoked, kept] = [await asDevice(device), await asDevice(neighbour)]
    await broker.world.revoke(device.device)
    await broker.applyRevocations()
    await waitUntil(() => revoked.isClosed(), 'the revoked device is cut off')
    const attempt = await asDevice(device).catch(() => undefined)
    // TLS 1.3 tells a client late: it may believe to be connected for a moment.
    expect(attempt === undefined || !(await attempt.publish(topics.presence(device.device), 'x'))).toBe(true)
    const again = kept.isClosed() ? await asDevice(neighbour) : kept
    expect(await again.publish(topics.presence(neighbour.device), 'x')).toBe(true)
  })

  test('the probe finds nothing to complain of', async () => {
    const canary = (id: string) => broker.world.authority.issueCanary(id as DeviceId)
    const result = await probeIsolation({
      deviceUrl: broker.deviceUrl,
      serverUrl: broker.serverUrl,
      authorities: broker.world.authority.roots,
      server,
      canaries: [await canary('d-aaaaaaaaaaaaaaaa'), await canary('d-bbbbbbbbbbbbbbbb')],
      random: realRandom,
      timeoutMs: 5_000,
    })
    expect(result).toEqual({ ok: true, breaches: [], unclear: [] })
  })
})

test.each<[string, (name: string, content: string) => string, RegExp]>([
  [
    'reading',
    (name, content) => (name === 'devices.acl' ? `${content}pattern read ocelli/v1/+/desired\n` : content),
    /a device read ocelli\/v1\/d-b+\/desired/,
  ],
  [
    'writing',
    (name, content) => (name === 'devices.acl' ? `${content}pattern write ocelli/v1/+/reported\n` : content),
    /a device wrote ocelli\/v1\/d-b+\/reported/,
  ],
  [
    'client ids',
    (name, content) => (name === 'mosquitto.conf' ? content.replace('use_username_as_clientid true\n', '') : content),
    /took another's session over/,
  ],
])('the probe notices a broker that is open for %s', async (_what, change, breach) => {
  const network = await mosquittoNetwork('shared', change)
  const { world, broker } = network
  const canary = (id: string) => world.authority.issueCanary(id as DeviceId)
  const targets = {
    deviceUrl: broker.deviceUrl,
    serverUrl: broker.serverUrl,
    authorities: world.authority.roots,
    server: await world.authority.issueServer(['localhost']),
    canaries: [await canary('d-aaaaaaaaaaaaaaaa'), await canary('d-bbbbbbbbbbbbbbbb')] as const,
    random: realRandom,
    timeoutMs: 3_000,
  }
  const result = await probeIsolation(targets)
  expect(result.ok).toBe(false)
  expect(result.breaches.join('\n')).toMatch(breach)
  await network.close()
  const gone = await probeIsolation(targets)
  expect(gone).toMatchObject({ ok: false, breaches: [] })
})
