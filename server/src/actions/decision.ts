/** What a planned change writes: a pure step from a plan to one transaction, so that any replica writes the same. */
import type { DeviceDecision, Placement } from '@ocelli/schemas/api/plan'
import type { DeploymentId, DeviceId } from '@ocelli/schemas/ids'
import { sameJson } from '@ocelli/schemas/same-json'
import type { DecisionCommit, DesiredRow, IntentWrite } from '../domain/records.ts'
import { isRefusal, type Refusal } from '../domain/refusal.ts'
import type { DeviceFacts, Snapshot } from '../domain/snapshot.ts'
import { checkSize, configArtifacts, desiredInstances, needsNewGeneration } from '../reconcile/desired.ts'
import type { PlannedChange } from '../scheduler/schedule.ts'

/** What is there now, read together with the snapshot. */
export interface Before {
  readonly snapshot: Snapshot
  readonly decisions: ReadonlyMap<DeploymentId, ReadonlyMap<DeviceId, DeviceDecision>>
  /** Desired states of the devices to look at; `undefined` where a device has none yet. Others are left alone. */
  readonly desired: ReadonlyMap<DeviceId, DesiredRow | undefined>
}

export type Writes = Pick<DecisionCommit, 'intent' | 'put' | 'remove' | 'decisions' | 'desired'> & {
  /** Configurations that travel by digest: their JSON text, by digest. */
  readonly artifacts: ReadonlyMap<string, string>
}

/** Refuses with `placement.tooLarge` a desired state that would not fit its message. */
export function decisionOf(before: Before, planned: PlannedChange, actor: string): Writes | Refusal {
  const { plan, after } = planned
  const placements = placementsAfter(planned)
  const desired = desiredChanges(before, after, placements)
  if (isRefusal(desired)) return desired
  const put = plan.touched.flatMap(({ start, change }) => [...start, ...change])
  return {
    intent: intentWrites(before.snapshot, after, actor),
    put,
    remove: plan.touched.flatMap(({ stop }) => stop.map(({ instance }) => instance)),
    decisions: plan.deployments.flatMap(({ deployment, decisions }) => {
      const changed = changedDecisions(before.decisions.get(deployment), decisions)
      return changed.length > 0 ? [{ deployment, decisions: changed }] : []
    }),
    desired,
    artifacts: configArtifacts(put, after.deployments),
  }
}

/** Whether the writes would change anything. */
export function isEmpty({ intent, put, remove, decisions, desired }: Writes): boolean {
  return [intent, put, remove, decisions, desired].every((list) => list.length === 0)
}

/** Everything that should run once the change is made, by instance. */
export function placementsAfter({ plan }: Pick<PlannedChange, 'plan'>): Placement[] {
  return plan.deployments.flatMap(({ placements }) => placements).sort((a, b) => (a.instance < b.instance ? -1 : 1))
}

function desiredChanges(
  before: Before,
  after: Snapshot,
  placements: readonly Placement[],
): DecisionCommit['desired'] | Refusal {
  const facts = new Map<DeviceId, DeviceFacts>(after.devices.map((device) => [device.id, device]))
  const byDevice = new Map<DeviceId, Placement[]>()
  for (const placement of placements) {
    if (!before.desired.has(placement.device)) continue
    const list = byDevice.get(placement.device)
    if (list) list.push(placement)
    else byDevice.set(placement.device, [placement])
  }
  const changes: DecisionCommit['desired'][number][] = []
  for (const [device, row] of before.desired) {
    const known = facts.get(device)
    if (known === undefined) continue
    const instances = desiredInstances(device, byDevice.get(device) ?? [], after.deployments, known.inventory)
    // A device that was never told anything is told "nothing", so that it knows what it should run.
    if (row !== undefined && !needsNewGeneration(row.instances, instances)) continue
    const tooLarge = checkSize(device, instances)
    if (tooLarge) return tooLarge
    changes.push({ device, instances })
  }
  return changes.sort((a, b) => (a.device < b.device ? -1 : 1))
}

function changedDecisions(
  before: ReadonlyMap<DeviceId, DeviceDecision> | undefined,
  after: readonly DeviceDecision[],
): DeviceDecision[] {
  return after.filter((decision) => {
    const known = before?.get(decision.device)
    return known === undefined || !sameJson(known, decision)
  })
}

function intentWrites(before: Snapshot, after: Snapshot, actor: string): IntentWrite[] {
  return [
    ...deploymentWrites(before, after, actor),
    ...fleetWrites(before, after),
    ...deviceWrites(before, after),
    ...pinWrites(before, after),
  ]
}

function deploymentWrites(before: Snapshot, after: Snapshot, actor: string): IntentWrite[] {
  const old = new Map(before.deployments.map((one) => [one.id, one]))
  const writes: IntentWrite[] = []
  for (const deployment of after.deployments) {
    const held = old.get(deployment.id)
    old.delete(deployment.id)
    const { id, name, revision, spec, components } = deployment
    if (held?.revision !== revision) {
      writes.push({ kind: 'putDeployment', id, name, revision, spec, components, actor })
    }
    const { agreedDevices: devices } = deployment
    if (devices !== undefined && devices !== held?.agreedDevices) {
      writes.push({ kind: 'setAgreed', deployment: id, devices })
    }
  }
  for (const id of old.keys()) writes.push({ kind: 'deleteDeployment', id })
  return writes
}

function fleetWrites(before: Snapshot, after: Snapshot): IntentWrite[] {
  const old = new Map(before.fleets.map((manifest) => [manifest.metadata.name, manifest]))
  const writes: IntentWrite[] = []
  for (const manifest of after.fleets) {
    const { name } = manifest.metadata
    const held = old.get(name)
    old.delete(name)
    if (held === undefined || !sameJson(held, manifest)) {
      writes.push({ kind: 'putFleet', name, manifest })
    }
  }
  for (const name of old.keys()) writes.push({ kind: 'deleteFleet', name })
  return writes
}

function deviceWrites(before: Snapshot, after: Snapshot): IntentWrite[] {
  const next = new Map(after.devices.map((device) => [device.id, device]))
  return before.devices.flatMap(({ id, labels, taints = NO_TAINTS }): IntentWrite[] => {
    const device = next.get(id)
    if (device === undefined) return [{ kind: 'deleteDevice', device: id }]
    const wanted = device.taints ?? NO_TAINTS
    const writes: IntentWrite[] = []
    if (!sameJson(device.labels, labels)) writes.push({ kind: 'setLabels', device: id, labels: device.labels })
    if (!sameJson(wanted, taints)) writes.push({ kind: 'setTaints', device: id, taints: wanted })
    return writes
  })
}

const NO_TAINTS: Readonly<Record<string, string>> = {}

function pinWrites(before: Snapshot, after: Snapshot): IntentWrite[] {
  const old = new Map(before.deployments.map(({ id, pins }) => [id, pins ?? {}]))
  return after.deployments.flatMap(({ id: deployment, pins = {} }): IntentWrite[] => {
    const held = old.get(deployment) ?? {}
    if (pins === held) return []
    const devices = [...new Set([...Object.keys(held), ...Object.keys(pins)])].sort() as DeviceId[]
    return devices.flatMap((device): IntentWrite[] => {
      const revision = pins[device]?.revision
      return revision === held[device]?.revision ? [] : [{ kind: 'setPin', deployment, device, revision }]
    })
  })
}
