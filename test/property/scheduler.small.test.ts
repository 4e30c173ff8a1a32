/**
 * A hundred thousand small fleets against exhaustive search: what is placed is legal and the best there is, what is
 * refused could truly not be placed, nothing is overbooked, nothing moves without need, no conflict is hidden.
 * OCELLI_FLEETS sets how many; OCELLI_FLEET shows one by its number.
 */
import type { DeploymentPlan } from '@ocelli/schemas/api/plan'
import { expect, test } from 'vitest'
import { schedule } from '../../server/src/scheduler/schedule.ts'
import { faults, needlessMoves, unevenness, type World } from '../support/snapshot-oracle.ts'
import { smallFleets } from '../support/snapshot-small.ts'

const FLEETS = Number(process.env.OCELLI_FLEETS ?? 100_000)
const ONLY = process.env.OCELLI_FLEET
const placementsOf = (plans: readonly DeploymentPlan[]) => plans.flatMap((plan) => plan.placements)

/** Everything wrong with what is decided for one number; two fleets come of each: a new one, and one that changed. */
function wrong(seed: number, count: (plans: readonly DeploymentPlan[]) => void): string[] {
  const { before, after } = smallFleets(seed)
  const first = schedule(before.snapshot)
  const ids = new Set(after.snapshot.devices.map(({ id }) => id))
  const known = new Set(after.snapshot.deployments.map(({ id }) => id))
  const ran = placementsOf(first).filter((one) => ids.has(one.device) && known.has(one.deployment))
  const moved: World = { ...after, snapshot: { ...after.snapshot, placements: ran } }
  const second = schedule(moved.snapshot)
  count(first)
  count(second)
  return [
    ...faults(before, first),
    ...unevenness(before, first),
    ...faults(moved, second),
    ...needlessMoves(moved, second),
  ]
}

test(
  'every small fleet is placed as exhaustive search says',
  () => {
    const seen = { placed: 0, refused: 0, conflicts: 0, preemptions: 0, providers: 0, taints: 0 }
    const count = (plans: readonly DeploymentPlan[]) => {
      for (const { placements, decisions, preempts = [] } of plans) {
        seen.placed += placements.length
        seen.preemptions += preempts.length
        for (const { components } of placements) if (components.length > 2) seen.providers++
        for (const { outcome, reasons } of decisions) {
          if (outcome === 'refused') seen.refused++
          if (reasons[0]?.code === 'placement.conflict') seen.conflicts++
          if (reasons[0]?.code === 'placement.taint') seen.taints++
        }
      }
    }
    const from = ONLY === undefined ? 0 : Number(ONLY)
    const to = ONLY === undefined ? FLEETS / 2 : from + 1
    for (let seed = from; seed < to; seed++) {
      const found = wrong(seed, count)
      if (found.length > 0) expect(found, `OCELLI_FLEET=${seed}`).toEqual([])
    }
    // Whatever it is about happens often enough to be looked at.
    if (ONLY === undefined) for (const times of Object.values(seen)) expect(times).toBeGreaterThan(FLEETS / 500)
  },
  20_000 + FLEETS * 10,
)
