/** What a plan is made of while it is made: requirements and fits of deployments, ledgers of devices. */
import type { Placement } from '@ocelli/schemas/api/plan'
import type { DeploymentId, DeviceId } from '@ocelli/schemas/ids'
import type { ComponentVersion, DeploymentState, Snapshot } from '../domain/snapshot.ts'
import type { ClassIndex } from './classes.ts'
import { absenceProblem, taintProblems } from './filter/device.ts'
import { type Fit, optionOf } from './fit.ts'
import type { Claim, DeviceLedger } from './ledger.ts'
import { NO_PROBLEMS, type Problem } from './problem.ts'
import type { Requirements } from './requirements.ts'
import { prepareVariants, targetOf, type Variant, type Variants } from './variants.ts'

/** Everything a plan is made of while it is made. */
export interface Planning {
  readonly deployments: readonly PlannedDeployment[]
  /** The highest first, then by id. */
  readonly byPriority: readonly PlannedDeployment[]
  /** Who gave way to whom; filled while planning. */
  readonly preemptions: Preempted[]
  /** By device id. */
  readonly ledgers: readonly DeviceLedger[]
  /** Instances of a deployment with replicas on devices that this planning does not look at. */
  readonly elsewhere: ReadonlyMap<DeploymentId, number>
}

export interface Preempted {
  readonly by: Requirements
  readonly ledger: DeviceLedger
  readonly victim: Claim
}

export interface PlannedDeployment {
  /** Of the deployment's own revision. */
  readonly requirements: Requirements
  /** Requirements of the revision that applies to a device. */
  readonly requirementsOf: (ledger: DeviceLedger) => Requirements
  /** Why a device is not meant, none where it is. */
  readonly target: (ledger: DeviceLedger) => readonly Problem[]
  /** What keeps it away from a device that it is meant for: taints that it does not tolerate. */
  readonly repelled: (ledger: DeviceLedger) => readonly Problem[]
  /** A device that is silent for longer than the deployment allows. */
  readonly absent: (ledger: DeviceLedger) => Problem | undefined
  /** What a device can run; undefined before it has reported, or while it waits for its wave. */
  readonly fit: (ledger: DeviceLedger) => Fit | undefined
  /** A rollout has not released the device, and there is no older revision for it. */
  readonly waits: (ledger: DeviceLedger) => boolean
  /** What the device runs as a shadow. */
  readonly shadowOf: (ledger: DeviceLedger) => Variant | undefined
  readonly hasShadows: boolean
  /** Nothing of it moves: what runs goes on and holds its share, even where it does not fit any more. */
  readonly frozen: boolean
  /** The option that a placement of before holds, be it possible still or not. */
  readonly heldBy: (ledger: DeviceLedger, placement: Placement) => Claim
  /** Requirements that ask for a number of replicas: of the own revision before those of others. */
  readonly replicated: Requirements | undefined
}

export function prepare(
  snapshot: Snapshot,
  classes: Pick<ClassIndex, 'ledgersOf'>,
  elsewhere: ReadonlyMap<DeploymentId, number> = new Map(),
  frozen: ReadonlySet<DeploymentId> = new Set(),
): Planning {
  const deployments = [...snapshot.deployments].sort((a, b) => (a.id < b.id ? -1 : 1))
  const known = knownComponents(deployments)
  const all = deployments.map((deployment, index) =>
    planned(prepareVariants(deployment, index, snapshot.fleets, known), snapshot.atMs, frozen.has(deployment.id)),
  )
  return {
    deployments: all,
    byPriority: [...all].sort((a, b) => b.requirements.priority - a.requirements.priority),
    preemptions: [],
    ledgers: prepareLedgers(snapshot, classes),
    elsewhere,
  }
}

function planned(variants: Variants, atMs: number | undefined, frozen: boolean): PlannedDeployment {
  const { own, all, isPlain } = variants
  const requirements = own.requirements
  const replicated = all.map((one) => one.requirements).find((one) => one.mode === 'replicas')
  const { shadowOf, hasShadows } = variants
  const repelled = (ledger: DeviceLedger) =>
    ledger.device.taints
      ? taintProblems(variants.of(ledger)?.requirements ?? requirements, ledger.device.taints)
      : NO_PROBLEMS
  const absent = (ledger: DeviceLedger) =>
    atMs === undefined || !replicated ? undefined : absenceProblem(replicated, ledger.device, atMs)
  const heldBy = (ledger: DeviceLedger, placement: Placement): Claim => {
    const of = all.find((one) => one.requirements.deployment.revision === placement.revision) ?? own
    return { requirements: of.requirements, option: optionOf(of.requirements, placement, ledger.facts), frozen: true }
  }
  const rest = { requirements, replicated, shadowOf, hasShadows, repelled, absent, frozen, heldBy }
  if (isPlain) {
    return { ...rest, requirementsOf: () => requirements, target: own.target, fit: own.fit, waits: () => false }
  }
  return {
    ...rest,
    requirementsOf: (ledger) => variants.of(ledger)?.requirements ?? requirements,
    target: (ledger) => targetOf(variants, ledger),
    fit: (ledger) => variants.of(ledger)?.fit(ledger),
    waits: (ledger) => variants.of(ledger) === undefined,
  }
}

function prepareLedgers(snapshot: Snapshot, classes: Pick<ClassIndex, 'ledgersOf'>): readonly DeviceLedger[] {
  const ledgers = classes.ledgersOf(snapshot.devices)
  if (snapshot.placements.length === 0) return ledgers
  const before = new Map<DeviceId, Placement[]>()
  for (const placement of snapshot.placements) {
    const list = before.get(placement.device)
    if (list) list.push(placement)
    else before.set(placement.device, [placement])
  }
  for (const ledger of ledgers) {
    const mine = before.get(ledger.device.id)
    if (mine) ledger.before = mine
  }
  return ledgers
}

/** Every component version that some deployment mentions: a remedy may name one as a provider. */
function knownComponents(deployments: readonly DeploymentState[]): ComponentVersion[] {
  const known = new Map<string, ComponentVersion>()
  for (const deployment of deployments) {
    for (const [reference, component] of Object.entries(deployment.components)) known.set(reference, component)
  }
  return [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, component]) => component)
}
