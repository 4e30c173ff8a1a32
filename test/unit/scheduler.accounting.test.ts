import type { ComponentNeeds } from '@ocelli/schemas/component'
import { describe, expect, test } from 'vitest'
import type { DeploymentState, DeviceFacts, Snapshot } from '../../server/src/domain/snapshot.ts'
import { schedule } from '../../server/src/scheduler/schedule.ts'
import {
  BASE_INTERFACES,
  CAMERA_INTERFACES,
  component,
  type DeploymentOptions,
  deployment,
  device,
  imager,
  imagerId,
  motion,
  SENSING,
  snapshot,
} from '../support/snapshot-builders.ts'
import { largeFleet } from '../support/snapshot-fleet.ts'

const CAMERA = [...BASE_INTERFACES, ...CAMERA_INTERFACES]

function plans(facts: DeviceFacts, ...deployments: DeploymentState[]) {
  return schedule(snapshot({ devices: [facts], deployments }))
}

function reasonsOf(facts: DeviceFacts, ...deployments: DeploymentState[]) {
  const decision = plans(facts, ...deployments).at(-1)?.decisions[0]
  return decision?.candidates.flatMap((one) => one.reasons.map((reason) => reason.message))
}

const needing = (needs: NonNullable<ComponentNeeds['imager']>, tighter?: NonNullable<ComponentNeeds['imager']>) =>
  deployment(0, {
    components: [component('motion', { ...motion, needs: { imager: needs } })],
    realisations: [{ name: 'main', component: 'motion@1.0.0', ...(tighter && { imager: tighter as object }) }],
  })

describe('needs of an imager', () => {
  const exposing = device(0, { imagers: [imager({ exposureMicros: { min: 100, max: 20_000 } })] })

  test('the range of its exposures contains what is needed', () => {
    expect(reasonsOf(exposing, needing({ exposureMicros: { min: 100, max: 20_000 } }))).toEqual([])
    expect(reasonsOf(exposing, needing({ exposureMicros: { min: 50, max: 10_000 } }))).toEqual([
      'imager cam0 exposes 100 to 20000 microseconds, realisation main needs 50 to 10000 microseconds',
    ])
    expect(reasonsOf(device(0), needing({ exposureMicros: { min: 50, max: 10_000 } }))).toEqual([
      'imager cam0 tells no range of exposures, realisation main needs 50 to 10000 microseconds',
    ])
  })

  test('component and realisation are both heeded', () => {
    const both = needing({ exposureMicros: { min: 100, max: 200 } }, { exposureMicros: { min: 1000, max: 30_000 } })
    expect(reasonsOf(exposing, both)).toEqual([
      'imager cam0 exposes 100 to 20000 microseconds, realisation main needs 100 to 30000 microseconds',
    ])
    const tall = needing({ minHeightPixels: 480, colour: false }, { minHeightPixels: 1080 })
    expect(reasonsOf(exposing, tall)).toEqual(['imager cam0 height 960 < 1080 pixels, needed by realisation main'])
  })

  test('devices whose imagers differ by exposure alone are told apart', () => {
    const deployments = [needing({ exposureMicros: { min: 100, max: 200 } })]
    const [plan] = schedule(snapshot({ devices: [device(0), { ...exposing, id: device(1).id }], deployments }))
    expect(plan?.decisions.map((one) => one.outcome)).toEqual(['refused', 'placed'])
  })
})

describe('the frame rate of an imager', () => {
  const asking = (index: number, frameRateMillihertz: number | undefined, options: Partial<DeploymentOptions> = {}) =>
    deployment(index, {
      name: `asks-${index}`,
      components: [motion],
      ...(frameRateMillihertz === undefined ? {} : { frames: { frameRateMillihertz } }),
      ...options,
    })

  test('is shared out, and a refusal names who holds how much', () => {
    expect(reasonsOf(device(0), asking(0, 20_000), asking(1, 10_000))).toEqual([])
    expect(reasonsOf(device(0), asking(0, 20_000), asking(1, 10_001))).toEqual([
      '10001 millihertz of imager cam0 needed, 10000 left of 30000 (asks-0 20000)',
    ])
  })

  test('who asks for more than there is gets what there is, and who asks for nothing shares', () => {
    expect(reasonsOf(device(0), asking(0, 60_000), asking(1, undefined))).toEqual([])
    expect(reasonsOf(device(0), asking(0, 60_000), asking(1, 1))).toEqual([
      '1 millihertz of imager cam0 needed, 0 left of 30000 (asks-0 30000)',
    ])
  })

  test('a need counts where nothing is asked for, and each imager has its own', () => {
    const two = device(0, { imagers: [imager(), imager({ id: 'cam1' })] })
    const needs = {
      realisations: [{ name: 'r', component: 'motion@1.0.0', imager: { minFrameRateMillihertz: 16_000 } }],
    }
    const [first, second] = plans(two, asking(0, undefined, { ...needs, placement: 'everyDevice' }), asking(1, 16_000))
    expect(first?.placements.map((one) => one.slot)).toEqual(['cam0'])
    expect(second?.placements.map((one) => one.slot)).toEqual(['cam1'])
  })
})

