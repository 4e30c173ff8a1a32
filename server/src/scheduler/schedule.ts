/**
 * Placement: filter, score, reserve, bind. A pure function of the snapshot; deployments in order of id, devices in
 * order of id, ties end at the id. What runs already and may go on keeps its place before anything new is placed, so
 * nothing moves without need.
 */
import type { ChangePlan, DeploymentPlan } from '@ocelli/schemas/api/plan'
import { applyChange } from '../domain/apply-change.ts'
import type { Change } from '../domain/change.ts'
import { isRefusal, type Refusal } from '../domain/refusal.ts'
import type { Snapshot } from '../domain/snapshot.ts'
import { checkOf, differences, limitOf } from './change-plan.ts'
import { checkManifest } from './check-manifest.ts'
import { type ClassIndex, createClassIndex } from './classes.ts'
import { explain } from './explain.ts'
import { keepPlaced } from './keep.ts'
import { placeNew } from './place-new.ts'
import { prepare } from './planning.ts'

export { touchedBetween } from './change-plan.ts'
export { missingGrants } from './check-manifest.ts'
export { type ClassIndex, createClassIndex } from './classes.ts'
export { type DevicePlan, scheduleDevice } from './schedule-device.ts'
export { upgradesOf } from './upgrade.ts'

/**
 * Plans of all deployments, by id. `classes` may be kept between calls: it spares reading the facts of devices that
 * did not change.
 */
export function schedule(snapshot: Snapshot, classes: ClassIndex = createClassIndex()): DeploymentPlan[] {
  const planning = prepare(snapshot, classes)
  keepPlaced(planning)
  placeNew(planning)
  return explain(planning)
}

export interface PlanOptions {
  /** Where neither the deployment nor its fleet says one. */
  readonly maxTouched: number
  /** A person has seen the plan and wants it. */
  readonly approved?: boolean
  /** May be kept between calls. */
  readonly classes?: ClassIndex
}

export interface PlannedChange {
  readonly plan: ChangePlan
  /** Intent after the change; its placements are still those of before, the new ones are in the plan. */
  readonly after: Snapshot
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
  const deployments = schedule(after, options.classes ?? createClassIndex())
  const { touched, byDeployment } = differences(snapshot, after, deployments)
  const { maxTouched, exceeded } = limitOf(snapshot, after, byDeployment, options.maxTouched)
  const plan: ChangePlan = {
    check: checkOf(deployments, touched),
    deployments,
    touched,
    maxTouched,
    needsApproval: exceeded && options.approved !== true,
  }
  return { plan, after }
}
