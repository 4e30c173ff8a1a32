import { BrokerMemory } from '@ocelli/server/mqtt/broker-memory'
import { matches } from '@ocelli/server/mqtt/emitter'
import type { AedesPublishPacket } from 'aedes'
import { expect, test } from 'vitest'
import { seeded } from '../support/hostile-uploads.ts'

const message = (topic: string, payload = 'x') =>
  ({ cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, retain: true, dup: false }) as AedesPublishPacket

const topicsOf = async (memory: BrokerMemory, ...filters: string[]) => {
  const packets = (await memory.createRetainedStreamCombi(filters).toArray()) as AedesPublishPacket[]
  return packets.map(({ topic }) => topic).sort()
}

test('what is retained is found as by looking at all of it, whatever the filter', async () => {
  const chance = seeded(11)
  const one = <T>(all: readonly T[]) => all[Math.floor(chance() * all.length)] as T
  const levels = (count: number, of: readonly string[]) => Array.from({ length: count }, () => one(of)).join('/')
  const memory = new BrokerMemory()
  const held = new Set<string>()
  for (let step = 0; step < 400; step++) {
    const topic = levels(1 + Math.floor(chance() * 6), ['a', 'b', ''])
    const isKept = chance() < 0.7
    await memory.storeRetained(message(topic, isKept ? 'x' : ''))
    if (isKept) held.add(topic)
    else held.delete(topic)
    const filter = levels(1 + Math.floor(chance() * 5), ['a', 'b', '', '+']) + one(['', '', '/#'])
    expect(await topicsOf(memory, filter), filter).toEqual([...held].filter((name) => matches(filter, name)).sort())
  }
  expect(held.size).toBeGreaterThan(50)
})

test('the latest message of a topic is retained, and each filter of a subscription brings its own', async () => {
  const memory = new BrokerMemory()
  await memory.storeRetained(message('ocelli/v1/d-1/desired', 'old'))
  await memory.storeRetained(message('ocelli/v1/d-1/desired', 'new'))
  await memory.storeRetained(message('ocelli/v1/d-1/presence'))
  await memory.storeRetained(message('ocelli/v1/d-2/desired'))
  const filters = ['ocelli/v1/d-1/desired', 'ocelli/v1/d-1/ack', 'ocelli/v1/d-1/command/#']
  const packets = (await memory.createRetainedStreamCombi(filters).toArray()) as AedesPublishPacket[]
  expect(packets.map(({ topic, payload }) => [topic, String(payload)])).toEqual([['ocelli/v1/d-1/desired', 'new']])
})

test('a QoS 2 message is known until its exchange or its session ends', async () => {
  const memory = new BrokerMemory()
  const [client, other] = [{ id: 'd-1' }, { id: 'd-2' }]
  const packet = { ...message('t'), messageId: 7 }
  await expect(memory.incomingGetPacket(client, packet)).rejects.toThrow()
  await memory.incomingStorePacket(client, packet)
  expect(await memory.incomingGetPacket(client, packet)).toEqual(packet)
  await expect(memory.incomingGetPacket(other, packet)).rejects.toThrow()
  await memory.incomingDelPacket(client, packet)
  await expect(memory.incomingDelPacket(client, packet)).rejects.toThrow()
  await memory.incomingStorePacket(client, packet)
  await memory.cleanIncoming(client)
  await expect(memory.incomingGetPacket(client, packet)).rejects.toThrow()
})
