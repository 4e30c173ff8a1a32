/** What the embedded broker must bear. */
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { connect as connectTcp } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { MAX_IMAGE_BYTES, MAX_PACKET_BYTES } from '@ocelli/schemas/messages/index'
import { topics } from '@ocelli/schemas/topics'
import { createEmbeddedBroker } from '@ocelli/server/mqtt/embedded-broker'
import type { IClientOptions } from 'mqtt'
import mqttPacket from 'mqtt-packet'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RawClient, rawClient } from '../support/mqtt-client.ts'
import { type AedesNetwork, aedesNetwork, type HeardBus, openSession } from '../support/network-contract.ts'
import type { DeviceCredentials } from '../support/tls-authority.ts'
import { waitUntil } from '../support/wait-until.ts'

let network: AedesNetwork
let server: HeardBus
let device: DeviceCredentials
let clients: RawClient[]

beforeEach(async () => {
  network = await aedesNetwork()
  server = await network.bus()
  device = await network.world.enrol()
  clients = []
})
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()))
  await network.close()
})

const open = async (options: IClientOptions = {}, who = device) => {
  const client = await rawClient(network.url, network.world.authority.roots, who, { clientId: who.device, ...options })
  clients.push(client)
  return client
}

/** A TLS connection of the device without any MQTT client on it; `session` is of an earlier one. */
async function rawSocket(who = device, session?: Buffer): Promise<TLSSocket> {
  const socket = connect({
    port: network.broker.port,
    host: 'localhost',
    ca: [...network.world.authority.roots],
    cert: who.chain,
    key: who.key,
    ...(session && { session }),
  })
  socket.on('error', () => {})
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  return socket
}

const closed = (socket: TLSSocket) =>
  new Promise<void>((resolve) => {
    socket.resume()
    if (socket.destroyed) resolve()
    socket.once('close', () => resolve())
  })

const connectPacket = (clientId: string) =>
  mqttPacket.generate({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId, clean: true, keepalive: 60 })

/** The neighbour is served, both ways. */
async function neighbourWorks(): Promise<void> {
  const neighbour = await network.device()
  const heard = await openSession(neighbour)
  expect(
    await heard.session.publish(topics.telemetry(neighbour.id), Buffer.from('up'), { qos: 1, retained: false }),
  ).toBe(true)
  await server.bus.publish(topics.ack(neighbour.id), Buffer.from('down'), { qos: 1, retained: false })
  await waitUntil(
    () => heard.messages.length === 1 && server.texts(topics.telemetry(neighbour.id)).length === 1,
    'served',
  )
  await heard.session.close()
}

test('the largest image passes, a larger packet ends its connection and nothing else', async () => {
  const client = await open()
  const topic = topics.image(device.device, 'i-x', 'door')
  expect(await client.publish(topic, randomBytes(MAX_IMAGE_BYTES))).toBe(true)
  await waitUntil(
    () => server.messages.some(({ payload }) => payload.byteLength === MAX_IMAGE_BYTES),
    'the image arrived',
  )
  expect(await client.publish(topic, randomBytes(MAX_PACKET_BYTES + 1))).toBe(false)
  expect(network.refusals).toMatchObject([{ client: device.device, reason: 'packetSize' }])
  await neighbourWorks()
})

test('an announced length of 256 MB is refused by its header', async () => {
  const socket = await rawSocket()
  socket.write(connectPacket(device.device))
  socket.write(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f))
  await closed(socket)
  expect(network.refusals).toMatchObject([{ client: device.device, reason: 'packetSize' }])
  await neighbourWorks()
})

