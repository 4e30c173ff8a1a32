/** Deployments with what became of them, put together from decisions, placements and reports. */
import type { DeploymentDetail, DeploymentSummary, Revision } from '@ocelli/schemas/api/deployment'
import type { Digest } from '@ocelli/schemas/ids'
import type { DeploymentRow, RevisionRow } from '../../domain/records.ts'
import type { ComponentVersion } from '../../domain/snapshot.ts'
import type { DeploymentSums, InstanceRow } from '../../store/monitoring.ts'

/** Without sums: of a deployment that was made this moment. */
export function deploymentSummary(row: DeploymentRow, sums: DeploymentSums | undefined): DeploymentSummary {
  const { id, name, revision, createdAtMs, updatedAtMs } = row
  const devices = sums?.devices ?? { placed: 0, refused: 0, notTargeted: 0 }
  const instances = sums?.instances ?? { placed: 0, running: 0, healthy: 0, failing: 0 }
  return { id, name, revision, createdAtMs, updatedAtMs, devices, instances }
}

export function deploymentDetail(
  summary: DeploymentSummary,
  row: DeploymentRow,
  instances: readonly InstanceRow[],
): DeploymentDetail {
  const { spec, components, agreedDevices } = row
  const agreed = agreedDevices === undefined ? {} : { agreedDevices }
  return { ...summary, spec, components: digests(components), placements: [...instances], ...agreed }
}

export function revisionView({ revision, spec, components, createdAtMs, actor }: RevisionRow): Revision {
  return { revision, spec, components: digests(components), createdAtMs, actor }
}

function digests(components: Readonly<Record<string, ComponentVersion>>): Record<string, Digest> {
  return Object.fromEntries(Object.entries(components).map(([reference, { digest }]) => [reference, digest]))
}
