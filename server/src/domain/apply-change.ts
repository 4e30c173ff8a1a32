/** The intent after a change. Facts and placements stay: what moves is for the scheduler to say. */
import type { DeviceId } from '@ocelli/schemas/ids'
import type { DeploymentSpec } from '@ocelli/schemas/manifest/deployment'
import { canonicalJson } from './canonical-json.ts'
import type { Change } from './change.ts'
import { type Refusal, refusal } from './refusal.ts'
import type { ComponentVersion, DeploymentState, DeviceFacts, RevisionState, Snapshot } from './snapshot.ts'

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
    case 'editTaints':
      return editTaints(snapshot, change.edits)
    case 'editPins':
      return editPins(snapshot, change.pins)
    case 'assume':
      return assume(snapshot, change)
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
  const { pins, agreedDevices } = before ?? {}
  const kept = { ...(pins && { pins }), ...(agreedDevices !== undefined && { agreedDevices }) }
  const made = { ...next, revision: (before?.revision ?? 0) + 1, ...kept }
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

function editLabels(snapshot: Snapshot, edits: Extract<Change, { kind: 'editLabels' }>['edits']): Snapshot | Refusal {
  const all = edits.map(({ device, labels }) => ({ device, change: labels }))
  return editDevices(snapshot, all, (device, change) => ({ ...device, labels: edited(device.labels, change) }))
}

/** A device without taints has none at all, so that it reads like any other. */
function editTaints(snapshot: Snapshot, edits: Extract<Change, { kind: 'editTaints' }>['edits']): Snapshot | Refusal {
  const all = edits.map(({ device, taints }) => ({ device, change: taints }))
  return editDevices(snapshot, all, ({ taints: before, ...device }, change) => {
    const taints = edited(before ?? {}, change)
    return Object.keys(taints).length > 0 ? { ...device, taints } : device
  })
}

type Edit = Readonly<Record<string, string | null>>

function edited(before: Readonly<Record<string, string>>, edit: Edit): Record<string, string> {
  const after: Record<string, string> = {}
  for (const [key, value] of Object.entries({ ...before, ...edit })) if (value !== null) after[key] = value
  return after
}

function editDevices(
  snapshot: Snapshot,
  edits: readonly { readonly device: DeviceId; readonly change: Edit }[],
  apply: (device: DeviceFacts, change: Edit) => DeviceFacts,
): Snapshot | Refusal {
  const byDevice = new Map<DeviceId, Edit>()
  for (const { device, change } of edits) byDevice.set(device, { ...byDevice.get(device), ...change })
  const devices = snapshot.devices.map((device) => {
    const change = byDevice.get(device.id)
    if (!change) return device
    byDevice.delete(device.id)
    return apply(device, change)
  })
  const [unknown] = byDevice.keys()
  return unknown === undefined ? { ...snapshot, devices } : notFound('device', unknown)
}

function editPins(snapshot: Snapshot, edits: Extract<Change, { kind: 'editPins' }>['pins']): Snapshot | Refusal {
  const unknown = edits.find(({ device }) => !snapshot.devices.some((one) => one.id === device))
  if (unknown) return notFound('device', unknown.device)
  const missing = edits.find(({ deployment }) => !snapshot.deployments.some((one) => one.id === deployment))
  if (missing) return notFound('deployment', missing.deployment)
  const deployments = snapshot.deployments.map((deployment) => {
    const mine = edits.filter((one) => one.deployment === deployment.id)
    if (mine.length === 0) return deployment
    const { pins: before, ...rest } = deployment
    const pins: Record<DeviceId, RevisionState> = { ...before }
    for (const { device, revision } of mine) {
      if (revision) pins[device] = revision
      else delete pins[device]
    }
    return Object.keys(pins).length > 0 ? { ...rest, pins } : rest
  })
  return { ...snapshot, deployments }
}

function assume(
  snapshot: Snapshot,
  { devices: added, withoutImagers }: Extract<Change, { kind: 'assume' }>,
): Snapshot | Refusal {
  for (const { device, imager } of withoutImagers) {
    const facts = snapshot.devices.find((one) => one.id === device)
    if (!facts) return notFound('device', device)
    if (!facts.inventory?.imagers.some(({ id }) => id === imager)) return notFound(`imager of ${facts.name}`, imager)
  }
  const taken = added.find((one) => snapshot.devices.some(({ id, name }) => id === one.id || name === one.name))
  if (taken) return refusal('request.conflict', `there is a device ${taken.name} already`)
  const devices = snapshot.devices.map((device) => {
    const gone = new Set<string>(withoutImagers.flatMap((one) => (one.device === device.id ? [one.imager] : [])))
    const { inventory } = device
    if (gone.size === 0 || !inventory) return device
    return { ...device, inventory: { ...inventory, imagers: inventory.imagers.filter(({ id }) => !gone.has(id)) } }
  })
  return { ...snapshot, devices: [...devices, ...added].sort((a, b) => (a.id < b.id ? -1 : 1)) }
}

function notFound(kind: string, name: string): Refusal {
  return refusal('request.notFound', `there is no ${kind} ${name}`)
}
