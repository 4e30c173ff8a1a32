/** How far a deployment grows by itself before a person is asked. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Change } from '../../server/src/domain/change.ts'
import { isRefusal } from '../../server/src/domain/refusal.ts'
import type { DeploymentState, Snapshot } from '../../server/src/domain/snapshot.ts'
import { type PlannedChange, planChange, planDevices } from '../../server/src/scheduler/schedule.ts'
import { deployment, device, fleet, manifestOf, motion, snapshot } from '../support/snapshot-builders.ts'

const LIMIT = 2
const FACTS: Change = { kind: 'replan' }
const everywhere = deployment(0, { name: 'motion', components: [motion], rollout: { maxTouched: LIMIT } })
const apply = (state: DeploymentState): Change => ({
  kind: 'applyDeployment',
  id: state.id,
  manifest: manifestOf(state),
  components: state.components,
})

function planned(given: Snapshot, change: Change, byPerson = false): PlannedChange {
  const done = planChange(given, change, { maxTouched: 500, approved: byPerson, byPerson })
  if (isRefusal(done)) throw new Error(done.message)
  return done
}

/** As the control plane would after a commit. */
function committed({ plan, after }: PlannedChange): Snapshot {
  return { ...after, placements: plan.deployments.flatMap((one) => one.placements) }
}

const withDevices = (given: Snapshot, ...indices: number[]): Snapshot => ({
  ...given,
  devices: [...given.devices, ...indices.map((index) => device(index))].sort((a, b) => (a.id < b.id ? -1 : 1)),
})
const agreedOf = (given: Snapshot) => given.deployments[0]?.agreedDevices
const start = committed(planned(withDevices(snapshot({}), 0, 1), apply(everywhere)))
/** Two more came, one by one. */
const grown = [2, 3].reduce((now, index) => committed(planned(withDevices(now, index), FACTS)), start)

