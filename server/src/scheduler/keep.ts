/**
 * What runs already. First everything that may go on as it is keeps its place; then surplus replicas end; then each
 * instance moves to the most preferred realisation that has room, as long as some instance gains by it.
 */
import type { Placement } from '@ocelli/schemas/api/plan'
import type { Option } from './fit.ts'
import { type Claim, claimsFor, type DeviceLedger, exchange, hasRoom, loadPercent, release, reserve } from './ledger.ts'
import type { PlannedDeployment, Planning } from './planning.ts'
import { pickSpread, type Ranked } from './replicas.ts'
import type { Requirements } from './requirements.ts'

export function keepPlaced(planning: Planning): void {
  const occupied = planning.ledgers.filter((ledger) => ledger.before.length > 0)
  for (const ledger of occupied) keepFrozen(planning, ledger)
  for (const ledger of occupied) keepOnDevice(planning, ledger)
  for (const deployment of planning.deployments) endSurplus(deployment, occupied)
  const counts = replicaCounts(planning, occupied)
  for (const ledger of occupied) settle(planning, ledger, counts)
}

function keepFrozen(planning: Planning, ledger: DeviceLedger): void {
  for (const deployment of planning.deployments) {
    if (!deployment.frozen) continue
    const { id } = deployment.requirements.deployment
    const held = ledger.before.filter((one) => one.deployment === id)
    if (held.length > 0) {
      ledger.claims = [...(ledger.claims ?? []), ...held.map((one) => deployment.heldBy(ledger, one))]
    }
  }
}

function keepOnDevice(planning: Planning, ledger: DeviceLedger): void {
  for (const deployment of planning.byPriority) {
    const requirements = deployment.requirementsOf(ledger)
    const wanted: Option[] = []
    for (const placement of placedBefore(deployment, ledger)) {
      const option = sameOption(deployment, ledger, placement)
      if (option) wanted.push(option)
    }
    wanted.sort((a, b) => preference(deployment, ledger, a) - preference(deployment, ledger, b))
    for (const option of wanted) {
      if (isFilled(deployment, ledger, option)) continue
      if (hasRoom(ledger, requirements, option, undefined)) reserve(ledger, option)
    }
  }
}

/** One instance per slot with everyImager, else one per device. */
function isFilled(deployment: PlannedDeployment, ledger: DeviceLedger, option: Option): boolean {
  const requirements = deployment.requirementsOf(ledger)
  const mine = claimsFor(ledger, requirements)
  return requirements.mode === 'everyImager' ? mine.some((claim) => claim.option.slot === option.slot) : mine.length > 0
}

function preference(deployment: PlannedDeployment, ledger: DeviceLedger, option: Option): number {
  for (const choice of deployment.fit(ledger)?.choices ?? []) {
    const at = choice.indexOf(option)
    if (at >= 0) return at
  }
  return Number.POSITIVE_INFINITY
}

function placedBefore(deployment: PlannedDeployment, ledger: DeviceLedger): Placement[] {
  const { id } = deployment.requirements.deployment
  const mine = ledger.before.filter((placement) => placement.deployment === id && placement.role !== 'shadow')
  if (mine.length === 0 || deployment.frozen) return []
  if (deployment.target(ledger).length > 0 || deployment.repelled(ledger).length > 0) return []
  return mine.sort((a, b) => (a.slot < b.slot ? -1 : 1))
}

function sameOption(deployment: PlannedDeployment, ledger: DeviceLedger, placement: Placement): Option | undefined {
  for (const choice of deployment.fit(ledger)?.choices ?? []) {
    for (const option of choice) {
      if (option.slot === placement.slot && option.realisation.name === placement.realisation) return option
    }
  }
  return undefined
}

function endSurplus(deployment: PlannedDeployment, occupied: readonly DeviceLedger[]): void {
  const { replicated } = deployment
  if (!replicated || deployment.frozen) return
  const running: (Ranked & { readonly claim: Claim })[] = []
  for (const ledger of occupied) {
    for (const claim of replicasOn(ledger, replicated)) {
      running.push({ ledger, claim, score: claim.option.score, loadPercent: loadPercent(ledger, replicated) })
    }
  }
  if (running.length <= replicated.replicas) return
  const stay = new Set(pickSpread(running, replicated.replicas, replicated.spread, []))
  for (const one of running) if (!stay.has(one)) release(one.ledger, one.claim)
}

/** Claims that count as replicas: devices of another revision may run it on every imager. */
function replicasOn(ledger: DeviceLedger, replicated: Requirements): readonly Claim[] {
  return claimsFor(ledger, replicated).filter((claim) => claim.requirements.mode === 'replicas')
}

function replicaCounts(planning: Planning, occupied: readonly DeviceLedger[]): Map<PlannedDeployment, number> {
  const counts = new Map<PlannedDeployment, number>()
  for (const deployment of planning.deployments) {
    const { replicated } = deployment
    if (!replicated) continue
    counts.set(
      deployment,
      occupied.reduce((sum, ledger) => sum + replicasOn(ledger, replicated).length, 0),
    )
  }
  return counts
}

/** Each round moves at least one instance up its order of preference or gives one a place, so it ends. */
function settle(planning: Planning, ledger: DeviceLedger, counts: Map<PlannedDeployment, number>): void {
  for (let moved = true; moved; ) {
    moved = false
    for (const deployment of planning.byPriority) {
      for (const placement of placedBefore(deployment, ledger)) {
        if (improve(deployment, ledger, placement, counts)) moved = true
      }
    }
  }
}

function improve(
  deployment: PlannedDeployment,
  ledger: DeviceLedger,
  placement: Placement,
  counts: Map<PlannedDeployment, number>,
): boolean {
  const requirements = deployment.requirementsOf(ledger)
  const mine = claimsFor(ledger, requirements)
  const perSlot = requirements.mode === 'everyImager'
  const claim = perSlot ? mine.find((one) => one.option.slot === placement.slot) : mine[0]
  if (claim) return improveClaim(deployment, ledger, claim)
  const count = requirements.mode === 'replicas' ? counts.get(deployment) : undefined
  if (count !== undefined && count >= (deployment.replicated?.replicas ?? 0)) return false
  for (const choice of deployment.fit(ledger)?.choices ?? []) {
    for (const option of choice) {
      if (perSlot && option.slot !== placement.slot) break
      if (!hasRoom(ledger, requirements, option, undefined)) continue
      reserve(ledger, option)
      if (count !== undefined) counts.set(deployment, count + 1)
      return true
    }
  }
  return false
}

/** Moves an instance up its order of preference, where there is room. */
function improveClaim(deployment: PlannedDeployment, ledger: DeviceLedger, claim: Claim): boolean {
  const perSlot = claim.requirements.mode === 'everyImager'
  for (const choice of deployment.fit(ledger)?.choices ?? []) {
    for (const option of choice) {
      if (perSlot && option.slot !== claim.option.slot) break
      if (option.realisation.index >= claim.option.realisation.index) break
      if (!hasRoom(ledger, claim.requirements, option, claim)) continue
      exchange(ledger, claim, option)
      return true
    }
  }
  return false
}

/** What was taken away left room for others on the device; whether some instance gained by it. */
export function improveAll(planning: Planning, ledger: DeviceLedger): boolean {
  let gained = false
  for (let moved = true; moved; ) {
    moved = false
    for (const deployment of planning.byPriority) {
      if (deployment.frozen) continue
      for (const claim of claimsFor(ledger, deployment.requirements)) {
        if (improveClaim(deployment, ledger, claim)) moved = true
      }
    }
    gained ||= moved
  }
  return gained
}
