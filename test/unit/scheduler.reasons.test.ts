import type { DeviceDecision } from '@ocelli/schemas/api/plan'
import { describe, expect, test } from 'vitest'
import type { DeploymentState, DeviceFacts } from '../../server/src/domain/snapshot.ts'
import { checkSize, desiredInstances } from '../../server/src/reconcile/desired.ts'
import { schedule } from '../../server/src/scheduler/schedule.ts'
import {
  autoExposure,
  BASE_INTERFACES,
  blobDetector,
  CAMERA_INTERFACES,
  component,
  deployment,
  device,
  imager,
  imagerId,
  motion,
  peopleCount,
  SENSING,
  snapshot,
  uptimeNote,
} from '../support/snapshot-builders.ts'

const CAMERA = [...BASE_INTERFACES, ...CAMERA_INTERFACES]
const withDetector = [...CAMERA, { name: SENSING('detector'), imagers: [imagerId('cam0')] }]
const twoWays = {
  components: [peopleCount, blobDetector],
  realisations: [
    { name: 'in-sensor', component: 'people-count@1.0.0' },
    { name: 'software', component: 'people-count@1.0.0', providers: ['blob-detector@1.0.0'] },
  ],
}

function decide(devices: DeviceFacts[], ...deployments: DeploymentState[]): DeviceDecision[] {
  return schedule(snapshot({ devices, deployments })).flatMap((plan) => plan.decisions)
}

function place(devices: DeviceFacts[], ...deployments: DeploymentState[]) {
  return schedule(snapshot({ devices, deployments })).flatMap((plan) => plan.placements)
}

const messages = (decision: DeviceDecision | undefined) =>
  [...(decision?.reasons ?? []), ...(decision?.candidates.flatMap((one) => one.reasons) ?? [])].map(
    (one) => one.message,
  )

describe('realisations', () => {
  test('the first that fits is taken, the host before a provider', () => {
    const [inSensor, software] = place([device(0, { interfaces: withDetector }), device(1)], deployment(0, twoWays))
    expect(inSensor?.realisation).toBe('in-sensor')
    expect(inSensor?.components.map((one) => one.reference)).toEqual(['people-count@1.0.0'])
    expect(software?.realisation).toBe('software')
    expect(software?.components.map((one) => one.reference)).toEqual(['people-count@1.0.0', 'blob-detector@1.0.0'])
    expect(software?.components[0]?.links[0]).toEqual({ interface: SENSING('detector'), from: 1 })
  })

  test('an interface that is only for one imager is not offered on another', () => {
    const two = device(0, { interfaces: withDetector, imagers: [imager(), imager({ id: 'cam1' })] })
    const placed = place([two], deployment(0, twoWays))
    expect(placed.map((one) => [one.slot, one.realisation])).toEqual([
      ['cam0', 'in-sensor'],
      ['cam1', 'software'],
    ])
  })

  test('when facts change the choice is made again, under the same instance id', () => {
    const before = place([device(0)], deployment(0, twoWays))
    const after = schedule(
      snapshot({
        devices: [device(0, { interfaces: withDetector })],
        deployments: [deployment(0, twoWays)],
        placements: before,
      }),
    ).flatMap((plan) => plan.placements)
    expect(before.map((one) => one.realisation)).toEqual(['software'])
    expect(after.map((one) => [one.instance, one.realisation])).toEqual([[before[0]?.instance, 'in-sensor']])
  })

  test('providers that need each other in a circle are not linked', () => {
    const a = component('a', { imports: ['acme:x/b@1.0.0'], exports: ['acme:x/a@1.0.0'] })
    const b = component('b', { imports: ['acme:x/a@1.0.0'], exports: ['acme:x/b@1.0.0'] })
    const main = component('main', { imports: ['acme:x/a@1.0.0'] })
    const [decision] = decide([device(0, { imagers: [] })], deployment(0, { components: [main, a, b] }))
    expect(decision?.outcome).toBe('refused')
    expect(messages(decision)[0]).toContain(
      'provider a@1.0.0 exports it but cannot be linked: it imports acme:x/b@1.0.0',
    )
  })

  test('only the providers that are needed are linked, each once', () => {
    const base = component('base', { exports: ['acme:x/base@1.0.0'] })
    const left = component('left', { imports: ['acme:x/base@1.0.0'], exports: ['acme:x/left@1.0.0'] })
    const right = component('right', { imports: ['acme:x/base@1.0.0'], exports: ['acme:x/right@1.0.0'] })
    const spare = component('spare', { exports: ['acme:x/left@1.0.0'] })
    const main = component('main', { imports: ['acme:x/left@1.0.0', 'acme:x/right@1.0.0'] })
    const [placed] = place(
      [device(0, { imagers: [] })],
      deployment(0, { components: [main, left, right, base, spare] }),
    )
    expect(placed?.components.map((one) => one.reference)).toEqual([
      'main@1.0.0',
      'left@1.0.0',
      'right@1.0.0',
      'base@1.0.0',
    ])
  })

  test('an imager-less component in everyImager mode runs once per device', () => {
    const two = device(0, { imagers: [imager(), imager({ id: 'cam1' })], interfaces: [...CAMERA] })
    const placed = place([two, device(1, { imagers: [] })], deployment(0, { components: [uptimeNote] }))
    expect(placed).toEqual([])
    const clocks = [...CAMERA, 'wasi:clocks/monotonic-clock@0.2.3']
    const again = place(
      [device(0, { imagers: [imager(), imager({ id: 'cam1' })], interfaces: clocks })],
      deployment(0, { components: [uptimeNote] }),
    )
    expect(again.map((one) => [one.slot, one.imager])).toEqual([['device', undefined]])
  })
})

