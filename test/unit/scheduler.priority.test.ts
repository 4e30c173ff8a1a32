import type { DeploymentPlan, DeviceDecision } from '@ocelli/schemas/api/plan'
import { describe, expect, test } from 'vitest'
import type { DeploymentState, DeviceFacts } from '../../server/src/domain/snapshot.ts'
import { schedule, scheduleDevice } from '../../server/src/scheduler/schedule.ts'
import {
  component,
  type DeploymentOptions,
  deployment,
  device,
  imager,
  motion,
  snapshot,
} from '../support/snapshot-builders.ts'

const UNIT = 67_108_864
const roomFor = (instances: number) => ({ memoryBytes: instances * UNIT })
const placementsOf = (plans: readonly DeploymentPlan[]) => plans.flatMap((plan) => plan.placements)

function named(index: number, name: string, options: Partial<DeploymentOptions> = {}): DeploymentState {
  return deployment(index, { name, components: [component(name, motion)], ...options })
}

/** Plans the newcomers after the others run. */
function join(devices: DeviceFacts[], running: DeploymentState[], ...newcomers: DeploymentState[]) {
  const placements = placementsOf(schedule(snapshot({ devices, deployments: running })))
  return schedule(snapshot({ devices, deployments: [...running, ...newcomers], placements }))
}

const byName = (plans: readonly DeploymentPlan[], name: string) => {
  const found = plans.find((plan) => plan.name === name)
  if (!found) throw new Error(`there is a plan of ${name}`)
  return found
}
const where = (plans: readonly DeploymentPlan[], name: string) =>
  byName(plans, name).placements.map(
    (one) => `${byName(plans, name).decisions.findIndex((each) => each.device === one.device)}/${one.slot}`,
  )
const told = (decision: DeviceDecision | undefined) => decision?.reasons.map((one) => one.message)

describe('priority', () => {
  test('lets the lower give way, and names the victims', () => {
    const plans = join([device(0, roomFor(1))], [named(0, 'low')], named(1, 'high', { priority: 10 }))
    expect(where(plans, 'low')).toEqual([])
    expect(where(plans, 'high')).toEqual(['0/cam0'])
    expect(byName(plans, 'high').preempts).toEqual([
      {
        device: device(0).id,
        name: 'device-0',
        deployment: 'low',
        instance: placementsOf(schedule(snapshot({ devices: [device(0)], deployments: [named(0, 'low')] })))[0]
          ?.instance,
        priority: 0,
      },
    ])
    expect(told(byName(plans, 'low').decisions[0])).toEqual(['gave way to high: priority 10 over 0'])
  })

  test('takes nothing from anybody where there is room, and as little as it can where there is none', () => {
    const roomy = join([device(0, roomFor(2))], [named(0, 'low')], named(1, 'high', { priority: 10 }))
    expect(byName(roomy, 'high').preempts).toBeUndefined()
    const lower = [named(0, 'low', { priority: -5 }), named(1, 'middle'), named(2, 'lowest', { priority: -9 })]
    const plans = join([device(0, roomFor(3))], lower, named(3, 'high', { priority: 10 }))
    expect(byName(plans, 'high').preempts?.map((one) => one.deployment)).toEqual(['lowest'])
  })

  test('a higher one that runs already is not driven out by a newcomer with a lower id', () => {
    const plans = join([device(0, roomFor(1))], [named(1, 'high', { priority: 10 })], named(0, 'low'))
    expect([where(plans, 'low'), where(plans, 'high')]).toEqual([[], ['0/cam0']])
    expect(told(byName(plans, 'low').decisions[0])).toEqual([])
  })

  test('replicas go to free devices first; a victim goes elsewhere if it can', () => {
    const devices = [device(0, roomFor(1)), device(1, roomFor(1)), device(2, roomFor(1))]
    const low = named(0, 'low', { placement: { replicas: 2 } })
    const one = join(devices, [low], named(1, 'high', { priority: 1, placement: { replicas: 1 } }))
    expect([where(one, 'low'), where(one, 'high')]).toEqual([['0/cam0', '1/cam0'], ['2/cam0']])
    const two = join(devices, [low], named(1, 'high', { priority: 1, placement: { replicas: 2 } }))
    expect([where(two, 'low'), where(two, 'high')]).toEqual([['1/cam0'], ['0/cam0', '2/cam0']])
    const pinned = named(1, 'high', { priority: 1, target: { devices: ['device-0'] } })
    const moved = join(devices, [low], pinned)
    expect([where(moved, 'low'), where(moved, 'high')]).toEqual([['1/cam0', '2/cam0'], ['0/cam0']])
    expect(byName(moved, 'high').preempts?.map((each) => each.name)).toEqual(['device-0'])
  })

  test('an imager that was held alone becomes free for others once its holder gave way', () => {
    const alone = (name: string) => [{ name: 'main', component: `${name}@1.0.0`, imager: { exclusive: true } }]
    const facts = device(0, { imagers: [imager(), imager({ id: 'cam1', widthPixels: 320 })], ...roomFor(2) })
    const low = named(0, 'low', { priority: -1, placement: 'everyDevice', realisations: alone('low') })
    const wide = named(1, 'wide', {
      placement: 'everyDevice',
      realisations: [
        { name: 'wide', component: 'wide@1.0.0', imager: { minWidthPixels: 640 } },
        { name: 'any', component: 'wide@1.0.0' },
      ],
    })
    const before = placementsOf(schedule(snapshot({ devices: [facts], deployments: [low] })))
    expect(before.map((one) => one.slot)).toEqual(['cam0'])
    const both = schedule(snapshot({ devices: [facts], deployments: [low, wide], placements: before }))
    expect(byName(both, 'wide').placements.map((one) => [one.slot, one.realisation])).toEqual([['cam1', 'any']])
    const high = named(2, 'high', {
      priority: 5,
      placement: 'everyDevice',
      realisations: [
        {
          name: 'main',
          component: 'high@1.0.0',
          imager: { minWidthPixels: 640 },
        },
      ],
    })
    const all = schedule(snapshot({ devices: [facts], deployments: [low, wide, high], placements: placementsOf(both) }))
    expect(byName(all, 'high').preempts?.map((one) => one.deployment)).toEqual(['low'])
    expect(byName(all, 'wide').placements.map((one) => [one.slot, one.realisation])).toEqual([['cam0', 'wide']])
  })
})

