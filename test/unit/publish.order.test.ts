/** In which order devices hear of what was decided. */
import type { Envelope } from '@ocelli/schemas/dsse'
import type { DeviceId, KeyId, ProjectId } from '@ocelli/schemas/ids'
import type { DesiredRow } from '@ocelli/server/domain/records'
import { SILENT } from '@ocelli/server/log'
import { createProblems } from '@ocelli/server/loops/problems'
import { createPublish } from '@ocelli/server/loops/publish'
import { afterEach, expect, test } from 'vitest'
import { createRunningClock, type RunningClock } from '../support/running-clock.ts'
import { waitUntil } from '../support/wait-until.ts'

const project = 'default' as ProjectId
let clock: RunningClock | undefined
afterEach(() => clock?.stop())

/** A fleet of which each device wants the generation of the moment and has reported `answered`. */
function fleetOf(count: number) {
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
  const time = createRunningClock()
  clock = time
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
    for (const { device } of state.told.slice(0, 50)) answered.set(device as DeviceId, 2)
    publish.answered()
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

function last(told: readonly { device: string; counter: number }[], counter: number): string[] {
  return told.filter((one) => one.counter === counter).map(({ device }) => device)
}
