/**
 * Placement: filter, score, reserve, bind. A pure function of the snapshot; deployments in order of id, devices in
 * order of id, ties end at the id. What runs already and may go on keeps its place before anything new is placed, so
 * nothing moves without need.
 */
import type { ChangePlan, DeploymentPlan } from '@ocelli/schemas/api/plan'
import type { DeploymentId, DeviceId } from '@ocelli/schemas/ids'
import { applyChange } from '../domain/apply-change.ts'
import type { Change } from '../domain/change.ts'
import { isRefusal, type Refusal } from '../domain/refusal.ts'
import type { Snapshot } from '../domain/snapshot.ts'
import { checkOf, differences } from './change-plan.ts'
import { checkManifest } from './check-manifest.ts'
import { type ClassIndex, createClassIndex } from './classes.ts'
import { explain } from './explain.ts'
import { keepPlaced } from './keep.ts'
import { placeNew } from './place-new.ts'
import { prepare } from './planning.ts'
import { countDevices, reachOf, statedBy, withAgreed } from './reach.ts'
import { type DevicePlan, scheduleDevice } from './schedule-device.ts'

export { touchedBetween } from './change-plan.ts'
export { missingGrants } from './check-manifest.ts'
export { type ClassIndex, createClassIndex } from './classes.ts'
export { nextAbsenceMs } from './filter/device.ts'
export { limitOf } from './reach.ts'
export { type DevicePlan, scheduleDevice } from './schedule-device.ts'
export { upgradesOf } from './upgrade.ts'

/**
 * Plans of all deployments, by id. `classes` may be kept between calls: it spares reading the facts of devices that
 * did not change. Placements of `frozen` deployments stay as they are, and nothing is decided of them.
 */
export function schedule(
  snapshot: Snapshot,
  classes: ClassIndex = createClassIndex(),
  frozen: ReadonlySet<DeploymentId> = new Set(),
): DeploymentPlan[] {
  const planning = prepare(snapshot, classes, new Map(), frozen)
  keepPlaced(planning)
  placeNew(planning)
  return explain(planning)
}

export interface PlanOptions {
  /** Where neither the deployment nor its fleet says one. */
  readonly maxTouched: number
  /** It was agreed to already: no limit holds it up. */
  readonly approved?: boolean
  /** A person has seen this very plan and wants it: what it reaches is agreed to from now on. */
  readonly byPerson?: boolean
  /** May be kept between calls. */
  readonly classes?: ClassIndex
  /** Deployments that wait for a person: what others ask for leaves them as they are. */
  readonly frozen?: ReadonlySet<DeploymentId>
}

export interface PlannedChange {
  readonly plan: ChangePlan
  /** Intent after the change; its placements are still those of before, the new ones are in the plan. */
  readonly after: Snapshot
  /** Deployments of which facts alone would move more than is allowed: they stay as they are until a person decides. */
  readonly waiting: readonly { readonly id: DeploymentId; readonly name: string }[]
  /** Only some devices or deployments were looked at; of the others nothing is said. */
  readonly isPart: boolean
}

/**
 * Refuses with `manifest.selector`, `grant.unknown`, `component.unknown`, `request.notFound` or `request.invalid`.
 * A plan with missing grants is still a plan; who applies it asks `missingGrants`.
 */
export function planChange(snapshot: Snapshot, change: Change, options: PlanOptions): PlannedChange | Refusal {
  const invalid = checkManifest(snapshot, change)
  if (invalid) return invalid
  const after = applyChange(snapshot, change)
  if (isRefusal(after)) return after
  const classes = options.classes ?? createClassIndex()
  const waiting = new Set<DeploymentId>(options.frozen)
  const stated = statedBy(change, snapshot, after)
  for (;;) {
    const frozen = change.kind === 'replan' && change.only ? allBut(after, change.only.id) : waiting
    const deployments = schedule(after, classes, frozen)
    const { touched, byDeployment } = differences(snapshot, after, deployments)
    const { maxTouched, exceeded } = reachOf(snapshot, after, byDeployment, {
      maxTouched: options.maxTouched,
      stated,
      devicesOf: (id) => ({ before: countDevices(ofDeployment(snapshot, id)), after: countPlanned(deployments, id) }),
    })
    // Facts moved by themselves: who reaches too far waits, and holds up nobody else.
    const isOwn = change.kind === 'replan' && change.only === undefined && options.approved !== true
    if (isOwn && exceeded.length > 0) {
      for (const { deployment } of exceeded) waiting.add(deployment)
      continue
    }
    const plan: ChangePlan = {
      check: checkOf(deployments, touched),
      deployments,
      touched,
      maxTouched,
      needsApproval: exceeded.length > 0 && options.approved !== true,
      ...(exceeded.length > 0 && { exceeded: [...exceeded] }),
    }
    const named = after.deployments.filter(({ id }) => waiting.has(id)).map(({ id, name }) => ({ id, name }))
    const agreed = options.byPerson === true ? new Set([...stated, ...byDeployment.keys()]) : stated
    return { plan, after: withAgreed(after, agreed, deployments), waiting: named, isPart: frozen.size > 0 }
  }
}

function allBut({ deployments }: Snapshot, id: DeploymentId): ReadonlySet<DeploymentId> {
  return new Set(deployments.flatMap((one) => (one.id === id ? [] : [one.id])))
}

/**
 * Places again on devices whose facts changed, and looks at nothing else. Undefined where that is not enough: a device
 * is unknown, replicas are to move, or more would be touched than is allowed.
 */
export function planDevices(
  snapshot: Snapshot,
  devices: ReadonlySet<DeviceId>,
  options: PlanOptions,
): PlannedChange | undefined {
  const classes = options.classes ?? createClassIndex()
  const plans: DevicePlan[] = []
  for (const device of devices) {
    const plan = scheduleDevice(snapshot, device, classes)
    if (!plan) return undefined
    plans.push(plan)
  }
  const deployments = merged(plans)
  const here = { ...snapshot, placements: snapshot.placements.filter(({ device }) => devices.has(device)) }
  const { touched, byDeployment } = differences(here, snapshot, deployments)
  const { maxTouched, exceeded } = reachOf(snapshot, snapshot, byDeployment, {
    maxTouched: options.maxTouched,
    stated: new Set(),
    devicesOf: (id) => {
      const all = ofDeployment(snapshot, id)
      const others = countDevices(all.filter(({ device }) => !devices.has(device)))
      return { before: countDevices(all), after: others + countPlanned(deployments, id) }
    },
  })
  if (exceeded.length > 0) return undefined
  const check = checkOf(deployments, touched)
  const plan: ChangePlan = { check, deployments, touched, maxTouched, needsApproval: false }
  return { plan, after: snapshot, waiting: [], isPart: true }
}

function ofDeployment({ placements }: Snapshot, id: DeploymentId): Snapshot['placements'] {
  return placements.filter(({ deployment }) => deployment === id)
}

function countPlanned(plans: readonly DeploymentPlan[], id: DeploymentId): number {
  return countDevices(plans.find(({ deployment }) => deployment === id)?.placements ?? [])
}

function merged(plans: readonly DevicePlan[]): DeploymentPlan[] {
  const byId = new Map<DeploymentId, DeploymentPlan>()
  for (const plan of plans.flatMap((one) => one.plans)) {
    const held = byId.get(plan.deployment)
    byId.set(plan.deployment, {
      ...plan,
      placements: [...(held?.placements ?? []), ...plan.placements],
      decisions: [...(held?.decisions ?? []), ...plan.decisions],
    })
  }
  return [...byId.values()]
}
