/** Plans again for one device whose facts changed, without looking at the others. */
import type { DeploymentPlan, DeviceDecision, Placement } from '@ocelli/schemas/api/plan'
import type { DeploymentId, DeviceId } from '@ocelli/schemas/ids'
import type { DeploymentSpec } from '@ocelli/schemas/manifest/deployment'
import type { DeploymentState, DeviceFacts, Snapshot } from '../domain/snapshot.ts'
import { type ClassIndex, createClassIndex, createLedger } from './classes.ts'
import { explain } from './explain.ts'
import { isAbsent } from './filter/device.ts'
import { keepPlaced } from './keep.ts'
import { claimsFor } from './ledger.ts'
import { placeNew } from './place-new.ts'
import { prepare } from './planning.ts'

export interface DevicePlan {
  /** All instances that should run on the device, by instance. */
  readonly placements: readonly Placement[]
  readonly decisions: readonly { readonly deployment: DeploymentId; readonly decision: DeviceDecision }[]
  /** The same by deployment: what each has on this device. */
  readonly plans: readonly DeploymentPlan[]
}

/**
 * The same as `schedule` says of this device. Undefined where that takes a look at the whole fleet: the device is
 * unknown, or replicas are to be placed anew somewhere.
 */
export function scheduleDevice(
  snapshot: Snapshot,
  device: DeviceId,
  classes: ClassIndex = createClassIndex(),
): DevicePlan | undefined {
  const facts = deviceOf(snapshot, device)
  if (!facts) return undefined
  const before = snapshot.placements.filter((placement) => placement.device === device)
  const live = before.filter((placement) => placement.role !== 'shadow')
  const replicas = countReplicas(snapshot)
  if (!replicas) return undefined
  const here = countByDeployment(live)
  const classifier = { ledgersOf: () => [createLedger(0, facts, facts.inventory && classes.classOf(facts.inventory))] }
  const elsewhere = new Map([...replicas].map(([id, count]) => [id, count - (here.get(id) ?? 0)]))
  const planning = prepare({ ...snapshot, devices: [facts], placements: before }, classifier, elsewhere)
  keepPlaced(planning)
  for (const { requirements } of planning.deployments) {
    if (!elsewhere.has(requirements.deployment.id)) continue
    const kept = planning.ledgers.reduce((sum, ledger) => sum + claimsFor(ledger, requirements).length, 0)
    if (kept !== (here.get(requirements.deployment.id) ?? 0)) return undefined
  }
  placeNew({ ...planning, byPriority: planning.byPriority.filter(({ replicated }) => !replicated) })
  // Who gave way might have left room for replicas, or be one itself.
  if (planning.preemptions.length > 0 && elsewhere.size > 0) return undefined
  const plans = explain(planning)
  return {
    placements: plans.flatMap((plan) => plan.placements).sort((a, b) => (a.instance < b.instance ? -1 : 1)),
    plans,
    decisions: plans.flatMap((plan) => plan.decisions.map((decision) => ({ deployment: plan.deployment, decision }))),
  }
}

/** Instances of each deployment with replicas; undefined where one has not as many as it asks for, or not only those. */
function countReplicas(snapshot: Snapshot): Map<DeploymentId, number> | undefined {
  const wanted = snapshot.deployments.filter((one) => specsOf(one).some(isReplicated))
  if (wanted.some((one) => !specsOf(one).every(isReplicated))) return undefined
  if (wanted.length === 0) return new Map()
  const counts = countByDeployment(snapshot.placements.filter((placement) => placement.role !== 'shadow'))
  const found = new Map<DeploymentId, number>()
  for (const { id, spec } of wanted) {
    if (spec.absentAfterMs !== undefined && hasAbsentHolder(snapshot, id, spec.absentAfterMs)) return undefined
    const count = counts.get(id) ?? 0
    if (typeof spec.placement === 'object' && spec.placement.replicas !== count) return undefined
    found.set(id, count)
  }
  return found
}

/** Devices are in order of id; where they are not, they are looked through. */
function deviceOf({ devices }: Snapshot, wanted: DeviceId): DeviceFacts | undefined {
  let [from, to] = [0, devices.length - 1]
  while (from <= to) {
    const middle = (from + to) >> 1
    const found = devices[middle]
    if (!found || found.id === wanted) return found
    if (found.id < wanted) from = middle + 1
    else to = middle - 1
  }
  return devices.find(({ id }) => id === wanted)
}

/** Whether some device that holds a replica is absent: then it should go elsewhere. */
function hasAbsentHolder({ devices, placements, atMs }: Snapshot, id: DeploymentId, absentAfterMs: number): boolean {
  const holders = new Set(placements.flatMap(({ deployment, device }) => (deployment === id ? [device] : [])))
  return devices.some((device) => holders.has(device.id) && isAbsent(device, absentAfterMs, atMs))
}

function specsOf({ spec, rollout, pins }: DeploymentState): DeploymentSpec[] {
  const others = [rollout?.from, ...Object.values(rollout?.bases ?? {}), ...Object.values(pins ?? {})]
  return [spec, ...others.flatMap((one) => (one ? [one.spec] : []))]
}

function isReplicated({ placement }: DeploymentSpec): boolean {
  return typeof placement === 'object'
}

function countByDeployment(placements: readonly Placement[]): Map<DeploymentId, number> {
  const counts = new Map<DeploymentId, number>()
  for (const { deployment } of placements) counts.set(deployment, (counts.get(deployment) ?? 0) + 1)
  return counts
}
