/** In which order devices hear of what was decided. */
import type { Envelope } from '@ocelli/schemas/dsse'
import type { DeviceId, KeyId, ProjectId } from '@ocelli/schemas/ids'
import type { DesiredRow } from '@ocelli/server/domain/records'
import { SILENT } from '@ocelli/server/log'
import { createProblems } from '@ocelli/server/loops/problems'
import { createPublish, type HeldTelling } from '@ocelli/server/loops/publish'
import type { Clock } from '@ocelli/server/ports'
import { afterEach, expect, test } from 'vitest'
import { ManualClock } from '../support/agent-clock.ts'
import { createRunningClock, type RunningClock } from '../support/running-clock.ts'
import { waitUntil } from '../support/wait-until.ts'

const project = 'default' as ProjectId
let clock: RunningClock | undefined
afterEach(() => clock?.stop())

function running(): RunningClock {
  clock = createRunningClock()
  return clock
}

/** A fleet of which each device wants the generation of the moment and has reported `answered`. */
function fleetOf(count: number, time: Clock = running()) {
  const devices = Array.from({ length: count }, (_, index) => `d-${String(index).padStart(16, 'a')}` as DeviceId)
  const state = { counter: 1, told: [] as { device: string; counter: number }[], onTold: () => {} }
  const answered = new Map<DeviceId, number>()
  const row = (device: DeviceId): DesiredRow => ({
    device,
    generation: { epoch: 1, counter: state.counter },
    instances: [],
    issuedAtMs: 0,
    trustVersion: 1,
  })
  const publish = createPublish({
    store: {
      // In whatever order: here in another one each time.
      desiredKeys: async (which) =>
        devices
          .reverse()
          .filter((device) => which === 'all' || answered.get(device) !== state.counter)
          .map((device) => ({ ...row(device), project })),
      desiredOf: async (wanted) => wanted.map(row),
    },
    bus: {
      async publish(_topic, payload) {
        const { payload: signed } = JSON.parse(String(Buffer.from(payload))) as Envelope
        const { device, generation } = JSON.parse(String(Buffer.from(signed, 'base64'))) as DesiredRow
        state.told.push({ device, counter: generation.counter })
        state.onTold()
        return true
      },
    },
    clock: time,
    signer: {
      sign: (payloadType, payload) => ({
        payloadType,
        payload: Buffer.from(payload).toString('base64'),
        signatures: [{ keyid: 'sha256:key' as KeyId, sig: 'c2ln' }],
      }),
    },
    log: SILENT,
    problems: createProblems(time),
    isLeader: () => true,
  })
  return { devices, state, answered, publish }
}

test('an abort in the middle of a push goes first to those that were told of it, whether or not they answered', async () => {
  const { devices, state, answered, publish } = fleetOf(1000)
  publish.wake()
  await waitUntil(() => state.told.length === 1000, 'all run the first generation')
  for (const device of devices) answered.set(device, 1)
  state.told = []
  state.counter = 2
  state.onTold = () => {
    if (state.told.length !== 150) return
    state.counter = 3
    for (const { device } of state.told.slice(0, 50)) {
      answered.set(device as DeviceId, 2)
      publish.answered(device as DeviceId, { generation: { epoch: 1, counter: 2 }, trustVersion: 1 })
    }
    publish.wake()
  }
  publish.wake()
  await waitUntil(() => new Set(last(state.told, 3)).size === 1000, 'all have heard of the abort')
  await publish.stop()
  const misled = new Set(state.told.filter(({ counter }) => counter === 2).map(({ device }) => device))
  // What was read before the abort is told; nothing of the push is read afterwards.
  expect(misled.size).toBeLessThan(500)
  const after = last(state.told, 3)
  expect(new Set(after.slice(0, misled.size))).toEqual(misled)
  expect(after).toHaveLength(1000)
})

test('while an abort is decided nobody more hears of the push, and no decision takes for ever', async () => {
  const manual = new ManualClock()
  const { devices, state, answered, publish } = fleetOf(1000, serverClock(manual))
  for (const device of devices) answered.set(device, 1)
  state.counter = 2
  let held: HeldTelling | undefined
  state.onTold = () => {
    if (state.told.length === 150) held = publish.hold()
  }
  publish.wake()
  await manual.pass(5)
  await waitUntil(() => state.told.length === 200, 'the batch under way is told')
  expect(await held?.told()).toEqual(new Set(state.told.map(({ device }) => device)))
  await manual.pass(1000)
  expect(state.told).toHaveLength(200)
  state.counter = 3
  publish.wake()
  held?.release()
  await waitUntil(async () => {
    await manual.pass(100)
    return last(state.told, 3).length === 1000
  }, 'all have heard of the abort')
  expect(last(state.told, 2)).toHaveLength(200)

  for (const device of devices) answered.set(device, 3)
  state.counter = 4
  publish.hold()
  publish.wake()
  await manual.pass(9_000)
  expect(last(state.told, 4)).toEqual([])
  await manual.pass(2_000)
  await waitUntil(() => last(state.told, 4).length === 1000, 'all are told')
  expect(await publish.hold().told()).toBeUndefined()
  await publish.stop()
})

