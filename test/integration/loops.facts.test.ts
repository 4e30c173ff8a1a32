import type { DeviceId } from '@ocelli/schemas/ids'
import { topics } from '@ocelli/schemas/topics'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MOTION, ServerWorld } from '../support/server-world.ts'
import { inventory } from '../support/snapshot-builders.ts'
import { waitUntil } from '../support/wait-until.ts'

const STREAM = 's-aaaaaaaaaaaaaaaa'

let world: ServerWorld
beforeEach(async () => {
  world = await ServerWorld.start()
})
afterEach(() => world.stop())

const measurement = (sequence: number, over: Record<string, unknown> = {}) => ({
  ...{
    kind: 'measurement',
    sequence,
    atMs: 1,
    synchronised: true,
    boot: 'b',
    instance: 'i-aaaaaaaaaaaaaaaa',
    revision: 1,
  },
  ...{ role: 'live', name: 'motion', unit: '1', value: sequence, ...over },
})
const batch = (first: number, records: readonly unknown[], last = first + records.length - 1) => ({
  ...{ stream: STREAM, first, last, oldestHeld: first, records },
})
const acks = (device: DeviceId) =>
  world.bus.on(topics.ack(device)).map((ack) => (ack as { committed: number }).committed)
const problems = async (device: DeviceId) => (await world.admin.ok('getDevice', { params: { device } })).problems

test('a bad record is set aside and counted, and holds up neither its stream nor its neighbours', async () => {
  const yard = await world.device()
  const bad = { ...measurement(2), value: 'warm' }
  world.bus.say(topics.telemetry(yard), batch(1, [measurement(1), bad, measurement(3)]))
  await waitUntil(() => acks(yard).includes(3), 'the whole batch is acknowledged')
  const { items } = await world.admin.ok('listRecords')
  expect(items.map(({ record }) => record.sequence)).toEqual([1, 3])
  expect(await problems(yard)).toMatchObject([{ code: 'message.invalid', topic: 'telemetry', count: 1 }])
})

test('malformed, oversized and unknown messages are counted with their codes and stop nothing', async () => {
  const yard = await world.device()
  world.bus.say(topics.telemetry(yard), '{"stream": ')
  await waitUntil(async () => (await problems(yard)).length === 1, 'the first is counted')
  world.bus.say(topics.telemetry(yard), JSON.stringify({ ...batch(1, []), padding: 'x'.repeat(300_000) }))
  await waitUntil(async () => (await problems(yard)).length === 2, 'the second is counted')
  world.bus.say(topics.inventory(yard), 'no')
  world.bus.say(topics.presence(yard), { state: 'online' })
  world.bus.say('ocelli/v1/nobody/telemetry', 'x')
  world.bus.say(topics.telemetry('d-zzzzzzzzzzzzzzzz' as DeviceId), batch(1, [measurement(1)]))
  world.bus.say(topics.telemetry(yard), batch(1, [measurement(1)]))
  await waitUntil(() => acks(yard).length === 1, 'the good one is acknowledged')
  expect((await problems(yard)).map(({ code }) => code)).toEqual([
    'message.invalid',
    'message.malformed',
    'message.tooLarge',
    'message.malformed',
  ])
  expect((await world.admin.ok('getStatus')).telemetry).toMatchObject({ batches: 1, records: 1 })
})

test('a database that fails loses nothing: the batch is not acknowledged and its next copy is taken', async () => {
  const yard = await world.device()
  const commit = world.store.commitTelemetry
  let failed = 0
  world.store.commitTelemetry = async () => {
    failed++
    throw new Error('the database is away')
  }
  world.bus.say(topics.telemetry(yard), batch(1, [measurement(1)]))
  await waitUntil(() => failed === 1, 'the first copy fails')
  expect(acks(yard)).toEqual([])
  world.store.commitTelemetry = commit
  world.bus.say(topics.telemetry(yard), batch(1, [measurement(1)]))
  await waitUntil(() => acks(yard).length === 1, 'the second copy is taken')
})