test('malformed packets of all kinds end their own connection alone', async () => {
  const good = mqttPacket.generate({
    cmd: 'publish',
    topic: topics.telemetry(device.device),
    payload: 'x',
    qos: 1,
    messageId: 1,
    dup: false,
    retain: false,
  })
  const openings = [
    randomBytes(100),
    Buffer.alloc(50),
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    good,
    Buffer.concat([connectPacket(device.device), connectPacket(device.device)]),
    Buffer.concat([connectPacket(device.device), Buffer.from([0xf0, 0x00])]),
    Buffer.concat([connectPacket(device.device), Buffer.from([0x30, 0x02, 0x00, 0x00])]),
    Buffer.concat([connectPacket(device.device), Buffer.from([0x30, 0x05, 0x00, 0x03, 0x61, 0x2f, 0x23])]),
    Buffer.concat([connectPacket(device.device), Buffer.from([0x30, 0x04, 0x00, 0x02, 0xff, 0xfe])]),
    Buffer.concat([connectPacket(device.device), Buffer.from([0x82, 0x02, 0x00, 0x01])]),
    Buffer.concat([
      connectPacket(device.device),
      mqttPacket.generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '/'.repeat(300), qos: 1 }] }),
    ]),
    Buffer.concat([connectPacket(device.device), good.subarray(0, 5)]),
  ]
  for (const bytes of openings) {
    const socket = await rawSocket()
    socket.write(bytes)
    socket.end()
    await closed(socket)
  }
  expect(server.messages.filter(({ topic }) => topic === topics.telemetry(device.device))).toEqual([])
  const malformed = network.refusals.filter(({ reason }) => reason === 'malformed')
  expect(malformed.length).toBeGreaterThan(0)
  expect(malformed[0]).toMatchObject({ client: device.device })
  await neighbourWorks()
})

test('sessions that would outlive their connection, and clients without a name, are refused', async () => {
  await expect(open({ clean: false })).rejects.toThrow(/not authorized/i)
  await expect(open({ clientId: '' })).rejects.toThrow(/identifier/i)
  const socket = await rawSocket()
  const answer = new Promise<Buffer>((resolve) => socket.once('data', resolve))
  const nameless = connectPacket('')
  // The flag for a clean session is the second bit of the tenth byte; the generator refuses to leave it out.
  nameless[9] = (nameless[9] ?? 0) & ~2
  socket.write(nameless)
  // [MQTT-3.1.3-8]: CONNACK with return code 2.
  expect([...(await answer)]).toEqual([0x20, 2, 0, 2])
  await closed(socket)
  expect(network.refusals.map(({ reason }) => reason)).toEqual(['persistentSession', 'clientId', 'clientId'])
})

test('a reader that takes nothing is cut off, and delays nobody', async () => {
  const socket = await rawSocket()
  socket.pause()
  socket.write(connectPacket(device.device))
  const subscriptions = [{ topic: topics.ack(device.device), qos: 1 as const }]
  socket.write(mqttPacket.generate({ cmd: 'subscribe', messageId: 1, subscriptions }))
  await waitUntil(() => network.broker.clients === 1, 'the device is connected')
  const payload = randomBytes(200_000)
  let sent = 0
  await waitUntil(async () => {
    const started = performance.now()
    await server.bus.publish(topics.ack(device.device), payload, { qos: 1, retained: false })
    expect(performance.now() - started).toBeLessThan(1_000)
    sent++
    return network.broker.clients === 0
  }, 'the frozen reader is cut off')
  // Its own buffers and the kernel's hold some; what waits in the broker is bounded.
  expect(sent * payload.byteLength).toBeLessThan(64 * MAX_PACKET_BYTES)
  expect(network.refusals.at(-1)).toMatchObject({ reason: 'slow', client: device.device })
  await neighbourWorks()
  socket.destroy()
})

test('two holders of one certificate are reported as clones', async () => {
  const holder = await network.device()
  const [one, other] = [await openSession(holder), await openSession(holder)]
  await waitUntil(() => network.clones.length > 0, 'the clone is reported')
  expect(network.clones).toEqual([holder.id])
  await one.session.close()
  await other.session.close()
})

test('what a device marks as retained is kept for the documented topics alone', async () => {
  const client = await open()
  const id = device.device
  await client.publish(topics.presence(id), 'kept', true)
  await client.publish(topics.telemetry(id), 'not kept', true)
  await client.publish(topics.image(id, 'i-x', 'a'), 'not kept', true)
  const leaf = await network.world.authority.issueServer(['localhost'])
  const late = await rawClient(network.url, network.world.authority.roots, leaf, { clientId: 'late' })
  clients.push(late)
  await late.subscribe(`ocelli/v1/${id}/#`)
  await late.publish(`ocelli/v1/${id}/ack`, 'marker')
  await waitUntil(() => late.messages.some(({ text }) => text === 'marker'), 'the marker arrived')
  await waitUntil(() => late.messages.some(({ text }) => text === 'kept'), 'the retained message arrived')
  expect(late.messages.filter(({ text }) => text === 'not kept')).toEqual([])
})