describe('reasons', () => {
  test('every reason is told, with numbers, not only the first', () => {
    const small = device(0, {
      imagers: [imager({ widthPixels: 320, maxFrameRateMillihertz: 5000 })],
      interfaces: [...CAMERA, SENSING('detector', '0.0.9')],
      memoryBytes: 1_000_000,
    })
    const strict = deployment(0, {
      components: [peopleCount],
      realisations: [
        {
          name: 'only',
          component: 'people-count@1.0.0',
          imager: { minWidthPixels: 640, minFrameRateMillihertz: 10_000, colour: true, formats: ['rgb8'] },
        },
      ],
    })
    const [decision] = decide([small], strict)
    expect(messages(decision)).toEqual([
      'imager cam0 width 320 < 640 pixels, needed by realisation only',
      'imager cam0 frame rate 5000 < 10000 millihertz, needed by realisation only',
      'imager cam0 is mono, realisation only needs colour',
      'imager cam0 delivers gray8, realisation only takes rgb8',
      'people-count@1.0.0 imports ocelli:sensing/detector@0.1.0: the agent offers ocelli:sensing/detector@0.0.9',
      '67108864 bytes of memory needed, 1000000 left of 1000000',
    ])
    expect(decision?.candidates[0]?.reasons[4]).toMatchObject({
      code: 'placement.unmetImport',
      wanted: SENSING('detector'),
      offered: [SENSING('detector', '0.0.9')],
    })
  })

  test('the nearest miss says what would have to change', () => {
    const narrow = device(0, { imagers: [imager({ widthPixels: 320 })] })
    const wide = deployment(0, {
      components: [motion],
      realisations: [{ name: 'r', component: 'motion@1.0.0', imager: { minWidthPixels: 640 } }],
    })
    expect(decide([narrow], wide)[0]?.nearestMiss).toBe(
      'would run if imager cam0 delivered a width of 640 instead of 320 pixels',
    )
    const other = deployment(1, { components: [blobDetector] })
    const alone = deployment(0, { components: [peopleCount] })
    expect(decide([device(0)], alone, other)[0]?.nearestMiss).toBe(
      'would run if the agent offered ocelli:sensing/detector@0.1.0 or provider blob-detector@1.0.0 were listed',
    )
  })

  test('a device without an inventory, an imager, a feature or a label says so', () => {
    const features = deployment(0, { ...twoWays, target: { selector: 'device.labels.floor != "9"' } })
    const decisions = decide(
      [
        device(0, { reported: false, labels: { floor: '1' } }),
        device(1, { imagers: [], labels: { floor: '1' } }),
        device(2, { features: [], labels: { floor: '1' } }),
        device(3),
      ],
      features,
    )
    expect(decisions.map((one) => one.outcome)).toEqual(['refused', 'refused', 'refused', 'notTargeted'])
    expect(messages(decisions[0])).toEqual(['the device has not reported what it can do'])
    expect(messages(decisions[1])).toContain('the device has no imager')
    expect(messages(decisions[2])).toContain('the agent lacks the feature providers; it has none')
    expect(messages(decisions[3])).toEqual(['label floor absent'])
  })

  test('an import that is offered and not granted is refused, and listed as missing', () => {
    const [plan] = schedule(
      snapshot({ devices: [device(0)], deployments: [deployment(0, { components: [motion], grants: ['frames'] })] }),
    )
    expect(plan?.grants).toEqual({
      needed: [SENSING('frames'), SENSING('measurements')],
      missing: [SENSING('measurements')],
    })
    expect(messages(plan?.decisions[0])).toEqual([
      `motion@1.0.0 imports ${SENSING('measurements')}, which the agent offers and the manifest does not grant`,
    ])
  })

  test('a deployment that gives less memory than its components need is told both numbers', () => {
    const hungry = component('hungry', { needs: { memoryBytes: 50_000_000 } })
    const [decision] = decide([device(0)], deployment(0, { components: [hungry], limits: { memoryBytes: 65_536 } }))
    expect(messages(decision)).toEqual(['hungry@1.0.0 needs 50000000 bytes of memory, limits.memoryBytes is 65536'])
  })

  test('artifacts that do not fit the storage are refused', () => {
    const large = component('large', { sizeBytes: 2000 })
    const [decision] = decide([device(0, { storageBytes: 1000 })], deployment(0, { components: [large] }))
    expect(messages(decision)).toEqual(['2000 bytes of storage needed for artifacts, 1000 left of 1000'])
  })
})

