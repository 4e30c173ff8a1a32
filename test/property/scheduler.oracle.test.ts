/** The scheduler against exhaustive search on random small fleets. OCELLI_RUNS sets how many. */
import type { DeploymentPlan } from '@ocelli/schemas/api/plan'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Snapshot } from '../../server/src/domain/snapshot.ts'
import { createClassIndex } from '../../server/src/scheduler/classes.ts'
import { schedule, scheduleDevice } from '../../server/src/scheduler/schedule.ts'
import { type TwoStates, twoStates } from '../support/snapshot-arbitrary.ts'
import { couldAllStay, faults, type World } from '../support/snapshot-oracle.ts'

const RUNS = Number(process.env.OCELLI_RUNS ?? 2000)
const TIMEOUT_MS = 20_000 + RUNS * 20
const placementsOf = (plans: readonly DeploymentPlan[]) => plans.flatMap((plan) => plan.placements)

/** The second state, with what ran in the first. */
function moved({ before, after }: TwoStates): World {
  const ran = placementsOf(schedule(before.snapshot))
  const ids = new Set(after.snapshot.devices.map((device) => device.id))
  const kept = ran.filter((placement) => ids.has(placement.device))
  return { ...after, snapshot: { ...after.snapshot, placements: kept } }
}

describe('the scheduler', () => {
  test(
    'places all that can be placed, as well as it can be, and nothing else',
    () => {
      fc.assert(
        fc.property(twoStates, (states) => {
          expect(faults(states.before, schedule(states.before.snapshot))).toEqual([])
          const world = moved(states)
          const known = new Set(world.snapshot.deployments.map((one) => one.id))
          const plans = schedule(world.snapshot)
          expect(placementsOf(plans).every((placement) => known.has(placement.deployment))).toBe(true)
          expect(faults(world, plans)).toEqual([])
        }),
        { numRuns: RUNS },
      )
    },
    TIMEOUT_MS,
  )

  test(
    'moves nothing that may stay, and changes nothing when asked again',
    () => {
      fc.assert(
        fc.property(twoStates, (states) => {
          const world = moved(states)
          const plans = schedule(world.snapshot)
          const next = placementsOf(plans)
          for (const device of world.snapshot.devices) {
            if (!couldAllStay(world, device)) continue
            for (const old of world.snapshot.placements.filter((one) => one.device === device.id)) {
              const deployment = world.snapshot.deployments.find((one) => one.id === old.deployment)
              const replicas = typeof deployment?.spec.placement === 'object' ? deployment.spec.placement.replicas : 0
              const mine = next.filter((one) => one.deployment === old.deployment)
              if (replicas > 0 && mine.length === replicas && !mine.some((one) => one.device === device.id)) continue
              const rank = (name: string | undefined) =>
                deployment?.spec.realisations.findIndex((one) => one.name === name) ?? -1
              const here = mine.filter((one) => one.device === device.id)
              const same = here.find((one) => one.instance === old.instance)
              const better = here.find((one) => rank(one.realisation) < rank(old.realisation))
              expect(same ?? better, `${deployment?.name} on ${device.name}`).toBeDefined()
              if (same) expect(rank(same.realisation)).toBeLessThanOrEqual(rank(old.realisation))
            }
          }
          const again = schedule({ ...world.snapshot, placements: next })
          expect(placementsOf(again)).toEqual(next)
        }),
        { numRuns: RUNS },
      )
    },
    TIMEOUT_MS,
  )

  test(
    'answers byte for byte the same whatever the order of its input',
    () => {
      fc.assert(
        fc.property(
          twoStates.chain((states) => {
            const { snapshot } = moved(states)
            return fc.record({
              snapshot: fc.constant(snapshot),
              devices: fc.shuffledSubarray([...snapshot.devices], { minLength: snapshot.devices.length }),
              deployments: fc.shuffledSubarray([...snapshot.deployments], { minLength: snapshot.deployments.length }),
              placements: fc.shuffledSubarray([...snapshot.placements], { minLength: snapshot.placements.length }),
            })
          }),
          ({ snapshot, ...shuffled }) => {
            const other: Snapshot = structuredClone({ ...snapshot, ...shuffled })
            expect(JSON.stringify(schedule(other))).toBe(JSON.stringify(schedule(snapshot)))
          },
        ),
        { numRuns: Math.ceil(RUNS / 4) },
      )
    },
    TIMEOUT_MS,
  )

  test(
    'says of one changed device what the whole plan says of it',
    () => {
      let compared = 0
      fc.assert(
        fc.property(twoStates, ({ before, after }) => {
          const classes = createClassIndex()
          const ran = placementsOf(schedule(before.snapshot, classes))
          const [changed] = after.snapshot.devices
          const devices = before.snapshot.devices.map((one) => (one.id === changed?.id ? changed : one))
          const snapshot = { ...before.snapshot, devices, placements: ran }
          const whole = schedule(snapshot, classes)
          for (const { id } of devices) {
            const one = scheduleDevice(snapshot, id, classes)
            if (!one) continue
            if (id !== changed?.id && hasReplicas(snapshot)) continue
            compared++
            expect(one.placements).toEqual(
              placementsOf(whole)
                .filter((placement) => placement.device === id)
                .sort((a, b) => (a.instance < b.instance ? -1 : 1)),
            )
            const decisions = whole.map((plan) => plan.decisions.find((decision) => decision.device === id))
            expect(one.decisions.map((each) => each.decision)).toEqual(decisions)
          }
        }),
        { numRuns: Math.ceil(RUNS / 4) },
      )
      expect(compared).toBeGreaterThan(RUNS / 10)
    },
    TIMEOUT_MS,
  )
})

function hasReplicas(snapshot: Snapshot): boolean {
  return snapshot.deployments.some((one) => typeof one.spec.placement === 'object')
}