test('a port that is taken is told, and a new certificate is used for new connections', async () => {
  const { world, broker } = network
  const leaf = await world.authority.issueServer(['localhost'])
  const options = { host: '127.0.0.1', leaf, clientAuthorities: world.authority.clientAuthorities, clock: world.clock }
  const rest = { isRevoked: () => false, onClone: () => {} }
  await expect(createEmbeddedBroker({ ...options, ...rest, port: broker.port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  })
  broker.useLeaf(leaf)
  const socket = await rawSocket()
  expect(leaf.chain.replace(/\s/g, '')).toContain(socket.getPeerCertificate().raw.toString('base64'))
  socket.destroy()
})

test('a revoked certificate does not get in by a TLS session from before', async () => {
  const first = await rawSocket()
  let session: Buffer | undefined
  first.on('session', (ticket) => {
    session = ticket
  })
  first.resume()
  await waitUntil(() => session !== undefined, 'the server gave a ticket')
  const again = await rawSocket(device, session)
  expect(again.isSessionReused()).toBe(true)
  await network.world.revoke(device.device)
  await network.world.revocations.refresh()
  const revoked = await rawSocket(device, session)
  revoked.write(connectPacket(device.device))
  const answers: Buffer[] = []
  revoked.on('data', (chunk) => answers.push(chunk))
  await closed(revoked)
  expect(answers).toEqual([])
  expect(network.refusals).toContainEqual(expect.objectContaining({ reason: 'revoked', client: device.device }))
  for (const socket of [first, again]) socket.destroy()
})

/** Runs `emitter-storm.ts` in a process of its own, as what it shows is a crash. */
function storm(emitter: 'ours' | 'default'): Promise<{ readonly exitCode: number | null; readonly stderr: string }> {
  return new Promise((resolve) => {
    const child = fork(new URL('../support/emitter-storm.ts', import.meta.url), [emitter], { silent: true })
    let stderr = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.once('close', (exitCode) => resolve({ exitCode, stderr }))
  })
}

test('a hundred clients with a hundred messages each kill aedes with its own emitter, and not with ours', {
  timeout: 60_000,
}, async () => {
  const theirs = await storm('default')
  expect(theirs.stderr).toMatch(/Maximum call stack size exceeded/)
  expect(theirs.exitCode).not.toBe(0)
  expect(await storm('ours')).toEqual({ exitCode: 0, stderr: '' })
})

test('a device that comes before the server takes messages is served as soon as it does', async () => {
  const starting = await aedesNetwork()
  const early = await starting.world.enrol()
  const socket = connect({
    port: starting.broker.port,
    host: 'localhost',
    ca: [...starting.world.authority.roots],
    cert: early.chain,
    key: early.key,
  })
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  const answered = new Promise<Buffer>((resolve) => socket.once('data', resolve))
  socket.write(connectPacket(early.device))
  const bus = await starting.bus()
  // CONNACK, accepted [MQTT-3.2.2-4].
  expect((await answered).subarray(0, 4)).toEqual(Buffer.from([0x20, 2, 0, 0]))
  socket.write(
    mqttPacket.generate({
      cmd: 'publish',
      topic: topics.presence(early.device),
      payload: 'here',
      qos: 1,
      messageId: 1,
      dup: false,
      retain: true,
    }),
  )
  await waitUntil(() => bus.texts(topics.presence(early.device)).length === 1, 'heard')
  socket.destroy()
  await starting.close()
})

test('connections that say nothing hold up no device', async () => {
  const silent = Array.from({ length: 80 }, () => connectTcp(network.broker.port, '127.0.0.1').on('error', () => {}))
  try {
    await waitUntil(() => network.broker.handshakes.waiting > 0, 'more handshakes wait than may be under way')
    await open()
    await waitUntil(() => network.broker.handshakes.waiting === 0, 'everybody had a turn')
  } finally {
    for (const socket of silent) socket.destroy()
  }
  await waitUntil(() => network.broker.handshakes.underWay === 0, 'those that left are forgotten')
})
