import type { Placement } from '@ocelli/schemas/api/plan'
import type { DesiredInstance } from '@ocelli/schemas/messages/desired'
import { readDesiredState } from '@ocelli/schemas/messages/desired'
import { describe, expect, test } from 'vitest'
import type { DeploymentState, DeviceFacts } from '../../server/src/domain/snapshot.ts'
import { checkSize, configArtifacts, desiredInstances, needsNewGeneration } from '../../server/src/reconcile/desired.ts'
import { schedule } from '../../server/src/scheduler/schedule.ts'
import {
  blobDetector,
  component,
  deployment,
  device,
  imager,
  LOGGING,
  motion,
  peopleCount,
  SENSING,
  snapshot,
} from '../support/snapshot-builders.ts'

function place(facts: DeviceFacts, ...deployments: DeploymentState[]): Placement[] {
  return schedule(snapshot({ devices: [facts], deployments })).flatMap((plan) => plan.placements)
}

function desire(facts: DeviceFacts, ...deployments: DeploymentState[]): DesiredInstance[] {
  return desiredInstances(facts.id, place(facts, ...deployments), deployments, facts.inventory)
}

const camera = device(0)

describe('desired instances', () => {
  test('leave nothing to default, and are a valid message', () => {
    const instances = desire(camera, deployment(0, { name: 'count', components: [peopleCount, blobDetector] }))
    const [instance] = instances
    expect(instance).toMatchObject({
      deployment: { name: 'count' },
      revision: 1,
      realisation: 'main',
      role: 'live',
      imager: 'cam0',
      config: { values: {} },
      limits: { memoryBytes: 67_108_864, callTimeoutMs: 1000, outputBytesPerSecond: 4096 },
      intervalMs: 1000,
      restart: { policy: 'always', maxAttempts: 10, backoffMs: 1000, maxBackoffMs: 60_000, healthyForMs: 10_000 },
      features: ['providers'],
    })
    expect(instance?.components.map((one) => [one.name, one.sizeBytes])).toEqual([
      ['people-count', 10_000],
      ['blob-detector', 10_000],
    ])
    const state = {
      project: 'default',
      device: camera.id,
      generation: { epoch: 1, counter: 1 },
      issuedAtMs: 0,
      trustVersion: 1,
      instances,
    }
    expect(readDesiredState(state)).toMatchObject({ ok: true })
  })

  test('grant exactly what is linked to the host, as it is imported', () => {
    const [instance] = desire(
      camera,
      deployment(0, { components: [motion], grants: ['frames', 'measurements', 'images'] }),
    )
    expect(instance?.grants).toEqual([SENSING('frames'), SENSING('measurements'), LOGGING])
  })

  test('merge the configuration, the realisation last, all as text', () => {
    const [instance] = desire(
      camera,
      deployment(0, {
        components: [motion],
        config: { threshold: 0.4, debug: false, name: 'a' },
        realisations: [{ name: 'r', component: 'motion@1.0.0', config: { name: 'b', step: 2 } }],
      }),
    )
    expect(instance?.config).toEqual({ values: { debug: 'false', name: 'b', step: '2', threshold: '0.4' } })
  })

  test('name a large configuration by digest, and the artifact has its bytes', () => {
    const large = deployment(0, { components: [motion], config: { text: 'x'.repeat(5000) } })
    const placements = place(camera, large)
    const [instance] = desiredInstances(camera.id, placements, [large])
    expect(instance?.features).toEqual(['configByDigest'])
    const artifacts = configArtifacts(placements, [large])
    expect(instance?.config).toEqual({ digest: [...artifacts.keys()][0] })
    expect(JSON.parse([...artifacts.values()][0] ?? '')).toEqual({ text: 'x'.repeat(5000) })
  })

  test('ask for frames as the deployment says, in a format that all take and the imager delivers', () => {
    const taking = component('taking', {
      imports: [SENSING('frames')],
      needs: { imager: { formats: ['rgb8', 'bayer-rggb8', 'gray8'] } },
    })
    const colour = device(0, { imagers: [imager({ formats: ['gray8', 'bayer-rggb8'] })] })
    const [instance] = desire(colour, deployment(0, { components: [taking], frames: { frameRateMillihertz: 2000 } }))
    expect(instance?.frames).toEqual({ frameRateMillihertz: 2000, format: 'bayer-rggb8' })
    expect(instance?.features).toEqual([])
    const [sized] = desire(colour, deployment(0, { components: [taking], frames: { widthPixels: 320 } }))
    expect(sized?.features).toEqual(['frameSize'])
  })

  test('are in order of id, and of this device alone', () => {
    const states = [0, 1, 2, 3].map((index) =>
      deployment(index, { components: [motion], limits: { memoryBytes: 65_536 } }),
    )
    const instances = desire(camera, ...states)
    expect(instances).toHaveLength(4)
    expect(instances.map((one) => one.id)).toEqual(instances.map((one) => one.id).sort())
    expect(desiredInstances(device(1).id, place(camera, ...states), states)).toEqual([])
  })

  test('throw where the placement is of another intent', () => {
    const placements = place(camera, deployment(0, { components: [motion] }))
    expect(() => desiredInstances(camera.id, placements, [])).toThrow('no deployment')
  })
})

describe('a new generation', () => {
  const state = deployment(0, { components: [motion], config: { a: 1, b: 2 } })
  const instances = desire(camera, state)

  test('is not needed for the same, in whatever order', () => {
    const more = desire(camera, state, deployment(1, { components: [motion] }))
    expect(needsNewGeneration(instances, structuredClone(instances))).toBe(false)
    expect(needsNewGeneration(more, [...more].reverse())).toBe(false)
    const [first] = instances
    if (!first) throw new Error('one instance')
    const turned = Object.fromEntries(Object.entries(first).reverse()) as DesiredInstance
    expect(needsNewGeneration([first], [turned])).toBe(false)
  })

  test('is needed for another configuration, limit, or number of instances', () => {
    const other = desire(camera, deployment(0, { components: [motion], config: { a: 1, b: 3 } }))
    expect(needsNewGeneration(instances, other)).toBe(true)
    expect(needsNewGeneration(instances, [])).toBe(true)
    expect(needsNewGeneration([], instances)).toBe(true)
  })
})

describe('the size of a desired state', () => {
  test('is refused with numbers before it would overflow the message', () => {
    const big = deployment(0, { components: [motion], config: { text: 'x'.repeat(4000) } })
    const [instance] = desire(camera, big)
    if (!instance) throw new Error('one instance')
    expect(checkSize(camera.id, [instance])).toBeUndefined()
    const many = Array.from({ length: 60 }, () => instance)
    const refusal = checkSize(camera.id, many)
    expect(refusal?.code).toBe('placement.tooLarge')
    expect(refusal?.message).toMatch(/60 instances take \d+ bytes, a desired state has room for 195072/)
  })

  test('is refused above the number of instances of a message', () => {
    const [instance] = desire(camera, deployment(0, { components: [component('tiny')] }))
    if (!instance) throw new Error('one instance')
    const refusal = checkSize(
      camera.id,
      Array.from({ length: 257 }, () => instance),
    )
    expect(refusal?.message).toContain('257 instances, the limit is 256')
  })
})