describe('growth', () => {
  test('is counted from what a person agreed to, however slowly it comes', () => {
    expect(agreedOf(start)).toBe(2)
    expect([agreedOf(grown), grown.placements.length]).toEqual([2, 4])
    const next = planned(withDevices(grown, 4), FACTS)
    expect(next.plan.touched).toEqual([])
    expect(next.waiting).toMatchObject([{ name: 'motion' }])
    const shown = planned(withDevices(grown, 4), { kind: 'replan', only: next.waiting[0] as never })
    expect(shown.plan).toMatchObject({
      needsApproval: true,
      maxTouched: LIMIT,
      exceeded: [{ name: 'motion', touched: 1, devices: 5, agreedDevices: 2, maxTouched: LIMIT }],
    })
    expect(shown.plan.touched.map(({ name }) => name)).toEqual(['device-4'])
  })

  test('goes on once a person has agreed, and is counted anew', () => {
    const asked = { kind: 'replan', only: { id: everywhere.id, name: 'motion' } } as const
    const agreed = committed(planned(withDevices(grown, 4), asked, true))
    expect([agreedOf(agreed), agreed.placements.length]).toEqual([5, 5])
    const more = [5, 6].reduce((now, index) => committed(planned(withDevices(now, index), FACTS)), agreed)
    expect(more.placements).toHaveLength(7)
    expect(planned(withDevices(more, 7), FACTS).waiting).toHaveLength(1)
  })

  test('is stopped for one changed device alone, too: the whole is looked at then', () => {
    const alone = (given: Snapshot, index: number) =>
      planDevices(given, new Set([device(index).id]), { maxTouched: 500 })
    expect(alone(withDevices(start, 2), 2)?.plan.touched).toHaveLength(1)
    expect(alone(withDevices(grown, 4), 4)).toBeUndefined()
  })

  test('edited labels are no word about the deployment: they wait as a whole', () => {
    const target = { selector: 'device.labels.floor == "2"' }
    const upstairs = deployment(0, { name: 'motion', components: [motion], rollout: { maxTouched: LIMIT }, target })
    let now = committed(planned(withDevices(snapshot({}), 0, 1, 2, 3), apply(upstairs)))
    const label = (index: number): Change => ({
      kind: 'editLabels',
      edits: [{ device: device(index).id, labels: { floor: '2' } }],
    })
    for (const index of [0, 1]) {
      const one = planned(now, label(index))
      expect(one.plan.needsApproval).toBe(false)
      now = committed(one)
    }
    expect(agreedOf(now)).toBe(0)
    expect(planned(now, label(2)).plan).toMatchObject({ needsApproval: true, exceeded: [{ devices: 3 }] })
    expect(agreedOf(committed(planned(now, label(2), true)))).toBe(3)
  })

  test('a new revision, or another definition of the fleet, says anew how far it reaches; the same again does not', () => {
    const next = deployment(0, {
      name: 'motion',
      components: [motion],
      rollout: { maxTouched: LIMIT },
      config: { a: 1 },
    })
    expect(planned(grown, apply(everywhere)).after.deployments[0]?.agreedDevices).toBe(2)
    // Four are touched by the change itself; how many there are in the end is what is agreed to.
    expect(committed(planned(grown, apply(next), true)).deployments[0]).toMatchObject({ agreedDevices: 4 })

    const members = (names: string[]) => fleet('yard', { members: names })
    const inFleet = deployment(0, { name: 'motion', components: [motion], target: { fleet: 'yard' } })
    const given = { ...withDevices(snapshot({}), 0, 1, 2), fleets: [members(['device-0'])] }
    const one = committed(planned(given, apply(inFleet)))
    const two = committed(planned(one, { kind: 'applyFleet', manifest: members(['device-0', 'device-1']) }))
    expect([agreedOf(one), agreedOf(two)]).toEqual([1, 2])
    const drifted = { ...two, deployments: two.deployments.map((state) => ({ ...state, agreedDevices: 1 })) }
    const same = planned(drifted, { kind: 'applyFleet', manifest: members(['device-0', 'device-1']) })
    expect(agreedOf(same.after)).toBe(1)
  })

  test('a device that goes and comes back is none, nor is one that takes the place of another', () => {
    const without = committed(planned({ ...grown, devices: grown.devices.slice(0, 3) }, FACTS))
    expect(without.placements).toHaveLength(3)
    expect(planned({ ...without, devices: grown.devices }, FACTS).waiting).toEqual([])
    expect(planned(withDevices(without, 9), FACTS).waiting).toEqual([])
  })

  test('what was never asked about is not judged', () => {
    const old = { ...start, deployments: [everywhere] }
    expect(planned(withDevices(old, 2, 3), FACTS).waiting).toEqual([])
  })
})

test('whatever comes and goes, it never runs on more devices than a person agreed to and as many as may come', () => {
  const step = fc.record({
    index: fc.integer({ min: 0, max: 11 }),
    comes: fc.boolean(),
    approves: fc.integer({ max: 9, min: 0 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let now = start
      /** Kept by the test itself: the devices there were when a person last said yes. */
      let agreed = 2
      for (const { index, comes, approves } of steps) {
        const others = now.devices.filter(({ id }) => id !== device(index).id)
        now = comes ? withDevices({ ...now, devices: others }, index) : { ...now, devices: others }
        const before = now.placements.length
        /** What waits stays as it is; a device that is no more has nothing. */
        const kept = now.placements.filter((one) => now.devices.some(({ id }) => id === one.device)).length
        const next = planned(now, FACTS)
        const wanted = now.devices.length
        const grows = wanted > before && wanted - agreed > LIMIT
        const touched = before - kept + (wanted - kept)
        const tooFar = grows || touched > LIMIT
        expect(next.waiting.length > 0, `${before} -> ${wanted}, agreed ${agreed}`).toBe(tooFar)
        now = committed(next)
        if (tooFar && approves === 0) {
          now = committed(planned(now, { kind: 'replan', only: { id: everywhere.id, name: 'motion' } }, true))
          agreed = wanted
        }
        expect(now.placements.length).toBe(tooFar && approves !== 0 ? kept : wanted)
        expect(now.placements.length).toBeLessThanOrEqual(Math.max(agreed + LIMIT, before))
      }
    }),
    { numRuns: 100 * Number(process.env.OCELLI_RUNS_FACTOR ?? '1') },
  )
})