describe('sharing a device', () => {
  test('memory is counted over all instances, and the holders are named', () => {
    const memory = { limits: { memoryBytes: 60_000_000 } }
    const one = device(0, { memoryBytes: 100_000_000 })
    const decisions = decide(
      [one],
      deployment(0, { name: 'first', components: [motion], ...memory }),
      deployment(1, { name: 'second', components: [motion], ...memory }),
    )
    expect(decisions.map((decision) => decision.outcome)).toEqual(['placed', 'refused'])
    expect(messages(decisions[1])).toEqual([
      'conflict with first over memory: both have priority 0, and what runs stays',
      '60000000 bytes of memory needed, 40000000 left of 100000000 (first 60000000)',
    ])
  })

  test('what a device is told of stays within the size of its message', () => {
    const states = Array.from({ length: 60 }, (_, index) =>
      deployment(index, {
        components: [motion],
        config: { text: 'x'.repeat(4000) },
        limits: { memoryBytes: 65_536 },
      }),
    )
    const one = device(0)
    const plans = schedule(snapshot({ devices: [one], deployments: states }))
    const placements = plans.flatMap((plan) => plan.placements)
    expect(placements.length).toBeGreaterThan(30)
    expect(placements.length).toBeLessThan(60)
    expect(checkSize(one.id, desiredInstances(one.id, placements, states, one.inventory))).toBeUndefined()
    const [reason] = plans[59]?.decisions[0]?.candidates[0]?.reasons ?? []
    expect(reason?.code).toBe('placement.tooLarge')
    expect(reason?.message).toMatch(/^\d+ bytes of desired state needed, \d+ left of 195072$/)
  })

  test('an imager that is held exclusively is busy, by name', () => {
    const alone = { name: 'r', component: 'motion@1.0.0', imager: { exclusive: true } }
    const [, decision] = decide(
      [device(0)],
      deployment(0, { name: 'alone', components: [motion], realisations: [alone] }),
      deployment(1, { components: [motion] }),
    )
    expect(messages(decision)).toEqual([
      'conflict with alone over imager cam0: both have priority 0, and what runs stays',
      'imager cam0 is held exclusively by alone',
    ])
  })

  test('imager-control has one holder for each imager', () => {
    const [, decision] = decide(
      [device(0)],
      deployment(0, { name: 'first', components: [autoExposure] }),
      deployment(1, { name: 'second', components: [autoExposure] }),
    )
    expect(decision?.outcome).toBe('refused')
    expect(messages(decision)).toEqual([
      'conflict with first over imager cam0: both have priority 0, and what runs stays',
      'imager cam0 is controlled by first, and imager-control has one holder',
    ])
  })

  test('what runs keeps its place against a newcomer with a lower id', () => {
    const memory = { limits: { memoryBytes: 60_000_000 } }
    const one = device(0, { memoryBytes: 100_000_000 })
    const old = deployment(5, { name: 'old', components: [motion], ...memory })
    const before = place([one], old)
    const plans = schedule(
      snapshot({
        devices: [one],
        deployments: [deployment(0, { name: 'new', components: [motion], ...memory }), old],
        placements: before,
      }),
    )
    expect(plans.map((plan) => [plan.name, plan.placements.length])).toEqual([
      ['new', 0],
      ['old', 1],
    ])
  })
})

