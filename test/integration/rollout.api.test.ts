/** Rollouts over HTTP, with devices that say what the test has them say. */
import type { RolloutDetail } from '@ocelli/schemas/api/rollout'
import type { DeviceId } from '@ocelli/schemas/ids'
import { topics } from '@ocelli/schemas/topics'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { deploymentManifest, ServerWorld } from '../support/server-world.ts'
import { waitUntil } from '../support/wait-until.ts'

let world: ServerWorld
let devices: DeviceId[]
beforeEach(async () => {
  world = await ServerWorld.start()
  devices = []
  for (let index = 0; index < 4; index++) devices.push(await world.device())
})
afterEach(() => world.stop())

const manifest = (variant: number, rollout = '') =>
  deploymentManifest(
    'moves',
    `
realisations: [{ name: main, component: motion@1.0.0 }]
grants: [frames, measurements]
config: { variant: ${variant} }
${rollout}`,
  )
const apply = (variant: number, rollout = '') =>
  world.admin.ok('applyChange', { body: { manifests: manifest(variant, rollout) } })
const rollout = (): Promise<RolloutDetail> => world.admin.ok('getRollout', { params: { name: 'moves' } })
const revisionOf = (device: DeviceId) => world.desired(device)?.instances[0]?.revision
const revisions = () => devices.map(revisionOf)

/** All devices report that they run what they should, and the server has heard it. */
async function everybodyReports(): Promise<void> {
  for (const device of devices) world.report(device)
  await waitUntil(async () => {
    const rows = await world.store.devices('default' as never)
    return rows.every((row) => row.reported?.generation?.counter === row.desired?.generation.counter)
  }, 'all reports are in')
}

async function phaseIs(phase: RolloutDetail['phase']): Promise<RolloutDetail> {
  await waitUntil(async () => (await rollout()).phase === phase, `the rollout is ${phase}`, 15_000)
  return rollout()
}

let sequence = 0
/** Measurements by the live instance of a device, at its revision. */
async function measures(device: DeviceId, values: readonly number[]): Promise<void> {
  const instance = world.desired(device)?.instances[0]
  const stream = `s-${device.slice(2)}`
  const first = sequence + 1
  const records = values.map((value) => ({
    kind: 'measurement',
    sequence: ++sequence,
    atMs: Date.now(),
    synchronised: true,
    boot: 'b',
    instance: instance?.id,
    revision: instance?.revision,
    role: 'live',
    name: 'motion',
    unit: '1',
    value,
  }))
  const acks = world.bus.on(topics.ack(device)).length
  world.bus.say(topics.telemetry(device), { stream, first, last: sequence, oldestHeld: first, records })
  await waitUntil(() => world.bus.on(topics.ack(device)).length > acks, 'the records are committed')
}

const CANARY = `rollout:
  waves: [1, 100%]
  maxUnavailable: 4
  gate: { healthyForMs: 0, checks: [{ measurement: motion, compare: mean, maxDifference: 1, minSamples: 3 }] }`

async function settled(): Promise<void> {
  await apply(1)
  await waitUntil(() => revisions().every((one) => one === 1), 'all are told')
  await everybodyReports()
  await phaseIs('completed')
}

test('without waves all devices are told in the commit that makes the revision, and the rollout ends when they are well', async () => {
  await apply(1)
  await waitUntil(() => revisions().every((one) => one === 1), 'all are told')
  expect(await rollout()).toMatchObject({ phase: 'open', staged: false, members: 4, counts: { told: 4 } })
  await everybodyReports()
  expect(await phaseIs('completed')).toMatchObject({ counts: { healthy: 4 }, ended: true, verbs: ['roll-back'] })
  const { items } = await world.admin.ok('listRollouts', {})
  expect(items).toMatchObject([{ name: 'moves', revision: 1, phase: 'completed' }])
  expect((await world.admin.ok('listRollouts', { query: { active: 'true' } })).items).toEqual([])
})

