import type { ChangePlan } from '@ocelli/schemas/api/plan'
import { describe, expect, test } from 'vitest'
import type { Change } from '../../server/src/domain/change.ts'
import { isRefusal, type Refusal } from '../../server/src/domain/refusal.ts'
import type { DeploymentState, Snapshot } from '../../server/src/domain/snapshot.ts'
import { missingGrants, type PlannedChange, planChange } from '../../server/src/scheduler/schedule.ts'
import {
  component,
  deployment,
  deploymentId,
  device,
  fleet,
  manifestOf,
  motion,
  peopleCount,
  snapshot,
} from '../support/snapshot-builders.ts'

const apply = (state: DeploymentState): Change => ({
  kind: 'applyDeployment',
  id: state.id,
  manifest: manifestOf(state),
  components: state.components,
})

function planned(given: Snapshot, change: Change, maxTouched = 500): PlannedChange {
  const result = planChange(given, change, { maxTouched })
  if (isRefusal(result)) throw new Error(`${result.code}: ${result.message}`)
  return result
}

function refused(given: Snapshot, change: Change): Refusal {
  const result = planChange(given, change, { maxTouched: 500 })
  if (!isRefusal(result)) throw new Error('the change was accepted')
  return result
}

/** As the control plane would after a commit. */
function committed({ plan, after }: PlannedChange): Snapshot {
  return { ...after, placements: plan.deployments.flatMap((one) => one.placements) }
}

const touches = (plan: ChangePlan) =>
  plan.touched.map((one) => [one.name, one.start.length, one.change.length, one.stop.length])

const three = [0, 1, 2].map((index) => device(index, { labels: { floor: String(index) } }))
const empty = snapshot({ devices: three, fleets: [fleet('all', { selector: 'device.name != ""', maxTouched: 1 })] })
const everywhere = deployment(0, { name: 'motion', components: [motion] })
const running = committed(planned(empty, apply(everywhere)))

describe('a change', () => {
  test('shows every device it touches, and changes nothing', () => {
    const given = structuredClone(empty)
    const { plan, after } = planned(given, apply(everywhere))
    expect(given).toEqual(empty)
    expect(touches(plan)).toEqual([
      ['device-0', 1, 0, 0],
      ['device-1', 1, 0, 0],
      ['device-2', 1, 0, 0],
    ])
    expect(after.deployments.map((one) => [one.name, one.revision])).toEqual([['motion', 1]])
    expect(after.placements).toEqual([])
    expect(plan.needsApproval).toBe(false)
  })

  test('that says the same again keeps the revision and touches nobody', () => {
    const { plan, after } = planned(running, apply(everywhere))
    expect(plan.touched).toEqual([])
    expect(after.deployments[0]?.revision).toBe(1)
  })

  test('of configuration is a new revision of the same instances', () => {
    const { plan, after } = planned(
      running,
      apply(deployment(0, { name: 'motion', components: [motion], config: { a: 1 } })),
    )
    expect(after.deployments[0]?.revision).toBe(2)
    expect(touches(plan).map(([, ...counts]) => counts)).toEqual([
      [0, 1, 0],
      [0, 1, 0],
      [0, 1, 0],
    ])
    expect(plan.touched[0]?.change[0]?.instance).toBe(
      running.placements.find((one) => one.device === three[0]?.id)?.instance,
    )
  })

  test('of a pinned digest is a new revision', () => {
    const rebuilt = { ...motion, digest: component('other').digest }
    expect(
      planned(running, apply(deployment(0, { name: 'motion', components: [rebuilt] }))).after.deployments[0]?.revision,
    ).toBe(2)
  })

  test('that deletes a deployment stops its instances', () => {
    const { plan } = planned(running, { kind: 'deleteDeployment', name: 'motion' })
    expect(touches(plan).map(([, ...counts]) => counts)).toEqual([
      [0, 0, 1],
      [0, 0, 1],
      [0, 0, 1],
    ])
    expect(plan.deployments).toEqual([])
  })

  test('that deletes a device names it among the touched', () => {
    const id = three[1]?.id
    if (!id) throw new Error('three devices')
    const { plan } = planned(running, { kind: 'deleteDevice', device: id })
    expect(touches(plan)).toEqual([['device-1', 0, 0, 1]])
  })

  test('of labels moves what the selector says, and null removes a label', () => {
    const onFloor = deployment(0, {
      name: 'motion',
      components: [motion],
      target: { selector: 'device.labels.floor == "1"' },
    })
    const start = committed(planned(empty, apply(onFloor)))
    const [zero, one] = three
    if (!zero || !one) throw new Error('three devices')
    const edits = [
      { device: zero.id, labels: { floor: '1' } },
      { device: one.id, labels: { floor: null } },
    ]
    const { plan, after } = planned(start, { kind: 'editLabels', edits })
    expect(touches(plan)).toEqual([
      ['device-0', 1, 0, 0],
      ['device-1', 0, 0, 1],
    ])
    expect(after.devices.map((facts) => facts.labels)).toEqual([{ floor: '1' }, {}, { floor: '2' }])
  })

  test('of a fleet reaches the deployments that aim at it', () => {
    const aimed = deployment(0, { name: 'motion', components: [motion], target: { fleet: 'some' } })
    const start = committed(planned(empty, apply(aimed)))
    expect(start.placements).toEqual([])
    const { plan } = planned(start, { kind: 'applyFleet', manifest: fleet('some', { members: ['device-2'] }) })
    expect(touches(plan)).toEqual([['device-2', 1, 0, 0]])
  })

  test('that replans on the same facts touches nobody', () => {
    expect(planned(running, { kind: 'replan' }).plan.touched).toEqual([])
  })
})

