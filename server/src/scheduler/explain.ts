/** Turns what was reserved into placements and says of every device what was decided and why. */
import type { Candidate, DeploymentPlan, DeviceDecision, Placement, Reason } from '@ocelli/schemas/api/plan'
import type { InstanceId } from '@ocelli/schemas/ids'
import { instanceId } from '../domain/instance-id.ts'
import type { Fit, Option } from './fit.ts'
import { type Claim, claimsFor, claimsOf, type DeviceLedger, roomProblems } from './ledger.ts'
import { nearestMiss } from './nearest-miss.ts'
import type { PlannedDeployment, Planning } from './planning.ts'
import { NO_PROBLEMS, type Problem, problem } from './problem.ts'

export function explain(planning: Planning): DeploymentPlan[] {
  return planning.deployments.map((deployment) => explainDeployment(deployment, planning))
}

function explainDeployment(deployment: PlannedDeployment, planning: Planning): DeploymentPlan {
  const { requirements } = deployment
  const placements: Placement[] = []
  const notChosen = replicasProblem(deployment, planning)
  const reasonsOf = sharedReasons()
  const decisions = planning.ledgers.map((ledger) => decide(deployment, ledger, placements, notChosen, reasonsOf))
  placements.sort((a, b) => (a.instance < b.instance ? -1 : 1))
  const { id, name, revision } = requirements.deployment
  const grants = { needed: [...requirements.grants.needed], missing: [...requirements.grants.missing] }
  return { deployment: id, name, revision, placements, decisions, grants }
}

function decide(
  deployment: PlannedDeployment,
  ledger: DeviceLedger,
  placements: Placement[],
  notChosen: Problem,
  reasonsOf: (problems: readonly Problem[]) => Reason[],
): DeviceDecision {
  const { device } = ledger
  const away = deployment.target(ledger)
  if (away.length > 0) {
    const reasons = reasonsOf(away)
    return {
      device: device.id,
      name: device.name,
      outcome: 'notTargeted',
      instances: NO_IDS,
      reasons,
      candidates: NONE,
    }
  }
  const fit = deployment.fit(ledger)
  if (!fit) return refused(ledger, reasonsOf(NO_INVENTORY), NONE, NO_INVENTORY)
  const mine = claimsFor(ledger, deployment.requirements)
  if (mine.length > 0) {
    const instances = place(deployment, ledger, mine, placements)
    const candidates =
      tookFirst(fit, mine) && isRoomy(deployment, ledger, fit)
        ? asShared(fit.candidates)
        : candidatesOf(deployment, ledger, fit, mine)
    return { device: device.id, name: device.name, outcome: 'placed', instances, reasons: NO_REASONS, candidates }
  }
  if (fit.choices.length === 0 && isRoomy(deployment, ledger, fit)) {
    const decision = refused(ledger, NO_REASONS, asShared(fit.candidates), NO_PROBLEMS)
    if (fit.nearestMiss !== undefined) decision.nearestMiss = fit.nearestMiss
    return decision
  }
  const considered = consideredNow(deployment, ledger, fit, mine)
  const isFree = considered.some((one) => one.problems.length === 0)
  const candidates = considered.map(toCandidate)
  if (isFree) return refused(ledger, reasonsOf([notChosen]), candidates, [notChosen])
  const decision = refused(ledger, NO_REASONS, candidates, NO_PROBLEMS)
  const nearest = nearestMiss(considered.map((one) => one.problems))
  if (nearest !== undefined) decision.nearestMiss = nearest
  return decision
}

/** Shared between decisions and never written to: a plan of 100,000 devices holds each of them once. */
const NO_IDS: InstanceId[] = []
const NO_REASONS: Reason[] = []
const NONE: Candidate[] = []
const NO_INVENTORY: readonly Problem[] = [
  problem('placement.noInventory', 'the device has not reported what it can do', 'the device reported what it can do'),
]

function asShared(candidates: readonly Candidate[]): Candidate[] {
  return candidates as Candidate[]
}

function refused(
  ledger: DeviceLedger,
  reasons: Reason[],
  candidates: Candidate[],
  problems: readonly Problem[],
): DeviceDecision {
  const { id, name } = ledger.device
  const decision: DeviceDecision = { device: id, name, outcome: 'refused', instances: NO_IDS, reasons, candidates }
  const nearest = nearestMiss([problems])
  if (nearest !== undefined) decision.nearestMiss = nearest
  return decision
}