describe('a canary with an output gate', () => {
  test('goes on where the new revision says what the old one says', async () => {
    await settled()
    const planned = await world.admin.ok('planChange', { body: { manifests: manifest(2, CANARY) } })
    const shown = planned.changes[0]?.rollout
    expect(shown).toMatchObject({ revision: 2, from: 1, staged: true, waves: [{ living: 1 }, { living: 3 }] })
    const { changes } = await apply(2, CANARY)
    expect(changes[0]?.plan?.touched).toHaveLength(4)
    const { items } = await world.admin.ok('listRolloutDevices', { params: { name: 'moves' } })
    for (const { device, wave } of items) {
      expect(shown?.waves.find(({ devices: them }) => them.some((one) => one.device === device))?.number).toBe(wave)
    }
    await waitUntil(() => revisions().filter((one) => one === 2).length === 1, 'the canary is told')
    expect(revisions().filter((one) => one === 1)).toHaveLength(3)
    const opened = await rollout()
    expect(opened.list.map(({ state, devices: count }) => [state, count])).toEqual([
      ['open', 1],
      ['closed', 3],
    ])
    await everybodyReports()
    for (const device of devices) await measures(device, [2, 2, 2, 3])
    await waitUntil(() => revisions().every((one) => one === 2), 'all are told', 15_000)
    await everybodyReports()
    for (const device of devices) await measures(device, [2, 2, 2, 3])
    const ended = await phaseIs('completed')
    expect(ended.list[0]?.gate.at(-1)).toMatchObject({ name: 'motion mean', verdict: 'holds', rest: { devices: 3 } })
  })

  test('stops where it says something else; roll-back says what it does, then does it', async () => {
    await settled()
    await apply(2, CANARY)
    await waitUntil(() => revisions().includes(2), 'the canary is told')
    const canary = devices.find((device) => revisionOf(device) === 2) as DeviceId
    await everybodyReports()
    const waiting = await rollout()
    expect(waiting.reasons.join()).toContain('waits for 3 samples')
    for (const device of devices) await measures(device, device === canary ? [9, 9, 9] : [2, 2, 3])
    const paused = await phaseIs('paused')
    expect(paused.reasons[0]).toMatch(/motion: 9 in the wave \(3 samples of 1 device\), 2.333 on the old revision/)
    expect(revisions().filter((one) => one === 2)).toHaveLength(1)

    const ask = (dryRun: boolean) =>
      world.admin.ok('actOnRollout', {
        params: { name: 'moves', verb: 'roll-back' },
        query: { dryRun: String(dryRun) as never },
      })
    const told = await ask(true)
    expect(told).toMatchObject({ dryRun: true, before: 'paused', after: 'rollingBack' })
    expect(told.running).toContain('goes back')
    expect(told.waiting).toContain('stay on what they run now')
    expect(revisionOf(canary)).toBe(2)
    await ask(false)
    await waitUntil(() => revisions().every((one) => one === 1), 'the canary is told to go back')
    await everybodyReports()
    await phaseIs('rolledBack')
    const { items } = await world.admin.ok('listRolloutDevices', {
      params: { name: 'moves' },
      query: { progress: 'rolledBack' },
    })
    expect(items.map(({ device }) => device)).toEqual([canary])
    const audit = await world.admin.ok('listAudit', {})
    expect(audit.items.map(({ action }) => action)).toContain('rollout.roll-back')
  })
})

