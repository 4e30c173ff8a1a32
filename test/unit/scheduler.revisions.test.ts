import type { Placement } from '@ocelli/schemas/api/plan'
import { describe, expect, test } from 'vitest'
import { instanceId } from '../../server/src/domain/instance-id.ts'
import type { DeploymentState, DeviceFacts, RolloutState } from '../../server/src/domain/snapshot.ts'
import { desiredInstances } from '../../server/src/reconcile/desired.ts'
import { schedule, scheduleDevice } from '../../server/src/scheduler/schedule.ts'
import {
  autoExposure,
  component,
  type DeploymentOptions,
  deployment,
  device,
  deviceId,
  imager,
  motion,
  snapshot,
} from '../support/snapshot-builders.ts'

const motion2 = component('motion', { ...motion, version: '2.0.0' })
const old: DeploymentOptions = { name: 'motion', revision: 1, components: [motion] }
const next: DeploymentOptions = { ...old, revision: 2, components: [motion2] }
const three = [0, 1, 2].map((index) => device(index, { labels: { floor: String(index) } }))

/** Revision 2 on its way from revision 1, unless said otherwise. */
function moving(rollout: Partial<RolloutState>, to = next, from: DeploymentOptions | null = old): DeploymentState {
  const left = from && deployment(0, from)
  return { ...deployment(0, to), rollout: { released: [], shadow: [], ...(left && { from: left }), ...rollout } }
}

function plan(devices: readonly DeviceFacts[], state: DeploymentState, placements: readonly Placement[] = []) {
  const [found] = schedule(snapshot({ devices, deployments: [state], placements }))
  if (!found) throw new Error('there is a deployment')
  return found
}

const revisions = (placements: readonly Placement[]) =>
  placements.map((one) => [one.device, one.revision, one.role ?? 'live', one.slot])

describe('a rollout', () => {
  test('gives released devices the new revision, others keep the old one and their instance', () => {
    const before = plan(three, deployment(0, old)).placements
    const after = plan(three, moving({ released: [deviceId(1)] }), before)
    expect(revisions(after.placements)).toEqual([
      [deviceId(0), 1, 'live', 'cam0'],
      [deviceId(1), 2, 'live', 'cam0'],
      [deviceId(2), 1, 'live', 'cam0'],
    ])
    expect(after.placements.map((one) => one.components[0]?.reference)).toEqual([
      'motion@1.0.0',
      'motion@2.0.0',
      'motion@1.0.0',
    ])
    expect(after.placements.map((one) => one.instance)).toEqual(before.map((one) => one.instance))
  })

  test('makes devices wait where there is no older revision for them', () => {
    const first = plan(three, moving({ released: [deviceId(0)] }, next, null))
    expect(first.decisions.map((one) => one.outcome)).toEqual(['placed', 'refused', 'refused'])
    expect(first.decisions[1]?.reasons).toEqual([
      { code: 'placement.waitsForWave', message: 'waits for its wave of the rollout of revision 2 of motion' },
    ])
    expect(first.decisions[1]?.nearestMiss).toBe('would run if the rollout of revision 2 of motion released it')
    const narrow = { ...old, target: { selector: 'device.labels.floor == "0"' } }
    const wider = plan(three, moving({}, next, narrow))
    expect(wider.decisions.map((one) => [one.outcome, one.reasons[0]?.code])).toEqual([
      ['placed', undefined],
      ['refused', 'placement.waitsForWave'],
      ['refused', 'placement.waitsForWave'],
    ])
  })

  test('keeps the devices of replicas over revisions', () => {
    const two = { placement: { replicas: 2 } } as const
    const before = plan(three, deployment(0, { ...old, ...two })).placements
    const after = plan(three, moving({ released: [deviceId(0)] }, { ...next, ...two }, { ...old, ...two }), before)
    expect(revisions(after.placements)).toEqual([
      [deviceId(0), 2, 'live', 'cam0'],
      [deviceId(1), 1, 'live', 'cam0'],
    ])
    expect(after.placements.map((one) => one.instance)).toEqual(before.map((one) => one.instance))
  })

  test('leaves a pinned device at its revision, released or not', () => {
    const state = moving({ released: three.map((one) => one.id) })
    const pinned = { ...state, pins: { [deviceId(2)]: deployment(0, old) } }
    expect(plan(three, pinned).placements.map((one) => one.revision)).toEqual([2, 2, 1])
    const { rollout: _, ...done } = pinned
    expect(plan(three, done).placements.map((one) => one.revision)).toEqual([2, 2, 1])
  })

  test('says of one device what the whole plan says of it', () => {
    const state = moving({ released: [deviceId(1)], shadow: [deviceId(2)] })
    const whole = plan(three, state)
    const given = snapshot({ devices: three, deployments: [state], placements: whole.placements })
    for (const { id } of three) {
      const one = scheduleDevice(given, id)
      expect(one?.decisions.map((each) => each.decision)).toEqual(whole.decisions.filter((each) => each.device === id))
    }
  })
})