describe('a conflict', () => {
  const alone = (name: string) => ({
    realisations: [{ name: 'main', component: `${name}@1.0.0`, imager: { exclusive: true } }],
  })

  test('is told to both, and what runs stays', () => {
    const plans = join([device(0)], [named(5, 'first', alone('first'))], named(0, 'second', alone('second')))
    expect([where(plans, 'first'), where(plans, 'second')]).toEqual([['0/cam0'], []])
    expect(byName(plans, 'second').decisions[0]?.reasons).toEqual([
      {
        code: 'placement.conflict',
        message: 'conflict with first over imager cam0: both have priority 0, and what runs stays',
        wanted: 'imager cam0',
        offered: 'first',
      },
    ])
    expect(told(byName(plans, 'first').decisions[0])).toEqual([
      'conflict with second over imager cam0: both have priority 0, and second is refused',
    ])
  })

  test('is told of two that come at once, and of imager-control, memory and frames', () => {
    const at = (...states: DeploymentState[]) =>
      told(schedule(snapshot({ devices: [device(0, roomFor(1.5))], deployments: states }))[1]?.decisions[0])
    expect(at(named(0, 'a'), named(1, 'b'))).toEqual([
      'conflict with a over memory: both have priority 0, and what runs stays',
    ])
    const frames = { frames: { frameRateMillihertz: 20_000 }, limits: { memoryBytes: 1_000_000 } }
    expect(at(named(0, 'a', frames), named(1, 'b', frames))).toEqual([
      'conflict with a over frames of imager cam0: both have priority 0, and what runs stays',
    ])
  })

  test('there is none with another priority, on an imager of its own, or where it fits beside', () => {
    const two = device(0, { imagers: [imager(), imager({ id: 'cam1' })] })
    const one = { placement: 'everyDevice' } as const
    const apart = schedule(
      snapshot({
        devices: [two],
        deployments: [named(0, 'a', { ...alone('a'), ...one }), named(1, 'b', { ...alone('b'), ...one })],
      }),
    )
    expect(placementsOf(apart)).toHaveLength(2)
    const ranked = join([device(0, roomFor(1))], [named(0, 'a', { priority: 1 })], named(1, 'b'))
    for (const plan of [...apart, ...ranked]) expect(told(plan.decisions[0])).toEqual([])
  })
})