test('a device that went back by itself is counted, with why and its last log lines, and is left alone', async () => {
  await settled()
  await apply(2, 'rollout: { waves: [1, 100%], gate: { healthyForMs: 0, maxFailed: 0 } }')
  await waitUntil(() => revisions().includes(2), 'the canary is told')
  const canary = devices.find((device) => revisionOf(device) === 2) as DeviceId
  const [instance] = world.desired(canary)?.instances ?? []
  expect(instance?.fallback).toEqual({ withinMs: 300_000 })
  world.report(canary, {
    instances: [
      {
        ...{ id: instance?.id, realisation: 'main', digest: instance?.components[0]?.digest, state: 'running' },
        ...{ revision: 1, healthy: true, sinceMs: 1, restarts: 0 },
        fellBack: {
          revision: 2,
          atMs: 1,
          error: { code: 'instance.trap', message: 'unreachable' },
          logs: ['ERROR main: oh'],
        },
      },
    ],
  })
  const paused = await phaseIs('paused')
  expect(paused.reasons[0]).toContain('1 devices failed, 0 may')
  await waitUntil(() => revisionOf(canary) === 1, 'its intent follows')
  const { items } = await world.admin.ok('listRolloutDevices', { params: { name: 'moves' }, query: { device: canary } })
  expect(items).toMatchObject([
    { progress: 'failed', why: 'unreachable', logs: ['ERROR main: oh'], error: { code: 'instance.trap' } },
  ])
})

test('devices that are not back when the time for going back is up are named, and taken back by and by', async () => {
  await settled()
  await apply(2, 'rollout: { deadlineMs: 1500 }')
  await waitUntil(() => revisions().every((one) => one === 2), 'all are told')
  await everybodyReports()
  await phaseIs('completed')
  // One goes back at a time, and the first does not say that it did.
  await world.admin.ok('actOnRollout', { params: { name: 'moves', verb: 'roll-back' } })
  const ended = await phaseIs('rolledBack')
  expect(ended.reasons[0]).toContain('not back yet: ')
  expect(ended.notBack?.count).toBe(4)
  expect(ended.notBack?.devices.map(({ why }) => why)).toContain('waits until fewer devices are down')
  await waitUntil(() => revisions().filter((one) => one === 2).length === 3, 'one is told to go back')
  await waitUntil(
    async () => {
      for (const device of devices) world.report(device)
      return revisions().every((one) => one === 1)
    },
    'all go back, one after the other',
    60_000,
  )
  await everybodyReports()
  await waitUntil(async () => (await rollout()).notBack === undefined, 'nobody is left')
  expect((await rollout()).phase).toBe('rolledBack')
})

test('a follower is answered when something differs, and a verb that makes no sense is refused with what does', async () => {
  await settled()
  await apply(2, 'rollout: { waves: [1, 100%], approval: manual }')
  const first = await phaseIs('approval')
  const next = world.admin.ok('getRollout', {
    params: { name: 'moves' },
    query: { after: first.check, waitMs: 20_000 },
  })
  await world.admin.ok('actOnRollout', { params: { name: 'moves', verb: 'approve' } })
  expect((await next).phase).toBe('open')
  const refused = await world.admin.refused('actOnRollout', { params: { name: 'moves', verb: 'approve' } })
  expect(refused).toMatchObject({ code: 'rollout.state', status: 409 })
  expect(refused.detail).toContain('it can be asked to pause, abort, roll-back, promote')
  expect((await world.admin.refused('getRollout', { params: { name: 'nothing' } })).code).toBe('request.notFound')
})

test('a rollout that makes no sense is refused with the manifest', async () => {
  for (const [text, why] of [
    ['rollout: { waves: [{ size: 1, selector: "true" }] }', 'exactly one of size, selector and devices'],
    ['rollout: { gate: { checks: [{ measurement: motion, compare: mean }] } }', 'mean needs maxDifference'],
    ['rollout: { gate: { checks: [{ cel: "wave.motion.mean" }] } }', 'a check is true or false'],
    ['rollout: { waves: [120%] }', 'waves'],
  ] as const) {
    const refused = await world.admin.refused('applyChange', { body: { manifests: manifest(1, text) } })
    expect(refused.code, text).toBe('manifest.invalid')
    expect(refused.detail, text).toContain(why)
  }
})