describe('replicas', () => {
  const floors = [0, 1, 2, 3, 4, 5].map((index) => device(index, { labels: { floor: index < 4 ? 'a' : 'b' } }))
  const spread = (replicas: number) =>
    deployment(0, { components: [motion], placement: { replicas, spread: ['labels.floor'] } })

  test('are spread over groups, and devices that are left out are told', () => {
    const [plan] = schedule(snapshot({ devices: floors, deployments: [spread(4)] }))
    const placed = plan?.placements.map((one) => floors.findIndex((facts) => facts.id === one.device))
    expect(placed).toEqual([0, 1, 4, 5])
    expect(messages(plan?.decisions[2])).toEqual(['4 of 4 replicas run on other devices'])
    expect(plan?.decisions[2]?.reasons[0]?.code).toBe('placement.replicas')
  })

  test('move only where a device is lost, and shrink without moving the rest', () => {
    const ran = place(floors, spread(4))
    const gone = schedule(snapshot({ devices: floors.slice(1), deployments: [spread(4)], placements: ran }))
    const next = gone.flatMap((plan) => plan.placements)
    expect(next).toHaveLength(4)
    expect(next.filter((one) => ran.some((old) => old.instance === one.instance))).toHaveLength(3)
    const fewer = schedule(snapshot({ devices: floors, deployments: [spread(2)], placements: ran }))
    const kept = fewer.flatMap((plan) => plan.placements)
    expect(kept.map((one) => floors.find((facts) => facts.id === one.device)?.labels.floor)).toEqual(['a', 'b'])
    expect(kept.every((one) => ran.some((old) => old.instance === one.instance))).toBe(true)
  })

  test('prefer devices that can be reached', () => {
    const devices = [device(0, { presence: 'lost' }), device(1, { presence: 'offline' }), device(2)]
    const placed = place(devices, deployment(0, { components: [motion], placement: { replicas: 2 } }))
    expect(placed.map((one) => one.device)).toEqual([devices[1]?.id, devices[2]?.id])
  })
})