test('a message of an older session changes nothing', async () => {
  const yard = await world.device()
  const newer = { certificate: 1, start: 5 }
  world.bus.say(topics.presence(yard), { state: 'online', session: newer })
  await waitUntil(async () => (await world.store.device(yard))?.session?.start === 5, 'the new session is known')
  world.bus.say(topics.presence(yard), { state: 'lost', session: { certificate: 1, start: 4 } })
  world.bus.say(topics.inventory(yard), inventory({ imagers: [] }))
  world.bus.say(topics.presence(yard), { state: 'offline', session: newer })
  await waitUntil(async () => (await world.store.device(yard))?.presence === 'offline', 'the last word of the session')
  expect((await world.store.device(yard))?.inventory?.imagers).toHaveLength(1)
})

test('when the broker is gone nobody is known to be there, until heard from again', async () => {
  const yard = await world.device()
  const presence = async () => (await world.store.device(yard))?.presence
  world.bus.handlers?.onDown('gone')
  await waitUntil(async () => (await presence()) === 'unknown', 'unknown')
  world.bus.handlers?.onUp()
  world.bus.say(topics.presence(yard), { state: 'online', session: { certificate: 1, start: 1 } })
  await waitUntil(async () => (await presence()) === 'online', 'heard from')
})

test('desired state is published until it is reported, and again when the broker comes back', async () => {
  const yard = await world.device()
  const told = () => world.bus.on(topics.desired(yard)).length
  world.bus.takes = false
  await world.admin.ok('applyChange', { body: { manifests: MOTION } })
  world.bus.takes = true
  world.bus.handlers?.onUp()
  await waitUntil(() => world.desired(yard)?.instances.length === 1, 'told once the broker takes it')
  world.report(yard)
  await waitUntil(async () => (await world.store.desiredKeys('unreported')).length === 0, 'reported')
  const before = told()
  world.bus.handlers?.onDown('restart')
  world.bus.handlers?.onUp()
  await waitUntil(() => told() === before + 1, 'told again, since retained messages may be gone')
  world.report(yard, { generation: { epoch: 1, counter: 0 } })
  world.bus.say(topics.presence(yard), { state: 'online', session: { certificate: 1, start: 1 } })
  await waitUntil(() => told() > before + 1, 'a device that fell back is told again')
})

test('a device that has nothing to run is told so', async () => {
  const yard = await world.device()
  await waitUntil(() => world.desired(yard) !== undefined, 'told')
  expect(world.desired(yard)?.instances).toEqual([])
})

test('facts that would move too many devices become one waiting change, which goes when they come back', async () => {
  const devices = [await world.device(), await world.device(), await world.device()]
  const manifests = `${MOTION.trimEnd()}\n  rollout: { maxTouched: 2 }\n`
  const { changes } = await world.admin.ok('applyChange', { body: { manifests } })
  await world.admin.ok('approveChange', { params: { id: changes[0]?.pending ?? '' } })
  await waitUntil(() => devices.every((device) => world.desired(device)?.instances.length === 1), 'all run it')

  world.server.core.context.store.recordInventory = recordTogether(world, devices.length)
  for (const device of devices) world.hello(device, inventory({ imagers: [] }))
  await waitUntil(async () => (await world.admin.ok('listChanges')).items.length === 1, 'a change waits')
  const [waiting] = (await world.admin.ok('listChanges')).items
  expect(waiting).toMatchObject({ kind: 'replan', actor: 'ocelli', touched: 3, maxTouched: 2 })
  expect(devices.map((device) => world.desired(device)?.instances.length)).toEqual([1, 1, 1])

  for (const device of devices) world.hello(device, inventory())
  await waitUntil(async () => (await world.admin.ok('listChanges')).items.length === 0, 'it is obsolete')
  expect(devices.map((device) => world.desired(device)?.instances.length)).toEqual([1, 1, 1])
})

/** Lets inventories of so many devices become visible all at once, as when a whole site loses its cameras. */
function recordTogether({ store }: ServerWorld, count: number): typeof store.recordInventory {
  const record = store.recordInventory
  let kept: Parameters<typeof record>[0] = []
  return async (heard, atMs) => {
    kept = [...kept, ...heard]
    if (kept.length < count) return new Map()
    const all = kept
    kept = []
    return record(all, atMs)
  }
}
