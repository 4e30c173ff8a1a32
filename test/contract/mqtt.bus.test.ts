/** One suite for every broker: aedes in process, mosquitto, and the network of the deterministic simulation. */
import { topics } from '@ocelli/schemas/topics'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  aedesNetwork,
  inMemoryNetwork,
  mosquittoNetwork,
  openSession,
  type TestNetwork,
} from '../support/network-contract.ts'
import { waitUntil } from '../support/wait-until.ts'

const text = (content: string) => Buffer.from(content)
const NETWORKS: [string, () => Promise<TestNetwork> | TestNetwork][] = [
  ['aedes', aedesNetwork],
  ['mosquitto with shared telemetry', () => mosquittoNetwork('shared')],
  ['the network in memory', inMemoryNetwork],
]

describe.each(NETWORKS)('%s', (_name, start) => {
  let network: TestNetwork
  beforeEach(async () => {
    network = await start()
  })
  afterEach(() => network.close())

  test('what a device writes comes to the server, whatever the topic', async () => {
    const server = await network.bus()
    const device = await network.device()
    const { session } = await openSession(device)
    const written = [
      topics.presence(device.id),
      topics.inventory(device.id),
      topics.reported(device.id),
      topics.telemetry(device.id),
      topics.image(device.id, 'i-x', 'door'),
      topics.result(device.id, 'c-aaaaaaaaaaaaaaaa' as never),
    ]
    for (const topic of written)
      expect(await session.publish(topic, text(topic), { qos: 1, retained: false })).toBe(true)
    await waitUntil(() => server.messages.length >= written.length, 'all arrived')
    for (const topic of written) expect(server.texts(topic)).toEqual([topic])
  })

  test('what the server writes comes to its device, and to no other', async () => {
    const server = await network.bus()
    const [device, neighbour] = [await network.device(), await network.device()]
    const [one, other] = [await openSession(device), await openSession(neighbour)]
    const command = topics.command(device.id, 'c-aaaaaaaaaaaaaaaa' as never)
    for (const topic of [topics.desired(device.id), topics.ack(device.id), command]) {
      expect(await server.bus.publish(topic, text(topic), { qos: 1, retained: false })).toBe(true)
    }
    await server.bus.publish(topics.ack(neighbour.id), text('last'), { qos: 1, retained: false })
    await waitUntil(() => one.messages.length === 3 && other.messages.length === 1, 'all arrived')
    expect(one.messages.map(({ topic }) => topic).sort()).toEqual(
      [topics.ack(device.id), command, topics.desired(device.id)].sort(),
    )
    expect(other.messages).toEqual([{ topic: topics.ack(neighbour.id), text: 'last' }])
  })

  test('a retained desired state waits for its device, the newest alone, and can be taken away', async () => {
    const server = await network.bus()
    const device = await network.device()
    const topic = topics.desired(device.id)
    await server.bus.publish(topic, text('old'), { qos: 1, retained: true })
    await server.bus.publish(topic, text('new'), { qos: 1, retained: true })
    const first = await openSession(device)
    await waitUntil(() => first.messages.length > 0, 'the retained message arrived')
    await first.session.close()
    expect(first.messages).toEqual([{ topic, text: 'new' }])
    await server.bus.publish(topic, new Uint8Array(), { qos: 1, retained: true })
    const second = await openSession(device)
    await server.bus.publish(topics.ack(device.id), text('after'), { qos: 1, retained: false })
    await waitUntil(() => second.messages.length > 0, 'a later message arrived')
    expect(second.messages).toEqual([{ topic: topics.ack(device.id), text: 'after' }])
  })

  test('messages of one topic keep their order, both ways', async () => {
    const server = await network.bus()
    const device = await network.device()
    const { session, messages } = await openSession(device)
    const expected = Array.from({ length: 100 }, (_, index) => String(index))
    const sent = expected.flatMap((content) => [
      session.publish(topics.telemetry(device.id), text(content), { qos: 1, retained: false }),
      server.bus.publish(topics.ack(device.id), text(content), { qos: 1, retained: false }),
    ])
    expect(new Set(await Promise.all(sent))).toEqual(new Set([true]))
    await waitUntil(() => server.messages.length >= 100 && messages.length >= 100, 'all arrived')
    expect(server.texts(topics.telemetry(device.id))).toEqual(expected)
    expect(messages.map((message) => message.text)).toEqual(expected)
  })

  test('the last will follows a death, and not a goodbye', async () => {
    const server = await network.bus()
    const [polite, dying] = [await network.device(), await network.device()]
    const goodbye = await openSession(polite)
    await openSession(dying)
    await goodbye.session.publish(topics.presence(polite.id), text('offline'), { qos: 1, retained: true })
    await goodbye.session.close()
    dying.die()
    await waitUntil(() => server.texts(topics.presence(dying.id)).includes('lost'), 'the last will arrived')
    expect(server.texts(topics.presence(polite.id))).toEqual(['offline'])
  })

  test('a second session takes over from the first, which hears of it', async () => {
    const server = await network.bus()
    const device = await network.device()
    const first = await openSession(device)
    const second = await openSession(device)
    await waitUntil(() => first.downs.length > 0, 'the first was told')
    await first.session.close()
    await waitUntil(async () => {
      await server.bus.publish(topics.ack(device.id), text('here'), { qos: 1, retained: false })
      return second.messages.length > 0
    }, 'the second is served')
  })

  test('the server ends a connection, and its last will follows', async () => {
    const server = await network.bus()
    const device = await network.device()
    const heard = await openSession(device)
    await server.bus.disconnect(device.id)
    await waitUntil(() => heard.downs.length > 0, 'the device was cut off')
    await waitUntil(() => server.texts(topics.presence(device.id)).includes('lost'), 'the last will arrived')
    await heard.session.close()
    await server.bus.disconnect(device.id)
  })

  test('a closed bus takes nothing and hears nothing', async () => {
    const server = await network.bus()
    const device = await network.device()
    const { session } = await openSession(device)
    await server.bus.close()
    expect(await server.bus.publish(topics.ack(device.id), text('x'), { qos: 1, retained: false })).toBe(false)
    await session.publish(topics.telemetry(device.id), text('x'), { qos: 0, retained: false })
    expect(server.messages).toEqual([])
  })

  test('after a restart of the broker both sides come back, and retained messages must be sent again', async (context) => {
    if (network.restart === undefined) return context.skip('the broker is the server itself')
    const server = await network.bus()
    const device = await network.device()
    const heard = await openSession(device)
    await server.bus.publish(topics.desired(device.id), text('kept?'), { qos: 1, retained: true })
    await waitUntil(() => heard.messages.length === 1, 'the first arrived')
    await network.restart()
    await waitUntil(
      () => server.downs === 1 && server.ups === 2 && heard.downs.length >= 1 && heard.ups >= 2,
      'both are back',
      20_000,
    )
    await waitUntil(
      () => server.bus.publish(topics.desired(device.id), text('again'), { qos: 1, retained: true }),
      'the broker takes it',
    )
    await waitUntil(() => heard.messages.length === 2, 'the second arrived')
    expect(heard.messages.map((message) => message.text)).toEqual(['kept?', 'again'])
  })
})