function place(
  deployment: PlannedDeployment,
  ledger: DeviceLedger,
  mine: readonly Claim[],
  placements: Placement[],
): InstanceId[] {
  const { id, revision } = deployment.requirements.deployment
  const options = mine.map((claim) => claim.option)
  if (options.length > 1) options.sort((a, b) => (a.slot < b.slot ? -1 : 1))
  return options.map((option) => {
    const before = ledger.before.find((placement) => placement.deployment === id && placement.slot === option.slot)
    const instance = before?.instance ?? instanceId(id, ledger.device.id, option.slot)
    const placement: Placement = {
      instance,
      deployment: id,
      revision,
      device: ledger.device.id,
      slot: option.slot,
      realisation: option.realisation.name,
      components: option.components as Placement['components'],
      score: option.score,
    }
    if (option.imager !== undefined) placement.imager = option.imager
    placements.push(placement)
    return instance
  })
}

function tookFirst(fit: Fit, mine: readonly Claim[]): boolean {
  return (
    fit.choices.length === mine.length &&
    fit.choices.every((choice) => mine.some((claim) => claim.option === choice[0]))
  )
}

/**
 * Whether whatever else runs there leaves room for anything considered: then only the facts count, and what they say
 * is shared by the whole class. May say no where a closer look finds room.
 */
function isRoomy(deployment: PlannedDeployment, ledger: DeviceLedger, fit: Fit): boolean {
  const { requirements } = deployment
  let memoryBytes = 0
  let storageBytes = fit.artifactBytes
  let isMine = false
  for (const { requirements: holder, option } of claimsOf(ledger)) {
    memoryBytes += holder.memoryBytes
    storageBytes += option.artifactBytes
    if (holder === requirements) {
      isMine = true
      continue
    }
    if (option.imager === undefined) continue
    if (option.exclusive || fit.wantsExclusive || (option.controls && fit.wantsControl)) return false
  }
  if (!isMine) memoryBytes += requirements.memoryBytes
  return memoryBytes <= ledger.memoryBytes && storageBytes <= ledger.storageBytes
}

interface Now {
  readonly realisation: string
  readonly slot: string
  readonly option: Option
  readonly problems: readonly Problem[]
}

/** The facts' problems and those with what else holds memory, storage and imagers. */
function consideredNow(deployment: PlannedDeployment, ledger: DeviceLedger, fit: Fit, mine: readonly Claim[]): Now[] {
  const { requirements } = deployment
  return fit.considered.map(({ realisation, slot, option, problems }) => {
    const own = requirements.mode === 'everyImager' ? mine.find((claim) => claim.option.slot === slot) : mine[0]
    const room = own?.option === option ? NO_PROBLEMS : roomProblems(ledger, requirements, option, own)
    const all = problems.length === 0 ? room : room.length === 0 ? problems : [...problems, ...room]
    return { realisation: realisation.name, slot, option, problems: all }
  })
}

function candidatesOf(
  deployment: PlannedDeployment,
  ledger: DeviceLedger,
  fit: Fit,
  mine: readonly Claim[],
): Candidate[] {
  return consideredNow(deployment, ledger, fit, mine).map(toCandidate)
}

function toCandidate({ realisation, slot, option, problems }: Now): Candidate {
  return problems.length === 0
    ? { realisation, slot, fits: true, score: option.score, reasons: [] }
    : { realisation, slot, fits: false, reasons: problems.map((one) => one.reason) }
}

/** Why a device that could run it does not: the replicas run elsewhere. */
function replicasProblem(deployment: PlannedDeployment, planning: Planning): Problem {
  const { mode, replicas, deployment: state } = deployment.requirements
  if (mode !== 'replicas') {
    return problem('placement.conflict', `${state.name} found no place`, `${state.name} found a place`)
  }
  const running = planning.ledgers.reduce(
    (sum, ledger) => sum + claimsFor(ledger, deployment.requirements).length,
    planning.elsewhere.get(state.id) ?? 0,
  )
  return problem(
    'placement.replicas',
    `${running} of ${replicas} replicas run on other devices`,
    `${state.name} asked for more than ${replicas} replicas`,
    { wanted: replicas, offered: running },
  )
}

function sharedReasons(): (problems: readonly Problem[]) => Reason[] {
  const known = new Map<readonly Problem[] | Problem, Reason[]>()
  return (problems) => {
    const key = problems.length === 1 && problems[0] ? problems[0] : problems
    let found = known.get(key)
    if (!found) {
      found = problems.map((one) => one.reason)
      known.set(key, found)
    }
    return found
  }
}
