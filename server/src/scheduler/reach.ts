/**
 * How far a deployment may reach without a person: `maxTouched` devices in one change, and as many beyond those that a
 * person last agreed to, so that a dynamic fleet which grows one device at a time is stopped as well.
 */
import type { DeploymentPlan, ExceededReach } from '@ocelli/schemas/api/plan'
import type { DeploymentId, DeviceId } from '@ocelli/schemas/ids'
import { sameJson } from '@ocelli/schemas/same-json'
import type { Change } from '../domain/change.ts'
import type { DeploymentState, Snapshot } from '../domain/snapshot.ts'

export interface Reach {
  /** The lowest limit that is exceeded, else the lowest of those that are touched. */
  readonly maxTouched: number
  /** In the order in which deployments are touched. */
  readonly exceeded: readonly ExceededReach[]
}

/** Placements of before and after, for counting the devices of one deployment. */
export type DevicesOf = (deployment: DeploymentId) => { readonly before: number; readonly after: number }

/** `stated`: deployments whose reach the change itself states; the plan of that is what a person agrees to. */
export function reachOf(
  before: Snapshot,
  after: Snapshot,
  touched: ReadonlyMap<DeploymentId, ReadonlySet<DeviceId>>,
  options: { readonly maxTouched: number; readonly stated: ReadonlySet<DeploymentId>; readonly devicesOf: DevicesOf },
): Reach {
  const limits: number[] = []
  const exceeded: ExceededReach[] = []
  for (const [id, { size }] of touched) {
    const state = after.deployments.find((one) => one.id === id) ?? before.deployments.find((one) => one.id === id)
    const limit = (state && limitOf(state, before, after)) ?? options.maxTouched
    limits.push(limit)
    const grown = state && !options.stated.has(id) ? grownBeyond(state, limit, options.devicesOf) : undefined
    if (size <= limit && grown === undefined) continue
    exceeded.push({ deployment: id, name: state?.name ?? id, maxTouched: limit, touched: size, ...grown })
  }
  const relevant = exceeded.length > 0 ? exceeded.map((one) => one.maxTouched) : limits
  return { maxTouched: relevant.length > 0 ? Math.min(...relevant) : options.maxTouched, exceeded }
}

/** Only what grows is stopped: a deployment that a person let grow far may lose devices and change on them. */
function grownBeyond(
  { id, agreedDevices }: DeploymentState,
  limit: number,
  devicesOf: DevicesOf,
): Pick<ExceededReach, 'devices' | 'agreedDevices'> | undefined {
  if (agreedDevices === undefined) return undefined
  const { before, after } = devicesOf(id)
  if (after <= before || after - agreedDevices <= limit) return undefined
  return { devices: after, agreedDevices }
}

/** Of the deployment's rollout, else of its fleet. */
export function limitOf(state: DeploymentState, before: Snapshot, after: Snapshot): number | undefined {
  const own = state.spec.rollout?.maxTouched
  if (own !== undefined) return own
  const fleet = state.spec.target?.fleet
  if (fleet === undefined) return undefined
  const named = [...after.fleets, ...before.fleets].find((one) => one.metadata.name === fleet)
  return named?.spec.maxTouched
}

/** Deployments that the change itself gives another target: by a new revision, or by another definition of their fleet. */
export function statedBy(change: Change, before: Snapshot, after: Snapshot): Set<DeploymentId> {
  const stated = new Set<DeploymentId>()
  if (change.kind === 'applyDeployment') {
    const was = before.deployments.find(({ id }) => id === change.id)?.revision
    const is = after.deployments.find(({ id }) => id === change.id)?.revision
    if (was !== is) stated.add(change.id)
  }
  if (change.kind === 'applyFleet') {
    const { name } = change.manifest.metadata
    const was = before.fleets.find(({ metadata }) => metadata.name === name)
    // Applied again as it is, say by a machine every hour, it is nobody's word.
    if (was !== undefined && sameJson(was.spec, change.manifest.spec)) return stated
    for (const { id, spec } of after.deployments) if (spec.target?.fleet === name) stated.add(id)
  }
  return stated
}

/** The intent with what a person agreed to by making the change: `agreed` are deployments that were shown to be touched. */
export function withAgreed(
  after: Snapshot,
  agreed: ReadonlySet<DeploymentId>,
  plans: readonly DeploymentPlan[],
): Snapshot {
  if (agreed.size === 0) return after
  const deployments = after.deployments.map((deployment) => {
    if (!agreed.has(deployment.id)) return deployment
    const own = plans.find((one) => one.deployment === deployment.id)?.placements ?? []
    return { ...deployment, agreedDevices: countDevices(own) }
  })
  return { ...after, deployments }
}

export function countDevices(placements: readonly { readonly device: DeviceId }[]): number {
  return new Set(placements.map(({ device }) => device)).size
}
