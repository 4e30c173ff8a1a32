/** Turns what was reserved into placements and says of every device what was decided and why. */
import type { Candidate, DeploymentPlan, DeviceDecision, Placement, Preemption, Reason } from '@ocelli/schemas/api/plan'
import type { DeploymentId, InstanceId } from '@ocelli/schemas/ids'
import { createInstanceIds, type InstanceIds, shadowSlot } from '../domain/instance-id.ts'
import { MAX_INSTANCES, MAX_INSTANCES_BYTES } from '../reconcile/desired.ts'
import { findConflicts } from './conflicts.ts'
import { type Considered, type Fit, toCandidate } from './fit.ts'
import { type Claim, claimsFor, claimsOf, type DeviceLedger, loadPercent, type Named, roomProblems } from './ledger.ts'
import { nearestMiss } from './nearest-miss.ts'
import type { PlannedDeployment, Planning } from './planning.ts'
import { NO_PROBLEMS, type Problem, problem } from './problem.ts'
import { placeShadows, type ShadowChoice } from './shadow.ts'

export function explain(planning: Planning): DeploymentPlan[] {
  const ids = createInstanceIds()
  const shadows = placeShadows(planning)
  const conflicts = findConflicts(planning)
  const preempted = preemptedBy(planning)
  return planning.deployments.map((deployment, index) =>
    explainDeployment(deployment, planning, ids, {
      shadows: shadows[index] ?? NOWHERE,
      conflicts: conflicts[index] ?? NOWHERE,
      preempted: preempted.get(index) ?? NOWHERE,
    }),
  )
}

/** What happened on single devices, by their position. */
interface OnDevices {
  readonly shadows: ReadonlyMap<number, ShadowChoice>
  readonly conflicts: ReadonlyMap<number, readonly Problem[]>
  readonly preempted: ReadonlyMap<number, readonly Problem[]>
}

const NOWHERE: ReadonlyMap<number, never> = new Map<number, never>()

/** What runs, as it runs; what was decided of it before holds. */
function frozenPlan({ requirements }: PlannedDeployment, { ledgers }: Planning): DeploymentPlan {
  const { id, name, revision } = requirements.deployment
  const placements = ledgers.flatMap(({ before }) => before.filter((one) => one.deployment === id))
  const grants = { needed: [...requirements.grants.needed], missing: [...requirements.grants.missing] }
  return { deployment: id, name, revision, placements, decisions: [], grants }
}

/** What the decisions on one deployment share. */
interface Telling extends OnDevices {
  readonly deployment: PlannedDeployment
  readonly ids: InstanceIds
  /** Collects, in order of device and slot. */
  readonly placements: Placement[]
  readonly notChosen: RefusedFor
  readonly noInventory: RefusedFor
  readonly waiting: RefusedFor
  /** What the last device of each class was told, by the number of the class. */
  readonly lastPlaced: LastTold<Candidate[]>[]
  readonly reasonsOf: (problems: readonly Problem[]) => Reason[]
  /** What the last device of each class without any instance, but too small, was told, by the number of the class. */
  readonly lastTooSmall: LastTold<RefusedFor>[]
  /** What such devices are told; by memory and storage. */
  readonly tooSmall: Map<Fit, Map<string, RefusedFor>>
}

/** Neighbours are often alike: looking at the last one is quicker than looking one up. */
interface LastTold<T> extends Pick<DeviceLedger, 'claims' | 'memoryBytes' | 'storageBytes'> {
  readonly fit: Fit
  readonly told: T
}

function isAsLast(last: LastTold<unknown> | undefined, fit: Fit, ledger: DeviceLedger): boolean {
  return (
    last !== undefined &&
    last.fit === fit &&
    last.claims === ledger.claims &&
    last.memoryBytes === ledger.memoryBytes &&
    last.storageBytes === ledger.storageBytes
  )
}

function asLast<T>(fit: Fit, { claims, memoryBytes, storageBytes }: DeviceLedger, told: T): LastTold<T> {
  return { fit, claims, memoryBytes, storageBytes, told }
}

/** What a refused device is told. */
interface RefusedFor {
  readonly reasons: Reason[]
  readonly candidates: Candidate[]
  readonly nearestMiss: string | undefined
}

