/** Placements follow facts: as far as needed, for nobody twice, and without one deployment holding up another. */
import type { ChangePlan } from '@ocelli/schemas/api/plan'
import type { DeviceId } from '@ocelli/schemas/ids'
import { topics } from '@ocelli/schemas/topics'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { exceededTexts } from '../../server/cli/format/plan.ts'
import { deploymentManifest, MOTION, PROJECT, ServerWorld } from '../support/server-world.ts'
import { imager, inventory } from '../support/snapshot-builders.ts'
import { waitUntil } from '../support/wait-until.ts'

let world: ServerWorld
beforeEach(async () => {
  world = await ServerWorld.start()
})
afterEach(() => world.stop())

const instances = (device: DeviceId) =>
  world
    .desired(device)
    ?.instances.map((one) => `${one.deployment.name}/${one.imager}`)
    .sort()

test('one changed device is placed again without a look at what others were told', async () => {
  const [yard, hall] = [await world.device(), await world.device()]
  await world.admin.ok('applyChange', { body: { manifests: MOTION } })
  await waitUntil(() => instances(hall)?.length === 1, 'both run it')
  const asked = new Set<string>()
  const { store } = world.server.core.context
  const { decisions, desiredOf } = store
  store.decisions = (...args) => {
    asked.add('decisions')
    return decisions.apply(store, args)
  }
  store.desiredOf = (devices) => {
    for (const device of devices) asked.add(device)
    return desiredOf.call(store, devices)
  }
  world.hello(yard, inventory({ imagers: [imager(), imager({ id: 'cam1' })] }))
  await waitUntil(() => instances(yard)?.length === 2, 'it runs on both imagers')
  expect([...asked]).toEqual([yard])
  const why = await world.admin.ok('explainDeployment', { params: { name: 'moves' }, query: { device: yard } })
  expect(why.decisions[0]?.instances).toHaveLength(2)
  world.hello(yard, inventory({ imagers: [] }))
  await waitUntil(() => instances(yard)?.length === 0, 'its imagers are gone')
  expect(instances(hall)).toEqual(['moves/cam0'])
})

test('a replica leaves a device that is silent for too long, and does not run twice when it comes back', async () => {
  const spec = `
placement: { replicas: 1 }
absentAfterMs: 1000
realisations: [{ name: main, component: motion@1.0.0 }]
grants: [frames, measurements]`
  const [yard, hall] = [await world.device(), await world.device()]
  const start = (device: DeviceId, state: string, number: number) =>
    world.bus.say(topics.presence(device), { state, session: { certificate: 1, start: number } })
  await world.admin.ok('applyChange', { body: { manifests: deploymentManifest('moves', spec) } })
  await waitUntil(() => instances(yard)?.length === 1, 'the first runs it')
  for (const number of [2, 3, 4]) {
    start(yard, 'lost', number - 1)
    await waitUntil(async () => (await world.store.device(yard))?.presence === 'lost', 'the link flaps')
    start(yard, 'online', number)
    await waitUntil(async () => (await world.store.device(yard))?.presence === 'online', 'and is back')
  }
  expect(instances(yard)).toEqual(['moves/cam0'])
  expect(instances(hall)).toEqual([])
  start(yard, 'lost', 4)
  await waitUntil(() => instances(hall)?.length === 1, 'it went to the other')
  expect(instances(yard)).toEqual([])
  start(yard, 'online', 5)
  await waitUntil(async () => {
    const { decisions } = await world.admin.ok('explainDeployment', {
      params: { name: 'moves' },
      query: { device: yard },
    })
    return decisions[0]?.reasons[0]?.code === 'placement.replicas'
  }, 'it is back, and told that another runs it')
  expect([instances(yard), instances(hall)]).toEqual([[], ['moves/cam0']])
})

