/** What a plan says of the rollout that would follow, held against how it then goes. */
import type { DeploymentSpec } from '@ocelli/schemas/manifest/deployment'
import type { RolloutSpec } from '@ocelli/schemas/manifest/rollout'
import { previewOf } from '@ocelli/server/rollout/preview'
import { describe, expect, test } from 'vitest'
import { plannedText } from '../../server/cli/format/rollout.ts'
import { SmallFleet } from '../support/rollout-builders.ts'

const spec: DeploymentSpec = {
  realisations: [{ name: 'main', component: 'people@1.0.0' }],
  grants: [],
  restart: { healthyForMs: 5000 },
}
const preview = (fleet: SmallFleet) => previewOf(fleet.rollout, spec, fleet.facts, fleet.nowMs)
const namesOf = (fleet: SmallFleet) => preview(fleet).waves.map(({ devices }) => devices.map(({ name }) => name))

describe('a planned rollout', () => {
  test('says who is in which wave, and how the numbers come about', () => {
    const fleet = new SmallFleet(8, { waves: [1, '50%'], maxUnavailable: 2 }, { absent: 1 })
    expect(namesOf(fleet)).toEqual([['cam-1'], ['cam-2', 'cam-3', 'cam-4'], ['cam-5', 'cam-6', 'cam-7', 'cam-8']])
    expect(preview(fleet).waves.map(({ name, arithmetic }) => `${name}: ${arithmetic}`)).toEqual([
      '1 device: 1 in it, 1 connected',
      '50%: 3 in it, 3 connected, 2 at a time, in 2 turns',
      'the rest: 4 in it, 3 connected, 1 absent, who join when they come back, 2 at a time, in 2 turns',
    ])
    expect(preview(fleet).budget).toBe('0 down, 2 may be')
  })

  test('names the time that it takes at least: the rollout itself is never faster', () => {
    const policy: RolloutSpec = { waves: [1, 2], maxUnavailable: 1, gate: { healthyForMs: 10_000 } }
    const fleet = new SmallFleet(4, policy)
    // 5 s until each instance is healthy, one at a time; 10 s of the gate in each of three waves.
    expect(preview(fleet).waves.map(({ leastMs }) => leastMs)).toEqual([15_000, 20_000, 15_000])
    expect(preview(fleet).leastMs).toBe(50_000)
    const { leastMs } = previewOf(fleet.rollout, { ...spec, restart: { healthyForMs: 0 } }, fleet.facts, fleet.nowMs)
    const startMs = fleet.nowMs
    while (fleet.rollout.phase !== 'completed' && fleet.nowMs - startMs < 600_000) fleet.run(1)
    expect(fleet.rollout.phase).toBe('completed')
    expect(fleet.nowMs - startMs).toBeGreaterThanOrEqual(leastMs)
  })

  test('counts the shadow run and the window of a rate, and not the evidence of a mean', () => {
    const policy: RolloutSpec = {
      waves: ['100%'],
      maxUnavailable: 9,
      shadow: { forMs: 60_000 },
      gate: {
        healthyForMs: 1000,
        windowMs: 90_000,
        checks: [
          { event: 'person', compare: 'rate', maxDifference: 1 },
          { measurement: 'people', compare: 'mean', maxDifferencePercent: 10 },
        ],
      },
    }
    const shown = preview(new SmallFleet(2, policy))
    expect(shown).toMatchObject({ leastMs: 5000 + 60_000 + 90_000, shadowForMs: 60_000 })
    expect(shown.gate).toEqual([
      'all living devices of the wave are healthy for 1 s',
      'devices that may fail: 0',
      'person rate: differs by at most 1, watched for 90 s',
      'people mean: differs by at most 10 %, by at least 10 samples of 1 device within 90 s',
    ])
    expect(shown.notes).toEqual(['gates wait for their evidence as well; that time is not counted'])
    // Nothing runs yet that a shadow could run beside.
    expect(preview(new SmallFleet(2, policy, { from: undefined }))).toMatchObject({ leastMs: 90_000 })
  })

  test('says what else it waits for: people, windows, devices that are away, a start, the deadline', () => {
    const policy: RolloutSpec = {
      waves: [{ name: 'lab', devices: ['cam-3'], approval: 'manual' }],
      windows: [{ from: '22:00', to: '05:00' }],
      startAt: '2026-12-01T22:00:00Z',
      deadlineMs: 10_000,
    }
    const fleet = new SmallFleet(3, policy, { absent: 1 })
    fleet.get(1).local = { weekday: 1, minute: 1380 }
    const shown = preview(fleet)
    expect(shown.startAtMs).toBe(Date.parse('2026-12-01T22:00:00Z'))
    expect(shown.leastMs).toBe(Date.parse('2026-12-01T22:00:00Z') - fleet.nowMs + 40_000)
    expect(shown.waves[0]).toMatchObject({ name: 'lab', approval: 'needed', living: 0 })
    expect(shown.waves[0]).not.toHaveProperty('leastMs')
    expect(shown.notes).toEqual([
      'wave 1 waits until a device of it is connected (1 in it); its time is not counted',
      '1 wave to be approved by a person; that time is not counted',
      'the window is open now for 1 of 2 connected devices; time outside of it is not counted',
      'its deadline comes first: 10 s after its start',
    ])
  })

  test('without a rollout block all devices get it at once', () => {
    const shown = preview(new SmallFleet(3, {}))
    expect(shown).toMatchObject({ staged: false, gate: [], leastMs: 5000 })
    expect(plannedText(shown, '')).toEqual(['rollout to revision 5: all devices get it at once'])
  })
})

test('a plan on the terminal shows the waves with their devices', () => {
  const fleet = new SmallFleet(
    3,
    { waves: [1], onFailure: 'rollBack', windows: [{ from: '22:00', to: '05:00' }] },
    { absent: 1 },
  )
  const text = plannedText(preview(fleet), '').join('\n')
  expect(text).toContain('rollout to revision 5 from revision 4 in 2 waves, at least 1 min 10 s:')
  expect(text).toContain('  wave 1 (1 device): 1 in it, 1 connected; at least 35 s\n    cam-1\n')
  expect(text).toContain('\n    cam-2, cam-3 (absent)\n')
  expect(text).toContain('  window: daily 22:00 to 05:00\n')
  expect(text).toContain('a gate that fails rolls it back; a device that is not healthy within 5 min goes back')
})
