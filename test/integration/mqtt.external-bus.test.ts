/** Several replicas on one mosquitto. */
import { topics } from '@ocelli/schemas/topics'
import { createExternalBus, type ExternalBus } from '@ocelli/server/mqtt/external-bus'
import { afterEach, expect, test } from 'vitest'
import { type MosquittoNetwork, mosquittoNetwork, openSession } from '../support/network-contract.ts'
import { realRandom } from '../support/tls-authority.ts'
import { waitUntil } from '../support/wait-until.ts'

let network: MosquittoNetwork | undefined
afterEach(async () => {
  await network?.close()
  network = undefined
})

const text = (content: string) => Buffer.from(content)
const batch = Array.from({ length: 50 }, (_, index) => String(index))

test('telemetry is shared out, everything else comes to every replica', async () => {
  network = await mosquittoNetwork('shared')
  const [one, other] = [await network.bus(), await network.bus()]
  const device = await network.device()
  const { session } = await openSession(device)
  const topic = topics.telemetry(device.id)
  for (const content of batch) await session.publish(topic, text(content), { qos: 1, retained: false })
  await session.publish(topics.inventory(device.id), text('facts'), { qos: 1, retained: true })
  await waitUntil(() => one.texts(topic).length + other.texts(topic).length >= batch.length, 'all arrived')
  const both = [...one.texts(topic), ...other.texts(topic)]
  expect(both.toSorted((a, b) => Number(a) - Number(b))).toEqual(batch)
  for (const replica of [one, other]) {
    await waitUntil(() => replica.texts(topics.inventory(device.id)).length === 1, 'the inventory arrived')
  }
  const late = await network.bus()
  await waitUntil(() => late.messages.length === 1, 'what is retained comes to a new replica')
  expect(late.messages[0]).toMatchObject({ topic: topics.inventory(device.id), retained: true })
})

test('with a leader, telemetry comes to the leader alone, and follows it', async () => {
  network = await mosquittoNetwork('leader')
  const [one, other] = [await network.bus(), await network.bus()]
  const device = await network.device()
  const { session } = await openSession(device)
  const topic = topics.telemetry(device.id)
  const send = (content: string) => session.publish(topic, text(content), { qos: 1, retained: false })
  await send('nobody leads')
  await (one.bus as ExternalBus).lead(true)
  await send('one')
  await waitUntil(() => one.texts(topic).length === 1, 'the leader has it')
  await (one.bus as ExternalBus).lead(false)
  await (other.bus as ExternalBus).lead(true)
  await send('other')
  await waitUntil(() => other.texts(topic).length === 1, 'the next leader has it')
  expect([one.texts(topic), other.texts(topic)]).toEqual([['one'], ['other']])
  // The lead outlives a connection.
  await network.broker.restart()
  await waitUntil(() => other.ups === 2, 'the leader is back', 90_000)
  await waitUntil(async () => {
    await send('later')
    return other.texts(topic).includes('later')
  }, 'the leader still has it')
  expect(one.texts(topic)).toEqual(['one'])
})

test('a broker that is not there, or is not ours, is no broker; the bus comes up once it is', async () => {
  network = await mosquittoNetwork('shared')
  const { world, broker } = network
  const leaf = await world.authority.issueServer(['localhost'])
  const other = await mosquittoNetwork('shared')
  const states: string[] = []
  const bus = createExternalBus({
    url: broker.serverUrl,
    leaf: () => leaf,
    authorities: other.world.authority.roots,
    telemetry: 'shared',
    clock: world.clock,
    random: realRandom,
  })
  await bus.open({ onMessage: () => {}, onUp: () => states.push('up'), onDown: () => states.push('down') })
  const seen = broker.log().length
  await waitUntil(() => broker.log().length > seen, 'the broker saw an attempt')
  expect(await bus.publish('ocelli/v1/x', text('x'), { qos: 1, retained: false })).toBe(false)
  expect(states).toEqual([])
  await bus.close()
  await other.close()
  const good = await network.bus()
  await broker.restart()
  await waitUntil(() => good.ups === 2 && good.downs === 1, 'down and up again', 90_000)
})