describe('the limit on touched devices', () => {
  const limited = (maxTouched: number | undefined, target = {}) =>
    apply(
      deployment(0, {
        name: 'motion',
        components: [motion],
        target,
        ...(maxTouched === undefined ? {} : { rollout: { maxTouched } }),
      }),
    )

  test.each([
    ['the rollout', limited(2), 500, 2],
    ['the fleet', limited(undefined, { fleet: 'all' }), 500, 1],
    ['the default', limited(undefined), 2, 2],
  ])('comes from %s', (_name, change, fallback, maxTouched) => {
    const { plan } = planned(empty, change, fallback)
    expect([plan.maxTouched, plan.needsApproval]).toEqual([maxTouched, true])
  })

  test('is not exceeded by as many as it allows', () => {
    const { plan } = planned(empty, limited(3))
    expect([plan.maxTouched, plan.needsApproval]).toEqual([3, false])
  })

  test('does not hold up what a person approved', () => {
    const result = planChange(empty, limited(1), { maxTouched: 500, approved: true })
    expect(isRefusal(result) || result.plan.needsApproval).toBe(false)
  })

  test('counts each deployment by itself', () => {
    const quiet = deployment(1, {
      name: 'quiet',
      components: [motion],
      target: { devices: ['device-0'] },
      rollout: { maxTouched: 1 },
    })
    const { plan } = planned(
      { ...running, deployments: [...running.deployments, quiet] },
      { kind: 'deleteDeployment', name: 'motion' },
      3,
    )
    expect(plan.needsApproval).toBe(false)
  })
})

describe('the check', () => {
  test('is the same for the same effect and another for another', () => {
    const one = planned(empty, apply(everywhere)).plan.check
    expect(planned(structuredClone(empty), apply(everywhere)).plan.check).toBe(one)
    expect(one).toMatch(/^[0-9a-f]{16}$/)
    expect(planned({ ...empty, devices: three.slice(1) }, apply(everywhere)).plan.check).not.toBe(one)
    expect(
      planned(empty, apply(deployment(0, { name: 'motion', components: [motion], config: { a: 1 } }))).plan.check,
    ).toBe(one)
  })
})

describe('a refusal', () => {
  test.each<[string, string, Change]>([
    ['request.notFound', 'there is no deployment x', { kind: 'deleteDeployment', name: 'x' }],
    ['request.notFound', 'there is no fleet x', { kind: 'deleteFleet', name: 'x' }],
    ['request.notFound', 'there is no device d-', { kind: 'deleteDevice', device: device(9).id }],
    [
      'request.notFound',
      'there is no device d-',
      { kind: 'editLabels', edits: [{ device: device(9).id, labels: {} }] },
    ],
    [
      'request.conflict',
      'deployment motion exists with id',
      apply(deployment(3, { name: 'motion', components: [motion] })),
    ],
    [
      'manifest.selector',
      'No such key',
      apply(deployment(1, { components: [motion], target: { selector: 'device.x == 1' } })),
    ],
    [
      'manifest.selector',
      'on device device-0: fails: division by zero',
      apply(deployment(1, { components: [motion], target: { selector: '1 / (size(device.imagers) - 1) == 1' } })),
    ],
    ['grant.unknown', 'did you mean frames?', apply(deployment(1, { components: [motion], grants: ['frame'] }))],
    ['component.unknown', 'motion@1.0.0', { ...applyOf(deployment(1, { components: [motion] })), components: {} }],
    [
      'manifest.selector',
      'Expected IDENTIFIER, got EOF at column 8',
      { kind: 'applyFleet', manifest: fleet('x', { selector: 'device.' }) },
    ],
  ])('%s: %s', (code, text, change) => {
    const refusal = refused(running, change)
    expect(refusal.code).toBe(code)
    expect(refusal.message).toContain(text)
  })

  test('grant.missing comes at apply, from the plan', () => {
    const { plan } = planned(empty, apply(deployment(0, { components: [peopleCount], grants: ['detector'] })))
    const refusal = missingGrants(plan, deploymentId(0))
    expect(refusal?.code).toBe('grant.missing')
    expect(refusal?.message).toContain('ocelli:sensing/measurements@0.1.0')
    expect(missingGrants(planned(empty, apply(everywhere)).plan, deploymentId(0))).toBeUndefined()
  })
})

function applyOf(state: DeploymentState): Extract<Change, { kind: 'applyDeployment' }> {
  return { kind: 'applyDeployment', id: state.id, manifest: manifestOf(state), components: state.components }
}