function explainDeployment(
  deployment: PlannedDeployment,
  planning: Planning,
  ids: InstanceIds,
  onDevices: OnDevices,
): DeploymentPlan {
  const { requirements } = deployment
  const telling: Telling = {
    deployment,
    ids,
    placements: [],
    notChosen: toRefusal(replicasProblem(deployment, planning)),
    noInventory: toRefusal(NO_INVENTORY),
    waiting: toRefusal(waitingProblem(deployment)),
    ...onDevices,
    reasonsOf: sharedReasons(),
    tooSmall: new Map(),
    lastTooSmall: [],
    lastPlaced: [],
  }
  if (deployment.frozen) return frozenPlan(deployment, planning)
  const decisions = planning.ledgers.map((ledger) => decide(telling, ledger))
  const { id, name, revision } = requirements.deployment
  const grants = { needed: [...requirements.grants.needed], missing: [...requirements.grants.missing] }
  const plan: DeploymentPlan = { deployment: id, name, revision, placements: telling.placements, decisions, grants }
  const preempts = preemptionsBy(deployment, planning, ids)
  if (preempts.length > 0) plan.preempts = preempts
  return plan
}

function decide(telling: Telling, ledger: DeviceLedger): DeviceDecision {
  const { deployment } = telling
  const { id: device, name } = ledger.device
  const away = deployment.target(ledger)
  if (away.length > 0) {
    const reasons = telling.reasonsOf(away)
    return { device, name, outcome: 'notTargeted', instances: NO_IDS, reasons, candidates: NONE }
  }
  const repelled = deployment.repelled(ledger)
  if (repelled.length > 0) return refused(ledger, toRefusal(...repelled))
  if (deployment.waits(ledger)) return refused(ledger, telling.waiting)
  const fit = deployment.fit(ledger)
  if (!fit) return refused(ledger, telling.noInventory)
  const mine = claimsFor(ledger, deployment.requirements)
  const told = toldOf(telling, ledger)
  if (mine.length === 0) return refused(ledger, withReasons(refusalOf(telling, ledger, fit), told))
  const instances = place(telling, ledger, mine)
  const candidates = candidatesOf(telling, ledger, fit, mine)
  const shadow = telling.shadows.get(ledger.index)
  const reasons = told.length > 0 ? reasonsIn(told) : NO_REASONS
  const placed: DeviceDecision = { device, name, outcome: 'placed', instances, reasons, candidates }
  return shadow ? withShadow(telling, ledger, placed, shadow) : placed
}

/** Devices of one class and size on which the same is reserved are told the same. */
function candidatesOf(telling: Telling, ledger: DeviceLedger, fit: Fit, mine: readonly Claim[]): Candidate[] {
  const { deployment, lastPlaced } = telling
  const at = ledger.facts?.id ?? 0
  const last = lastPlaced[at]
  if (last && isAsLast(last, fit, ledger)) return last.told
  const candidates =
    tookFirst(fit, mine) && isRoomy(deployment, ledger, fit)
      ? fit.candidates
      : consideredNow(deployment, ledger, fit, mine).map((one) => toCandidate(one, one.problems))
  if (ledger.facts?.isShared) lastPlaced[at] = asLast(fit, ledger, candidates)
  return candidates
}

/** Says of the shadow, too, where it runs, or with which numbers it has no room. */
function withShadow(
  telling: Telling,
  ledger: DeviceLedger,
  live: DeviceDecision,
  shadow: ShadowChoice,
): DeviceDecision {
  const instances = [...live.instances, ...place(telling, ledger, shadow.claims, 'shadow')]
  const candidates = [...live.candidates, ...shadow.candidates]
  const told = { ...live, instances, candidates }
  return shadow.nearestMiss === undefined ? told : { ...told, nearestMiss: `the shadow ${shadow.nearestMiss}` }
}

/** Preemptions and conflicts of the deployment on the device. */
function toldOf({ preempted, conflicts }: Telling, { index }: DeviceLedger): readonly Problem[] {
  if (preempted.size === 0 && conflicts.size === 0) return NO_PROBLEMS
  return [...(preempted.get(index) ?? []), ...(conflicts.get(index) ?? [])]
}

function withReasons(refusal: RefusedFor, told: readonly Problem[]): RefusedFor {
  if (told.length === 0) return refusal
  const { candidates, nearestMiss: nearest } = refusal
  return { reasons: [...reasonsIn(told), ...refusal.reasons], candidates, nearestMiss: nearest }
}

/** Each once: an instance on each of two imagers may have met the same deployment. */
function reasonsIn(problems: readonly Problem[]): Reason[] {
  return [...new Map(problems.map(({ reason }) => [reason.message, reason])).values()]
}

