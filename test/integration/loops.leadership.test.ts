/** Two replicas on one database: one leads, and the other goes on where it ended. */
import type { DeviceId } from '@ocelli/schemas/ids'
import { topics } from '@ocelli/schemas/topics'
import type { MemoryDisk } from '@ocelli/server/store/memory'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { furnishedDisk, OPERATOR, type Replica, startReplica } from '../support/memory-replica.ts'
import { MOTION, PROJECT } from '../support/server-world.ts'
import { deviceId, inventory } from '../support/snapshot-builders.ts'
import { waitUntil } from '../support/wait-until.ts'

const YARD = deviceId(1)

let replicas: Replica[] = []

async function replica(disk: MemoryDisk): Promise<Replica> {
  const made = await startReplica(disk)
  replicas.push(made)
  return made
}

beforeEach(() => {
  replicas = []
})
afterEach(async () => {
  for (const { stop } of replicas) await stop()
})

/** Both replicas hear what a device says. */
const say = (topic: string, value: unknown) => {
  for (const { bus } of replicas) bus.say(topic, value)
}
const told = ({ bus }: Replica, device: DeviceId) => bus.on(topics.desired(device)).length

test('the leader alone decides and publishes, also what the other replica was asked', async () => {
  const disk = await furnishedDisk([YARD])
  const [leader, other] = [await replica(disk), await replica(disk)]
  expect([leader.core.isLeader(), other.core.isLeader()]).toEqual([true, false])
  say(topics.presence(YARD), { state: 'online', session: { certificate: 1, start: 1 } })
  say(topics.inventory(YARD), inventory())
  await waitUntil(async () => (await other.store.device(YARD))?.inventory !== undefined, 'the leader writes the facts')
  expect(await other.core.api.apply(OPERATOR, { manifests: MOTION })).toMatchObject({
    changes: [{ outcome: 'applied' }],
  })
  await waitUntil(() => told(leader, YARD) > 0, 'the leader tells the device')
  expect(told(other, YARD)).toBe(0)
})

test('when the leader ends, the other knows what it heard until then and goes on', async () => {
  const disk = await furnishedDisk([YARD])
  const [leader, other] = [await replica(disk), await replica(disk)]
  say(topics.presence(YARD), { state: 'online', session: { certificate: 1, start: 1 } })
  say(topics.inventory(YARD), inventory())
  await waitUntil(async () => (await other.store.device(YARD))?.presence === 'online', 'the device is online')
  await leader.core.api.apply(OPERATOR, { manifests: MOTION })
  await waitUntil(() => told(leader, YARD) > 0, 'told by the first leader')
  await leader.core.stop()
  await waitUntil(() => other.core.isLeader(), 'the other leads')
  await waitUntil(() => told(other, YARD) > 0, 'told again by the new leader')
  await waitUntil(
    async () => (await other.store.device(YARD))?.presence === 'online',
    'what it heard before still holds',
  )
  other.bus.say(topics.inventory(YARD), inventory({ imagers: [] }))
  await waitUntil(async () => (await other.store.placements(PROJECT)).length === 0, 'it decides now')
})

test('of two replicas that get the same batch at once, both answer its position and it is there once', async () => {
  const disk = await furnishedDisk([YARD])
  const [one, two] = [await replica(disk), await replica(disk)]
  const stamp = { atMs: 1, synchronised: true, boot: 'b', instance: 'i-aaaaaaaaaaaaaaaa', revision: 1, role: 'live' }
  const records = [{ kind: 'measurement', sequence: 1, ...stamp, name: 'n', unit: '1', value: 1 }]
  say(topics.telemetry(YARD), { stream: 's-aaaaaaaaaaaaaaaa', first: 1, last: 1, oldestHeld: 1, records })
  for (const { bus } of [one, two]) await waitUntil(() => bus.on(topics.ack(YARD)).length === 1, 'acknowledged')
  expect(await one.store.records({ project: PROJECT, end: 'oldest', limit: 10 })).toHaveLength(1)
})
