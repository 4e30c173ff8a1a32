/**
 * What does not run yet: deployments by priority, then by id, on every device that has room, or on as many as are
 * wanted. Where there is no room, instances of lower priority give way, as few as possible.
 */
import type { Fit, Option } from './fit.ts'
import { improveAll } from './keep.ts'
import {
  type Claim,
  claimsFor,
  claimsOf,
  type DeviceLedger,
  hasRoom,
  inTheWay,
  loadPercent,
  release,
  reserve,
} from './ledger.ts'
import type { PlannedDeployment, Planning } from './planning.ts'
import { pickSpread, type Ranked } from './replicas.ts'
import type { Requirements } from './requirements.ts'

/** Each further round starts from more of higher priority, or from the same in better realisations: it ends. */
export function placeNew(planning: Planning): void {
  for (let again = true; again; ) {
    const known = planning.preemptions.length
    for (const deployment of planning.byPriority) {
      if (deployment.frozen) continue
      if (deployment.replicated) fillReplicas(planning, deployment, deployment.replicated)
      fillDevices(planning, deployment)
    }
    const touched = new Set(planning.preemptions.slice(known).map(({ ledger }) => ledger))
    again = [...touched].filter((ledger) => improveAll(planning, ledger)).length > 0
  }
}

/** Empty devices of one class and size, one after the other, get the same. */
function fillDevices(planning: Planning, deployment: PlannedDeployment): void {
  const filled: Filled[][] = []
  const { ledgers } = planning
  // Not by an iterator, which makes an object for each of 100,000 devices.
  for (let index = 0; index < ledgers.length; index++) {
    const ledger = ledgers[index]
    if (!ledger || deployment.requirementsOf(ledger).mode === 'replicas' || !isOpen(deployment, ledger)) continue
    const fit = deployment.fit(ledger)
    if (!fit || fit.choices.length === 0) continue
    if (ledger.claims) {
      fillDevice(planning, deployment, ledger, fit)
      continue
    }
    const at = ledger.facts?.id ?? 0
    const known = filledLike(filled[at], fit, ledger)
    if (known) ledger.claims = known.claims
    else {
      fillDevice(planning, deployment, ledger, fit)
      if (ledger.facts?.isShared !== true) continue
      const { claims, memoryBytes, storageBytes } = ledger
      const one = { fit, claims, memoryBytes, storageBytes }
      filled[at] = [one, ...(filled[at] ?? [])].slice(0, SIZES_KEPT)
    }
  }
}

/** Boards of one class come in few sizes. */
const SIZES_KEPT = 8

function filledLike(known: readonly Filled[] | undefined, fit: Fit, ledger: DeviceLedger): Filled | undefined {
  if (!known) return undefined
  for (let index = 0; index < known.length; index++) {
    const one = known[index]
    const isAlike = one?.memoryBytes === ledger.memoryBytes && one.storageBytes === ledger.storageBytes
    if (isAlike && one.fit === fit) return one
  }
  return undefined
}

/** What an empty device of a class and size got. */
interface Filled extends Pick<DeviceLedger, 'claims' | 'memoryBytes' | 'storageBytes'> {
  readonly fit: Fit
}

function isOpen(deployment: PlannedDeployment, ledger: DeviceLedger): boolean {
  return (
    ledger.facts !== undefined && deployment.target(ledger).length === 0 && deployment.repelled(ledger).length === 0
  )
}

function fillDevice(
  planning: Planning,
  deployment: PlannedDeployment,
  ledger: DeviceLedger,
  { choices }: Pick<Fit, 'choices'>,
): void {
  const requirements = deployment.requirementsOf(ledger)
  for (const choice of choices) {
    const mine = claimsFor(ledger, requirements)
    const filled =
      mine.length > 0 &&
      (requirements.mode === 'everyDevice' || mine.some((claim) => claim.option.slot === choice[0]?.slot))
    if (filled) continue
    const option = firstWithRoom(deployment, ledger, choice)
    const taken = option ? { option, victims: NOBODY } : cheapestVictims(deployment, ledger, choice)
    if (taken) take(planning, deployment, ledger, taken)
  }
}

interface Taken {
  readonly option: Option
  readonly victims: readonly Claim[]
}

const NOBODY: readonly Claim[] = []

function take(
  planning: Planning,
  deployment: PlannedDeployment,
  ledger: DeviceLedger,
  { option, victims }: Taken,
): void {
  const requirements = deployment.requirementsOf(ledger)
  for (const victim of victims) {
    release(ledger, victim)
    planning.preemptions.push({ by: requirements, ledger, victim })
  }
  reserve(ledger, option)
}

