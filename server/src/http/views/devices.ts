/** Devices as the API shows them. */
import type { DeviceDetail, DeviceFacets, DeviceProblem, DeviceSummary } from '@ocelli/schemas/api/device'
import type { DesiredInstance } from '@ocelli/schemas/messages/desired'
import { compareGenerations } from '@ocelli/schemas/messages/generation'
import type { ReportedInstance } from '@ocelli/schemas/messages/reported'
import type { CertificateRow, DeviceRow } from '../../domain/records.ts'
import type { DeviceFactRow } from '../../store/monitoring.ts'

const FAILING: ReadonlySet<ReportedInstance['state']> = new Set(['backoff', 'crashLoop', 'refused'])

export function isFailing(state: ReportedInstance | undefined): boolean {
  return state !== undefined && FAILING.has(state.state)
}

/** Whether the device reported that it runs what it should. One that should run nothing and was never told has nothing to do. */
export function isConverged({ desired, reported }: DeviceRow): boolean {
  if (desired === undefined) return true
  return (
    reported?.generation !== undefined &&
    compareGenerations(reported.generation, desired.generation) === 0 &&
    reported.trustVersion >= desired.trustVersion
  )
}

export function deviceSummary(row: DeviceRow): DeviceSummary {
  const { id, name, labels, enrolledAtMs, presence, presenceAtMs, inventory, reported, desired } = row
  const wanted = new Set(desired?.instances.map((instance) => instance.id))
  const states = reported?.instances.filter((instance) => wanted.has(instance.id)) ?? []
  return {
    id,
    name,
    labels: { ...labels },
    enrolledAtMs,
    presence,
    presenceAtMs,
    ...(inventory !== undefined && {
      agentVersion: inventory.agent.version,
      model: inventory.platform.model,
      simulated: inventory.platform.simulated,
    }),
    imagers: inventory?.imagers.map((imager) => imager.id) ?? [],
    instances: {
      desired: wanted.size,
      running: states.filter(({ state }) => state === 'running').length,
      failing: states.filter(isFailing).length,
    },
    generation: {
      ...(desired !== undefined && { desired: desired.generation }),
      ...(reported?.generation !== undefined && { reported: reported.generation }),
    },
    converged: isConverged(row),
  }
}

/** Values that occur in a list of the filters are cut to these many, the most frequent ones. */
const MAX_VALUES = 100

export function deviceFacets(devices: readonly DeviceFactRow[]): DeviceFacets {
  const facet = (values: readonly (string | undefined)[]) => {
    const counts = new Map<string, number>()
    for (const value of values) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1)
    const sorted = [...counts].sort(([a, some], [b, others]) => others - some || (a < b ? -1 : 1))
    return sorted.slice(0, MAX_VALUES).map(([value, count]) => ({ value, count }))
  }
  const keys = [...new Set(devices.flatMap(({ labels }) => Object.keys(labels)))].sort()
  return {
    presence: facet(devices.map(({ presence }) => presence)),
    agentVersions: facet(devices.map(({ agentVersion }) => agentVersion)),
    models: facet(devices.map(({ model }) => model)),
    interfaces: facet(devices.flatMap(({ interfaces }) => interfaces ?? [])),
    labels: keys.map((key) => ({ key, values: facet(devices.map(({ labels }) => labels[key])) })),
  }
}

export function deviceDetail(
  row: DeviceRow,
  certificates: readonly CertificateRow[],
  problems: readonly DeviceProblem[],
): DeviceDetail {
  const { session, inventory, inventoryAtMs, reported, reportedAtMs, desired } = row
  return {
    ...deviceSummary(row),
    ...(session !== undefined && { session }),
    ...(inventory !== undefined && { inventory }),
    ...(inventoryAtMs !== undefined && { inventoryAtMs }),
    ...(reported !== undefined && { reported }),
    ...(reportedAtMs !== undefined && { reportedAtMs }),
    placements: (desired?.instances ?? []).map(placementOf),
    trustVersion: {
      ...(desired !== undefined && { wanted: desired.trustVersion }),
      ...(reported !== undefined && { held: reported.trustVersion }),
    },
    certificates: certificates.map(({ number, serial, issuedAtMs, expiresAtMs, revokedAtMs }) => ({
      number,
      serial,
      issuedAtMs,
      expiresAtMs,
      ...(revokedAtMs !== undefined && { revokedAtMs }),
    })),
    problems: [...problems],
  }
}

function placementOf(instance: DesiredInstance): DeviceDetail['placements'][number] {
  const { id, deployment, revision, realisation, role, imager, components, grants } = instance
  return {
    instance: id,
    deployment: deployment.id,
    deploymentName: deployment.name,
    revision,
    realisation,
    role: role === 'shadow' ? 'shadow' : 'live',
    ...(imager !== undefined && { imager }),
    components: components.map(({ name, version }) => `${name}@${version}`),
    grants: [...grants],
  }
}
