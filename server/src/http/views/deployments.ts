/** Deployments with what became of them, put together from decisions, placements and reports. */
import type { DeploymentDetail, DeploymentInstance, DeploymentSummary, Revision } from '@ocelli/schemas/api/deployment'
import type { DeviceDecision, Placement } from '@ocelli/schemas/api/plan'
import type { DeploymentId, DeviceId, Digest, InstanceId } from '@ocelli/schemas/ids'
import type { ReportedInstance } from '@ocelli/schemas/messages/reported'
import type { DeploymentRow, DeviceRow, RevisionRow } from '../../domain/records.ts'
import type { ComponentVersion } from '../../domain/snapshot.ts'
import { isFailing } from './devices.ts'

export function deploymentSummary(
  row: DeploymentRow,
  decisions: readonly DeviceDecision[],
  instances: readonly DeploymentInstance[],
): DeploymentSummary {
  const count = (outcome: DeviceDecision['outcome']) => decisions.filter((one) => one.outcome === outcome).length
  const running = instances.filter(({ state }) => state?.state === 'running')
  return {
    id: row.id,
    name: row.name,
    revision: row.revision,
    createdAtMs: row.createdAtMs,
    updatedAtMs: row.updatedAtMs,
    devices: { placed: count('placed'), refused: count('refused'), notTargeted: count('notTargeted') },
    instances: {
      placed: instances.length,
      running: running.length,
      healthy: running.filter(({ state }) => state?.healthy === true).length,
      failing: instances.filter(({ state }) => isFailing(state)).length,
    },
  }
}

export function deploymentDetail(
  summary: DeploymentSummary,
  row: DeploymentRow,
  instances: readonly DeploymentInstance[],
): DeploymentDetail {
  return { ...summary, spec: row.spec, components: digests(row.components), placements: [...instances] }
}

/** Each deployment's placements with what the device last reported of them. */
export function instancesByDeployment(
  placements: readonly Placement[],
  devices: readonly DeviceRow[],
): ReadonlyMap<DeploymentId, readonly DeploymentInstance[]> {
  const byId = new Map(devices.map((device) => [device.id, device]))
  const states = statesByInstance(devices)
  const found = new Map<DeploymentId, DeploymentInstance[]>()
  for (const placement of placements) {
    const device = byId.get(placement.device)
    const state = states.get(placement.instance)
    const list = found.get(placement.deployment) ?? []
    found.set(placement.deployment, list)
    list.push({
      placement,
      deviceName: device?.name ?? placement.device,
      presence: device?.presence ?? 'unknown',
      // A device may report what another should run only by mistake or in bad faith.
      ...(state !== undefined && state.device === placement.device && { state: state.reported }),
    })
  }
  return found
}

function statesByInstance(devices: readonly DeviceRow[]) {
  const states = new Map<InstanceId, { readonly device: DeviceId; readonly reported: ReportedInstance }>()
  for (const { id, reported } of devices) {
    for (const instance of reported?.instances ?? []) states.set(instance.id, { device: id, reported: instance })
  }
  return states
}

export function revisionView({ revision, spec, components, createdAtMs, actor }: RevisionRow): Revision {
  return { revision, spec, components: digests(components), createdAtMs, actor }
}

function digests(components: Readonly<Record<string, ComponentVersion>>): Record<string, Digest> {
  return Object.fromEntries(Object.entries(components).map(([reference, { digest }]) => [reference, digest]))
}