test('a deployment that waits for a person holds up no other, and a person moves it alone', async () => {
  const careful = `${MOTION.replace('moves', 'careful').trimEnd()}\n  rollout: { maxTouched: 0 }\n`
  const yard = await world.device()
  const { changes } = await world.admin.ok('applyChange', { body: { manifests: `${MOTION}---\n${careful}` } })
  const pending = changes.find((change) => change.pending !== undefined)
  await world.admin.ok('approveChange', { params: { id: pending?.pending ?? '' } })
  await waitUntil(() => instances(yard)?.length === 2, 'both run')

  world.hello(yard, inventory({ imagers: [imager({ id: 'cam7' })] }))
  await waitUntil(() => instances(yard)?.includes('moves/cam7') === true, 'one follows the facts')
  await waitUntil(async () => (await world.admin.ok('listChanges')).items.length === 1, 'the other waits')
  expect(instances(yard)).toEqual(['careful/cam0', 'moves/cam7'])
  const [waiting] = (await world.admin.ok('listChanges')).items
  expect(waiting).toMatchObject({ name: 'careful follows the facts', touched: 1, maxTouched: 0 })
  expect(waiting?.plan.touched[0]?.start.map((one) => one.slot)).toEqual(['cam7'])

  const label = { labels: [{ device: yard, labels: { floor: '2' } }] }
  expect((await world.admin.ok('planChange', { body: label })).touched).toEqual([])
  expect((await world.admin.ok('applyChange', { body: label })).changes).toMatchObject([{ outcome: 'applied' }])
  expect(instances(yard)).toEqual(['careful/cam0', 'moves/cam7'])

  // Nor does a step of another's rollout move it along.
  const staged = `${MOTION.trimEnd()}\n  intervalMs: 700\n  rollout: { waves: [1] }\n`
  await world.admin.ok('applyChange', { body: { manifests: staged } })
  await waitUntil(
    () =>
      world
        .desired(yard)
        ?.instances.some(({ deployment, revision }) => deployment.name === 'moves' && revision === 2) === true,
    'the wave opened',
  )
  expect(instances(yard)).toEqual(['careful/cam0', 'moves/cam7'])

  await world.admin.ok('approveChange', { params: { id: waiting?.id ?? '' } })
  await waitUntil(() => instances(yard)?.includes('careful/cam7') === true, 'it follows as well')
  expect((await world.admin.ok('listChanges')).items).toEqual([])
  expect(await world.store.placements(PROJECT)).toHaveLength(2)
})

test('a fleet that grows one device at a time waits for a person past its limit, visibly, and goes on once one agrees', async () => {
  await world.device()
  await world.admin.ok('applyChange', { body: { manifests: `${MOTION.trimEnd()}\n  rollout: { maxTouched: 1 }\n` } })
  const second = await world.device()
  await waitUntil(() => instances(second)?.length === 1, 'one more may come')
  const third = await world.device()
  await waitUntil(async () => (await world.admin.ok('listChanges')).items.length === 1, 'the next waits')
  expect(instances(third) ?? []).toEqual([])
  const [waiting] = (await world.admin.ok('listChanges')).items
  expect(waiting?.plan.exceeded).toMatchObject([{ name: 'moves', touched: 1, devices: 3, agreedDevices: 1 }])
  expect(exceededTexts(waiting?.plan as ChangePlan)).toEqual([
    'moves: grows to 3 devices; a person last agreed to 1, and 1 more may come by themselves',
  ])
  const why = await world.admin.ok('explainDeployment', { params: { name: 'moves' }, query: { device: third } })
  expect(why).toMatchObject({ decisions: [], waits: { change: waiting?.id, devices: ['device-3'] } })
  const shown = () => world.admin.ok('getDeployment', { params: { name: 'moves' } })
  expect(await shown()).toMatchObject({ agreedDevices: 1, devices: { placed: 2 } })
  const { attention } = await world.admin.ok('getStatus')
  expect(attention.map(({ text }) => text).join()).toContain('brings moves to 3 devices (1 were agreed to)')

  await world.admin.ok('approveChange', { params: { id: waiting?.id ?? '' } })
  await waitUntil(() => instances(third)?.length === 1, 'it runs there as well')
  expect(await shown()).toMatchObject({ agreedDevices: 3 })
  const fourth = await world.device()
  await waitUntil(() => instances(fourth)?.length === 1, 'and one more may come again')
})
