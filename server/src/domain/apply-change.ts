/** The intent after a change. Facts and placements stay: what moves is for the scheduler to say. */
import type { DeviceId } from '@ocelli/schemas/ids'
import type { DeploymentSpec } from '@ocelli/schemas/manifest/deployment'
import { canonicalJson } from './canonical-json.ts'
import type { Change } from './change.ts'
import { type Refusal, refusal } from './refusal.ts'
import type { ComponentVersion, DeploymentState, Snapshot } from './snapshot.ts'

/** Refuses with `request.notFound` what names nothing, with `request.conflict` an id under another name. */
export function applyChange(snapshot: Snapshot, change: Change): Snapshot | Refusal {
  switch (change.kind) {
    case 'applyDeployment':
      return applyDeployment(snapshot, change)
    case 'deleteDeployment': {
      const deployments = snapshot.deployments.filter((one) => one.name !== change.name)
      if (deployments.length === snapshot.deployments.length) return notFound('deployment', change.name)
      return { ...snapshot, deployments }
    }
    case 'applyFleet': {
      const { name } = change.manifest.metadata
      const fleets = [...snapshot.fleets.filter((one) => one.metadata.name !== name), change.manifest]
      return { ...snapshot, fleets: fleets.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)) }
    }
    case 'deleteFleet': {
      const fleets = snapshot.fleets.filter((one) => one.metadata.name !== change.name)
      if (fleets.length === snapshot.fleets.length) return notFound('fleet', change.name)
      return { ...snapshot, fleets }
    }
    case 'editLabels':
      return editLabels(snapshot, change.edits)
    case 'deleteDevice': {
      const devices = snapshot.devices.filter((one) => one.id !== change.device)
      if (devices.length === snapshot.devices.length) return notFound('device', change.device)
      return { ...snapshot, devices }
    }
    case 'replan':
      return snapshot
  }
}

function applyDeployment(snapshot: Snapshot, change: Extract<Change, { kind: 'applyDeployment' }>): Snapshot | Refusal {
  const { name } = change.manifest.metadata
  const before = snapshot.deployments.find((one) => one.id === change.id)
  const namesake = snapshot.deployments.find((one) => one.name === name)
  if (namesake && namesake.id !== change.id) {
    return refusal('request.conflict', `deployment ${name} exists with id ${namesake.id}, not ${change.id}`)
  }
  const components = mentioned(change.manifest.spec, change.components)
  const next: DeploymentState = { id: change.id, name, revision: 1, spec: change.manifest.spec, components }
  if (before && before.name === name && intentText(before) === intentText(next)) return snapshot
  const others = snapshot.deployments.filter((one) => one.id !== change.id)
  // Pins are a person's word about devices: they outlive the revision that was current when they were set.
  const made = { ...next, revision: (before?.revision ?? 0) + 1, ...(before?.pins && { pins: before.pins }) }
  return { ...snapshot, deployments: [...others, made].sort((a, b) => (a.id < b.id ? -1 : 1)) }
}

/** Equal for equal intent: specification and pinned digests. */
function intentText({ spec, components }: DeploymentState): string {
  const digests = Object.entries(components).map(([reference, component]) => [reference, component.digest])
  return canonicalJson({ spec, digests: Object.fromEntries(digests) })
}

function mentioned(
  spec: DeploymentSpec,
  components: Readonly<Record<string, ComponentVersion>>,
): Record<string, ComponentVersion> {
  const references = spec.realisations.flatMap((realisation) => [
    realisation.component,
    ...(realisation.providers ?? []),
  ])
  const pinned: Record<string, ComponentVersion> = {}
  for (const reference of [...new Set(references)].sort()) {
    const component = components[reference]
    if (component) pinned[reference] = component
  }
  return pinned
}

function editLabels(
  snapshot: Snapshot,
  edits: readonly { readonly device: DeviceId; readonly labels: Readonly<Record<string, string | null>> }[],
): Snapshot | Refusal {
  const byDevice = new Map<DeviceId, Record<string, string | null>>()
  for (const { device, labels } of edits) byDevice.set(device, { ...byDevice.get(device), ...labels })
  const devices = snapshot.devices.map((device) => {
    const edit = byDevice.get(device.id)
    if (!edit) return device
    byDevice.delete(device.id)
    const labels: Record<string, string> = {}
    for (const [key, value] of Object.entries({ ...device.labels, ...edit })) if (value !== null) labels[key] = value
    return { ...device, labels }
  })
  const [unknown] = byDevice.keys()
  return unknown === undefined ? { ...snapshot, devices } : notFound('device', unknown)
}

function notFound(kind: string, name: string): Refusal {
  return refusal('request.notFound', `there is no ${kind} ${name}`)
}