/** What the victims are told, by position of deployment and device. */
function preemptedBy({ preemptions }: Planning): Map<number, Map<number, Problem[]>> {
  const found = new Map<number, Map<number, Problem[]>>()
  for (const { by, ledger, victim } of preemptions) {
    const { index, priority } = victim.requirements
    const { name } = by.deployment
    const told = problem(
      'placement.preempted',
      `gave way to ${name}: priority ${by.priority} over ${priority}`,
      `its priority were ${by.priority} or more`,
      { wanted: priority, offered: by.priority },
    )
    const onDevices = found.get(index) ?? new Map<number, Problem[]>()
    found.set(index, onDevices)
    onDevices.set(ledger.index, [...(onDevices.get(ledger.index) ?? []), told])
  }
  return found
}

/** The victims by name, before anything is done. */
function preemptionsBy({ requirements }: PlannedDeployment, { preemptions }: Planning, ids: InstanceIds): Preemption[] {
  const mine = preemptions.filter(({ by }) => by.index === requirements.index)
  return mine
    .map(({ ledger: { device }, victim }): Preemption => {
      const { deployment, priority } = victim.requirements
      const instance = ids(deployment.id, device.id, victim.option.slot)
      return { device: device.id, name: device.name, deployment: deployment.name, instance, priority }
    })
    .sort((a, b) => (a.device < b.device || (a.device === b.device && a.instance < b.instance) ? -1 : 1))
}

function refusalOf(telling: Telling, ledger: DeviceLedger, fit: Fit): RefusedFor {
  const { deployment, lastTooSmall } = telling
  if (fit.choices.length === 0 && isRoomy(deployment, ledger, fit)) return fit
  if (claimsOf(ledger).length > 0 || ledger.facts?.isShared !== true) return refusalNow(telling, ledger, fit)
  const at = ledger.facts?.id ?? 0
  const last = lastTooSmall[at]
  if (last && isAsLast(last, fit, ledger)) return last.told
  const bySize = telling.tooSmall.get(fit) ?? new Map<string, RefusedFor>()
  telling.tooSmall.set(fit, bySize)
  const key = `${ledger.memoryBytes} ${ledger.storageBytes}`
  const found = bySize.get(key) ?? refusalNow(telling, ledger, fit)
  bySize.set(key, found)
  lastTooSmall[at] = asLast(fit, ledger, found)
  return found
}

function refusalNow(telling: Telling, ledger: DeviceLedger, fit: Fit): RefusedFor {
  const considered = consideredNow(telling.deployment, ledger, fit, [])
  const candidates = considered.map((one) => toCandidate(one, one.problems))
  if (considered.some((one) => one.problems.length === 0)) {
    const absent = telling.deployment.absent(ledger)
    if (absent) return { ...toRefusal(absent), candidates }
    const percent = loadPercent(ledger, telling.deployment.requirements)
    for (const one of candidates) if (one.fits) one.loadPercent = percent
    return { ...telling.notChosen, candidates }
  }
  return { reasons: NO_REASONS, candidates, nearestMiss: nearestMiss(considered.map((one) => one.problems)) }
}

function toRefusal(...problems: readonly Problem[]): RefusedFor {
  return { reasons: reasonsIn(problems), candidates: NONE, nearestMiss: nearestMiss([problems]) }
}

/** Shared between decisions and never written to: a plan of 100,000 devices holds each of them once. */
const NO_IDS: InstanceId[] = []
const NO_REASONS: Reason[] = []
const NONE: Candidate[] = []
const NO_INVENTORY = problem(
  'placement.noInventory',
  'the device has not reported what it can do',
  'the device reported what it can do',
)

function refused(ledger: DeviceLedger, { reasons, candidates, nearestMiss: nearest }: RefusedFor): DeviceDecision {
  const { id: device, name } = ledger.device
  const instances = NO_IDS
  // A property that is added later costs an object of its own, on each of 100,000 devices.
  return nearest === undefined
    ? { device, name, outcome: 'refused', instances, reasons, candidates }
    : { device, name, outcome: 'refused', instances, reasons, candidates, nearestMiss: nearest }
}

function place(telling: Telling, ledger: DeviceLedger, mine: readonly Claim[], role?: 'shadow'): InstanceId[] {
  const [first] = mine
  if (mine.length === 1 && first) return [placeOne(telling, ledger, first, role)]
  const bySlot = isBySlot(mine) ? mine : [...mine].sort((a, b) => (a.option.slot < b.option.slot ? -1 : 1))
  const instances: InstanceId[] = []
  for (const claim of bySlot) instances.push(placeOne(telling, ledger, claim, role))
  return instances
}