describe('a shadow', () => {
  const alone = deviceId(0)
  const shadowed = (options: Partial<DeploymentOptions> = {}) =>
    moving({ shadow: [alone] }, { ...next, ...options }, { ...old, ...options })

  test('runs beside the live instance under an id of its own', () => {
    const { placements, decisions } = plan([device(0)], shadowed())
    expect(revisions(placements)).toEqual([
      [alone, 1, 'live', 'cam0'],
      [alone, 2, 'shadow', 'shadow:cam0'],
    ])
    expect(placements[1]?.imager).toBe('cam0')
    expect(placements[1]?.instance).toBe(instanceId(deployment(0, old).id, alone, 'shadow:cam0'))
    expect(decisions[0]?.instances).toEqual(placements.map((one) => one.instance))
  })

  test('is told its revision, its role, and the feature that keeps it apart', () => {
    const state = shadowed()
    const { placements } = plan([device(0)], state)
    const told = desiredInstances(alone, placements, [state])
    expect(told.map((one) => [one.role, one.revision, one.features]).sort()).toEqual([
      ['live', 1, []],
      ['shadow', 2, ['shadow']],
    ])
    const [live, shadow] = [0, 1].map((at) => told[at]?.grants)
    expect(shadow).toEqual(live)
  })

  test('is refused where the agent knows no shadows', () => {
    const { placements, decisions } = plan([device(0, { features: [] })], shadowed())
    expect(placements).toHaveLength(1)
    expect(decisions[0]?.candidates[1]?.reasons.map((one) => one.message)).toEqual([
      'the agent lacks the feature shadow; it has none',
    ])
  })

  test('shares an imager that its live twin holds alone', () => {
    const greedy = (version: string) =>
      component('motion', { ...motion, version, needs: { imager: { exclusive: true } } })
    const state = moving(
      { shadow: [alone] },
      { ...next, components: [greedy('2.0.0')] },
      { ...old, components: [greedy('1.0.0')] },
    )
    expect(plan([device(0)], state).placements.map((one) => one.role)).toEqual([undefined, 'shadow'])
    const other = deployment(1, { name: 'other', components: [component('other', motion)] })
    const [mine] = schedule(
      snapshot({
        devices: [device(0)],
        deployments: [
          moving(
            { shadow: [alone] },
            {
              ...next,
              components: [greedy('2.0.0')],
            },
          ),
          other,
        ],
      }),
    )
    expect(mine?.placements).toHaveLength(1)
    expect(mine?.decisions[0]?.candidates[1]?.reasons[0]?.message).toBe(
      'imager cam0 is used by other, and exclusive use is needed',
    )
  })

  test('says with numbers where there is no room for both', () => {
    const small = device(0, { memoryBytes: 100_000_000 })
    const { placements, decisions } = plan([small], shadowed())
    expect(revisions(placements)).toEqual([[alone, 1, 'live', 'cam0']])
    expect(decisions[0]?.outcome).toBe('placed')
    expect(decisions[0]?.candidates[1]).toEqual({
      realisation: 'main',
      slot: 'shadow:cam0',
      fits: false,
      reasons: [
        {
          code: 'placement.memory',
          message: '67108864 bytes of memory needed, 32891136 left of 100000000 (motion 67108864)',
          wanted: 67_108_864,
          offered: 32_891_136,
        },
      ],
    })
    expect(decisions[0]?.nearestMiss).toBe(
      'the shadow would run if 67108864 instead of 32891136 bytes of memory were left',
    )
  })

  test('is no second holder of imager-control', () => {
    const state = moving(
      { shadow: [alone] },
      { ...next, components: [{ ...autoExposure, version: '2.0.0' }] },
      { ...old, components: [autoExposure] },
    )
    const other = deployment(1, { components: [component('other', autoExposure)] })
    const [first, second] = schedule(snapshot({ devices: [device(0)], deployments: [state, other] }))
    expect(first?.placements.map((one) => one.role)).toEqual([undefined, 'shadow'])
    expect(second?.decisions[0]?.candidates[0]?.reasons.map((one) => one.message)).toEqual([
      'imager cam0 is controlled by motion, and imager-control has one holder',
    ])
  })

  test('runs on each imager of which the old revision holds one, and gives way to live instances', () => {
    const two = device(0, { imagers: [imager(), imager({ id: 'cam1' })] })
    const before = plan([two], shadowed()).placements
    expect(before.map((one) => one.slot)).toEqual(['cam0', 'cam1', 'shadow:cam0', 'shadow:cam1'])
    const tight = device(0, { imagers: two.inventory?.imagers ?? [], memoryBytes: 3 * 67_108_864 })
    const other = deployment(1, { name: 'other', components: [component('other', motion)], placement: 'everyDevice' })
    const plans = schedule(snapshot({ devices: [tight], deployments: [shadowed(), other], placements: before }))
    expect(plans.map((one) => one.placements.map((each) => each.slot))).toEqual([['cam0', 'cam1'], ['cam0']])
  })
})