test('who was told what is no longer true is told alone for some seconds, and nobody waits twice for that', async () => {
  const manual = new ManualClock()
  const { devices, state, answered, publish } = fleetOf(1000, serverClock(manual))
  for (const device of devices) answered.set(device, 1)
  state.counter = 2
  state.onTold = () => {
    if (last(state.told, state.counter).length !== 200 || state.counter === 4) return
    state.counter++
    publish.wake()
  }
  publish.wake()
  await manual.pass(5)
  await waitUntil(() => last(state.told, 2).length === 200, 'a first part of the fleet is told')
  await manual.pass(2900)
  // Those 200 alone; then the counter rises again in the middle of it.
  const misled = last(state.told, 2)
  await waitUntil(() => last(state.told, 4).length === 200, 'they are told otherwise')
  expect(new Set(last(state.told, 3))).toEqual(new Set(misled))
  expect(new Set(last(state.told, 4))).toEqual(new Set(misled))
  await manual.pass(200)
  await waitUntil(() => last(state.told, 4).length === 1000, 'then all are')
  expect(state.told).toHaveLength(1400)
  await publish.stop()
})

test('when all who were told alone have answered, the others are told', async () => {
  const manual = new ManualClock()
  const { devices, state, answered, publish } = fleetOf(1000, serverClock(manual))
  for (const device of devices) answered.set(device, 1)
  state.counter = 2
  state.onTold = () => {
    if (last(state.told, 2).length !== 200 || state.counter === 3) return
    state.counter = 3
    publish.wake()
  }
  publish.wake()
  await manual.pass(5)
  await manual.pass(5)
  await waitUntil(() => last(state.told, 3).length === 200, 'those who were told are told otherwise')
  await manual.pass(500)
  const [slow, ...quick] = last(state.told, 3) as DeviceId[]
  const answer = (device: DeviceId) => {
    answered.set(device, 3)
    publish.answered(device, { generation: { epoch: 1, counter: 3 }, trustVersion: 1 })
  }
  for (const device of quick) answer(device)
  await manual.pass(500)
  expect(last(state.told, 3)).toHaveLength(200)
  answer(slow as DeviceId)
  await manual.pass(5)
  await waitUntil(() => last(state.told, 3).length === 1000, 'now all are told')
  await publish.stop()
})

test('a device is told again when it has had time to answer, more the more of them answer at once, and not if it did', async () => {
  const manual = new ManualClock()
  const { devices, state, answered, publish } = fleetOf(1000, serverClock(manual))
  const [silent] = devices
  publish.wake()
  await manual.pass(5)
  await waitUntil(() => state.told.length === 1000, 'all are told')
  await manual.pass(9_000)
  expect(state.told).toHaveLength(1000)
  for (const device of devices) {
    if (device === silent) continue
    answered.set(device, 1)
    publish.answered(device, { generation: { epoch: 1, counter: 1 }, trustVersion: 1 })
  }
  // An answer of an older generation, or with an older trust document, is none.
  publish.answered(silent as DeviceId, { generation: { epoch: 1, counter: 0 }, trustVersion: 1 })
  publish.answered(silent as DeviceId, { generation: { epoch: 1, counter: 1 }, trustVersion: 0 })
  await manual.pass(2_000)
  await waitUntil(() => state.told.length > 1000, 'one is told again')
  await manual.pass(20_000)
  expect(state.told.slice(1000).map(({ device }) => device)).toEqual([silent, silent])
  await publish.stop()
})

function serverClock(manual: ManualClock): Clock {
  return {
    wallMs: () => manual.wallMs(),
    monotonicMs: () => Number(manual.monotonicNanos() / 1_000_000n),
    setTimer: (delayMs, fn) => manual.setTimer(delayMs, fn),
  }
}

function last(told: readonly { device: string; counter: number }[], counter: number): string[] {
  return told.filter((one) => one.counter === counter).map(({ device }) => device)
}
