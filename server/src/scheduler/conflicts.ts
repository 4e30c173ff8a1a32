/**
 * Conflicts: two deployments of equal priority want what only one can have on a device. What runs stays, else the lower
 * id is first; whoever lost and whoever won are both told, so that nobody wins in silence.
 */
import type { Considered } from './fit.ts'
import { type Claim, claimsFor, claimsOf, type DeviceLedger, inTheWay, overWhat } from './ledger.ts'
import type { PlannedDeployment, Planning } from './planning.ts'
import { type Problem, problem } from './problem.ts'

/** What each deployment, by position, is told of conflicts on each device, by position. */
export type Conflicts = readonly ReadonlyMap<number, readonly Problem[]>[]

export function findConflicts(planning: Planning): Conflicts {
  const found = planning.deployments.map(() => new Map<number, Problem[]>())
  if (planning.deployments.length < 2) return found
  const note = (deployment: number, ledger: DeviceLedger, told: Problem) => {
    const list = found[deployment]?.get(ledger.index)
    if (list) list.push(told)
    else found[deployment]?.set(ledger.index, [told])
  }
  for (const ledger of planning.ledgers) {
    if (claimsOf(ledger).length === 0) continue
    for (const [index, deployment] of planning.deployments.entries()) {
      const lost = isPeerless(ledger, deployment) ? undefined : conflictOf(planning, deployment, ledger)
      if (!lost) continue
      const { name } = deployment.requirements.deployment
      const { priority } = deployment.requirements
      for (const { requirements } of lost.holders) {
        const holder = requirements.deployment.name
        note(index, ledger, lostTo(holder, lost.over, priority))
        note(requirements.index, ledger, wonAgainst(name, lost.over, priority))
      }
    }
  }
  return found
}

/** Whether nobody else of the same priority holds anything there. */
function isPeerless(ledger: DeviceLedger, { requirements }: PlannedDeployment): boolean {
  return !claimsOf(ledger).some(
    (claim) => claim.requirements.index !== requirements.index && claim.requirements.priority === requirements.priority,
  )
}

interface Lost {
  readonly holders: readonly Claim[]
  readonly over: string
}

/** What keeps the deployment from an instance that the device alone would allow; undefined where it lacks none. */
function conflictOf(planning: Planning, deployment: PlannedDeployment, ledger: DeviceLedger): Lost | undefined {
  const requirements = deployment.requirementsOf(ledger)
  if (deployment.frozen || deployment.target(ledger).length > 0 || deployment.repelled(ledger).length > 0)
    return undefined
  const mine = claimsFor(ledger, requirements)
  if (requirements.mode !== 'everyImager' && mine.length > 0) return undefined
  if (requirements.mode === 'replicas' && (isFull(planning, deployment) || deployment.absent(ledger))) return undefined
  const empty = (one: Considered) => one.problems.length === 0 && !mine.some((claim) => claim.option.slot === one.slot)
  const isPeer = (claim: Claim) =>
    claim.requirements.index !== requirements.index && claim.requirements.priority <= requirements.priority
  let least: Lost | undefined
  for (const { option } of deployment.fit(ledger)?.considered.filter(empty) ?? []) {
    const going = inTheWay(ledger, requirements, option, isPeer) ?? []
    const holders = going.filter((claim) => claim.requirements.priority === requirements.priority)
    if (holders.length > 0 && (!least || holders.length < least.holders.length)) {
      least = { holders, over: overWhat(ledger, requirements, option) }
    }
  }
  return least
}

function isFull({ ledgers, elsewhere }: Planning, { requirements, replicated }: PlannedDeployment): boolean {
  const here = ledgers.reduce((sum, ledger) => sum + claimsFor(ledger, requirements).length, 0)
  return here + (elsewhere.get(requirements.deployment.id) ?? 0) >= (replicated?.replicas ?? 0)
}

function lostTo(holder: string, over: string, priority: number): Problem {
  return problem(
    'placement.conflict',
    `conflict with ${holder} over ${over}: both have priority ${priority}, and what runs stays`,
    `${holder} did not claim ${over}, or had a lower priority`,
    { wanted: over, offered: holder },
  )
}

function wonAgainst(name: string, over: string, priority: number): Problem {
  return problem(
    'placement.conflict',
    `conflict with ${name} over ${over}: both have priority ${priority}, and ${name} is refused`,
    `${name} did not claim ${over}`,
    { wanted: over, offered: name },
  )
}