/** The option that takes the least from others: the lowest priority, then the fewest, then the preferred. */
function cheapestVictims(
  deployment: PlannedDeployment,
  ledger: DeviceLedger,
  choice: readonly Option[],
): Taken | undefined {
  const requirements = deployment.requirementsOf(ledger)
  const isLower = (claim: Claim) => !claim.frozen && claim.requirements.priority < requirements.priority
  if (!claimsOf(ledger).some(isLower)) return undefined
  let best: Taken | undefined
  for (const option of choice) {
    const victims = inTheWay(ledger, requirements, option, isLower)
    if (victims && (!best || compareCost(victims, best.victims) < 0)) best = { option, victims }
  }
  return best
}

function compareCost(a: readonly Claim[], b: readonly Claim[]): number {
  const highest = (claims: readonly Claim[]) => Math.max(...claims.map((claim) => claim.requirements.priority))
  return highest(a) - highest(b) || a.length - b.length
}

interface Candidate extends Ranked, Taken {}

function fillReplicas(planning: Planning, deployment: PlannedDeployment, wanted: Requirements): void {
  const present: DeviceLedger[] = []
  const absent: Candidate[] = []
  const free: DeviceLedger[] = []
  for (const ledger of planning.ledgers) {
    const requirements = deployment.requirementsOf(ledger)
    if (requirements.mode !== 'replicas' || !isOpen(deployment, ledger)) continue
    const [claim] = claimsFor(ledger, requirements)
    const isAbsent = deployment.absent(ledger) !== undefined
    if (claim && isAbsent) absent.push(candidate(ledger, wanted, { option: claim.option, victims: NOBODY }))
    else if (claim) present.push(ledger)
    else if (!isAbsent) free.push(ledger)
  }
  const missing = () => wanted.replicas - present.length
  const add = (picked: readonly Candidate[]) => {
    for (const one of picked) {
      take(planning, deployment, one.ledger, one)
      present.push(one.ledger)
    }
  }
  if (missing() > 0) add(pickSpread(withRoom(deployment, wanted, free), missing(), wanted.spread, present))
  // Nobody gives way for one that runs already, though out of reach.
  for (const group of byCost(missing() > absent.length ? withVictims(deployment, wanted, free) : [])) {
    add(pickSpread(group, missing() - absent.length, wanted.spread, present))
  }
  // What is absent goes on only where nobody else took its place.
  const stay = new Set(pickSpread(absent, Math.max(0, missing()), wanted.spread, present))
  for (const one of absent) {
    if (!stay.has(one)) for (const claim of claimsFor(one.ledger, wanted)) release(one.ledger, claim)
  }
}

function candidate(ledger: DeviceLedger, wanted: Requirements, taken: Taken): Candidate {
  return { ledger, score: taken.option.score, loadPercent: loadPercent(ledger, wanted), ...taken }
}

function withRoom(deployment: PlannedDeployment, wanted: Requirements, free: readonly DeviceLedger[]): Candidate[] {
  return free.flatMap((ledger) => {
    const option = firstWithRoom(deployment, ledger, deployment.fit(ledger)?.choices[0] ?? [])
    return option ? [candidate(ledger, wanted, { option, victims: NOBODY })] : []
  })
}

function withVictims(deployment: PlannedDeployment, wanted: Requirements, free: readonly DeviceLedger[]): Candidate[] {
  return free.flatMap((ledger) => {
    if (claimsFor(ledger, wanted).length > 0) return []
    const taken = cheapestVictims(deployment, ledger, deployment.fit(ledger)?.choices[0] ?? [])
    return taken ? [candidate(ledger, wanted, taken)] : []
  })
}

/** Those that take the same from others together, the cheapest first. */
function byCost(candidates: readonly Candidate[]): Candidate[][] {
  const groups: Candidate[][] = []
  for (const one of [...candidates].sort((a, b) => compareCost(a.victims, b.victims))) {
    const last = groups.at(-1)
    if (last?.[0] && compareCost(last[0].victims, one.victims) === 0) last.push(one)
    else groups.push([one])
  }
  return groups
}

function firstWithRoom(
  deployment: PlannedDeployment,
  ledger: DeviceLedger,
  choice: readonly Option[],
): Option | undefined {
  const requirements = deployment.requirementsOf(ledger)
  return choice.find((option) => hasRoom(ledger, requirements, option, undefined))
}