describe('taints', () => {
  const tainted = (index: number, taints: Record<string, string>) => ({ ...device(index), taints })

  test('keep away what does not tolerate them, and end what runs', () => {
    const state = named(0, 'motion')
    const placements = placementsOf(schedule(snapshot({ devices: [device(0)], deployments: [state] })))
    const [plan] = schedule(snapshot({ devices: [tainted(0, { drain: '' })], deployments: [state], placements }))
    expect(plan?.placements).toEqual([])
    expect(plan?.decisions[0]?.outcome).toBe('refused')
    expect(told(plan?.decisions[0])).toEqual(['the device has the taint drain, which motion does not tolerate'])
    expect(plan?.decisions[0]?.nearestMiss).toBe('would run if the device had no taint drain')
  })

  test('are tolerated by key or by key and value', () => {
    const outcome = (tolerations: string[]) =>
      schedule(
        snapshot({
          devices: [tainted(0, { site: 'roof', wet: '' })],
          deployments: [named(0, 'motion', { tolerations })],
        }),
      )[0]?.decisions.map((one) => [one.outcome, one.reasons.length])
    expect(outcome(['site', 'wet'])).toEqual([['placed', 0]])
    expect(outcome(['site=roof', 'wet'])).toEqual([['placed', 0]])
    expect(outcome(['site=cellar'])).toEqual([['refused', 2]])
  })

  test('send a replica elsewhere, and it does not come back by itself', () => {
    const two = named(0, 'motion', { placement: { replicas: 1 } })
    const placements = placementsOf(schedule(snapshot({ devices: [device(0), device(1)], deployments: [two] })))
    const drained = schedule(
      snapshot({ devices: [tainted(0, { drain: '' }), device(1)], deployments: [two], placements }),
    )
    expect(where(drained, 'motion')).toEqual(['1/cam0'])
    const back = schedule(
      snapshot({ devices: [device(0), device(1)], deployments: [two], placements: placementsOf(drained) }),
    )
    expect(where(back, 'motion')).toEqual(['1/cam0'])
  })
})

describe('replicas', () => {
  const MINUTE = 60_000
  const NOW = 10 * MINUTE
  const one = named(0, 'motion', { placement: { replicas: 1 }, absentAfterMs: 5 * MINUTE })
  const silent = (index: number, forMs: number, presence: DeviceFacts['presence'] = 'lost'): DeviceFacts => ({
    ...device(index),
    presence,
    presenceAtMs: NOW - forMs,
  })
  const plan = (devices: DeviceFacts[], placements = placementsOf([])) =>
    schedule(snapshot({ atMs: NOW, devices, deployments: [one], placements }))
  const ran = placementsOf(plan([device(0), device(1)]))

  test('prefer devices whose memory others hold less, and say how much', () => {
    const other = named(1, 'other', { target: { devices: ['device-0'] }, limits: { memoryBytes: UNIT } })
    const plans = join([device(0), device(1), device(2)], [other], named(0, 'motion', { placement: { replicas: 2 } }))
    expect(where(plans, 'motion')).toEqual(['1/cam0', '2/cam0'])
    expect(byName(plans, 'motion').decisions[0]?.candidates[0]).toMatchObject({ fits: true, loadPercent: 12 })
  })

  test('prefer devices that were heard last', () => {
    expect(where(plan([silent(0, 4 * MINUTE), silent(1, 2 * MINUTE)]), 'motion')).toEqual(['1/cam0'])
  })

  test('stay on a device that is silent for a while, and move from one that is absent', () => {
    expect(where(plan([silent(0, 5 * MINUTE), device(1)], ran), 'motion')).toEqual(['0/cam0'])
    const moved = plan([silent(0, 5 * MINUTE + 1), device(1)], ran)
    expect(where(moved, 'motion')).toEqual(['1/cam0'])
    expect(told(moved[0]?.decisions[0])).toEqual([
      'lost since 1970-01-01T00:04:59.999Z, longer than the 300000 ms that motion allows',
    ])
    const back = plan([device(0), device(1)], placementsOf(moved))
    expect(where(back, 'motion')).toEqual(['1/cam0'])
  })

  test('stay on an absent device where no other takes them, whatever else is absent', () => {
    expect(where(plan([silent(0, 6 * MINUTE), silent(1, 6 * MINUTE)], ran), 'motion')).toEqual(['0/cam0'])
    expect(where(plan([silent(0, 6 * MINUTE)], []), 'motion')).toEqual([])
  })

  test('of one device: the whole fleet is looked at where a replica must move', () => {
    const given = snapshot({
      atMs: NOW,
      devices: [silent(0, 6 * MINUTE), device(1)],
      deployments: [one],
      placements: ran,
    })
    expect(scheduleDevice(given, device(1).id)).toBeUndefined()
  })
})