function isBySlot(claims: readonly Claim[]): boolean {
  for (let index = 1; index < claims.length; index++) {
    const one = claims[index - 1]
    const next = claims[index]
    if (one && next && one.option.slot >= next.option.slot) return false
  }
  return true
}

function placeOne(
  telling: Telling,
  ledger: DeviceLedger,
  { requirements, option }: Claim,
  role?: 'shadow',
): InstanceId {
  const { id: deployment, revision } = requirements.deployment
  const device = ledger.device.id
  const { imager, score } = option
  const slot = role === 'shadow' ? shadowSlot(option.slot) : option.slot
  const instance = instanceBefore(ledger.before, deployment, slot) ?? nameOf(telling, ledger, deployment, slot)
  const realisation = option.realisation.name
  const components = option.components as Placement['components']
  const placement: Placement =
    imager === undefined
      ? { instance, deployment, revision, device, slot, realisation, components, score }
      : { instance, deployment, revision, device, slot, imager, realisation, components, score }
  if (role) placement.role = role
  telling.placements.push(placement)
  return instance
}

function nameOf({ ids }: Telling, ledger: DeviceLedger, deployment: DeploymentId, slot: string): InstanceId {
  const { named = NO_NAMES } = ledger
  for (let index = 0; index < named.length; index++) {
    const one = named[index]
    if (one?.deployment === deployment && one.slot === slot) return one.instance
  }
  const instance = ids(deployment, ledger.device.id, slot)
  ledger.named = [{ deployment, slot, instance }, ...named].slice(0, NAMES_KEPT)
  return instance
}

const NO_NAMES: readonly Named[] = []
/** As many as most devices have instances. */
const NAMES_KEPT = 8

function instanceBefore(before: readonly Placement[], deployment: DeploymentId, slot: string): InstanceId | undefined {
  for (let index = 0; index < before.length; index++) {
    const one = before[index]
    if (one?.deployment === deployment && one.slot === slot) return one.instance
  }
  return undefined
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
  const requirements = deployment.requirementsOf(ledger)
  let memoryBytes = 0
  let storageBytes = fit.artifactBytes
  let desiredBytes = fit.desiredBytes
  let isMine = false
  const claims = claimsOf(ledger)
  // This and the next loops run for each of 100,000 devices: an iterator each would be as much as all that is told.
  for (let index = 0; index < claims.length; index++) {
    const claim = claims[index]
    if (!claim) continue
    const { requirements: holder, option } = claim
    memoryBytes += holder.memoryBytes
    storageBytes += option.artifactBytes
    desiredBytes += option.desiredBytes
    if (holder === requirements) {
      isMine = true
      continue
    }
    if (option.imager === undefined) continue
    if (option.exclusive || fit.wantsExclusive || (option.controls && fit.wantsControl)) return false
    if (option.frameRateMillihertz > 0 && fit.wantsFrames) return false
  }
  if (!isMine) memoryBytes += requirements.memoryBytes
  const hasRoom = desiredBytes <= MAX_INSTANCES_BYTES && claims.length < MAX_INSTANCES
  return hasRoom && memoryBytes <= ledger.memoryBytes && storageBytes <= ledger.storageBytes
}

/** The facts' problems and those with what else holds memory, storage and imagers. */
function consideredNow(
  deployment: PlannedDeployment,
  ledger: DeviceLedger,
  fit: Fit,
  mine: readonly Claim[],
): Considered[] {
  const requirements = deployment.requirementsOf(ledger)
  return fit.considered.map((one) => {
    const { slot, option, problems } = one
    const own = requirements.mode === 'everyImager' ? mine.find((claim) => claim.option.slot === slot) : mine[0]
    const room = own?.option === option ? NO_PROBLEMS : roomProblems(ledger, requirements, option, own)
    const all = problems.length === 0 ? room : room.length === 0 ? problems : [...problems, ...room]
    return { ...one, problems: all }
  })
}

function waitingProblem({ requirements: { deployment } }: PlannedDeployment): Problem {
  const what = `revision ${deployment.revision} of ${deployment.name}`
  return problem(
    'placement.waitsForWave',
    `waits for its wave of the rollout of ${what}`,
    `the rollout of ${what} released it`,
  )
}

/** Why a device that could run it does not: the replicas run elsewhere. */
function replicasProblem(deployment: PlannedDeployment, planning: Planning): Problem {
  const state = deployment.requirements.deployment
  if (!deployment.replicated) {
    return problem('placement.conflict', `${state.name} found no place`, `${state.name} found a place`)
  }
  const { replicas } = deployment.replicated
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