describe('what is picked', () => {
  const base = component('base', { exports: ['acme:x/base@1.0.0'] })
  const blocked = component('blocked', { imports: ['acme:x/nowhere@1.0.0'], exports: ['acme:x/left@1.0.0'] })
  const left = component('left', { imports: ['acme:x/base@1.0.0'], exports: ['acme:x/left@1.0.0'] })
  const main = component('main', { imports: ['acme:x/left@1.0.0'] })

  test('is told with why, for providers of providers as well', () => {
    const facts = device(0, { imagers: [], interfaces: [...CAMERA, 'acme:x/base@2.0.0'] })
    const [plan] = plans(facts, deployment(0, { components: [main, blocked, left, base] }))
    expect(plan?.decisions[0]?.candidates[0]?.picked).toEqual([
      'left@1.0.0 for acme:x/left@1.0.0 of main@1.0.0: the agent does not offer it; blocked@1.0.0 cannot be linked here',
      'base@1.0.0 for acme:x/base@1.0.0 of left@1.0.0: the agent offers acme:x/base@2.0.0',
    ])
  })

  test('storage that is short names who holds it', () => {
    const small = device(0, { storageBytes: 25_000 })
    const others = [0, 1].map((index) =>
      deployment(index, { name: `holds-${index}`, components: [component(`one-${index}`)] }),
    )
    expect(reasonsOf(small, ...others, deployment(2, { components: [motion] }))).toEqual([
      '10000 bytes of storage needed for artifacts, 5000 left of 25000 (holds-0 10000, holds-1 10000)',
    ])
  })
})

describe('names of imagers', () => {
  const twin = (index: number, ...ids: string[]) =>
    device(index, {
      imagers: ids.map((id) => imager({ id, widthPixels: 320 })),
      interfaces: [...CAMERA, { name: SENSING('detector'), imagers: ids.slice(0, 1).map(imagerId) }],
    })
  const wide = deployment(0, {
    components: [motion],
    realisations: [{ name: 'wide', component: 'motion@1.0.0', imager: { minWidthPixels: 640 } }],
  })

  test('a fleet in which each imager has a name of its own is told the same as one that shares names', () => {
    // Instance ids are made of the names of slots, and lists of them are in that order.
    const told = (fleet: Snapshot) => {
      const [plan] = schedule(fleet)
      const decisions = plan?.decisions.map(({ instances, ...one }) => ({ ...one, instances: instances.length }))
      const placements = plan?.placements.map(({ instance: _, ...one }) => one)
      return JSON.stringify([decisions, placements]).replace(/\b(cam\d)-[0-9a-z]+/g, '$1')
    }
    const shared = told(largeFleet(64))
    expect(told(largeFleet(64, 4, true))).toBe(shared)
    expect(shared).toContain('imager cam0')
  })

  test('each device is told in the names of its own imagers, in their order', () => {
    const devices = [twin(0, 'front', 'back'), twin(1, 'cam0', 'cam1'), twin(2, 'zulu', 'alpha')]
    const [plan] = schedule(snapshot({ devices, deployments: [wide] }))
    const told = plan?.decisions.map(({ candidates }) => candidates.map((one) => [one.slot, one.reasons[0]?.message]))
    const needs = (name: string) => [name, `imager ${name} width 320 < 640 pixels, needed by realisation wide`]
    expect(told).toEqual([
      [needs('back'), needs('front')],
      [needs('cam0'), needs('cam1')],
      [needs('alpha'), needs('zulu')],
    ])
    expect(plan?.decisions.map((one) => one.nearestMiss?.split(' delivered')[0])).toEqual([
      'would run if imager back',
      'would run if imager cam0',
      'would run if imager alpha',
    ])
  })

  test('what a device is told does not depend on the names that others have', () => {
    const seeing = deployment(0, { components: [component('sees', { ...motion, imports: [SENSING('detector')] })] })
    const devices = [twin(0, 'front', 'back'), twin(1, 'a', 'b'), twin(2, 'b', 'a'), twin(3, 'device', 'x')]
    for (const state of [wide, seeing]) {
      const [plan] = schedule(snapshot({ devices, deployments: [state] }))
      for (const [index, one] of devices.entries()) {
        const [alone] = schedule(snapshot({ devices: [one], deployments: [state] }))
        expect(plan?.decisions[index]).toEqual(alone?.decisions[0])
        expect(plan?.placements.filter(({ device: of }) => of === one.id)).toEqual(alone?.placements)
      }
      expect(JSON.stringify(plan)).not.toMatch(/[\ue000-\uf8ff]/)
    }
  })
})
