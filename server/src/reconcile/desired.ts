/** Placements of one device to what it should run, with nothing left to default. */
import type { Placement } from '@ocelli/schemas/api/plan'
import type { ImagerNeeds } from '@ocelli/schemas/component'
import { FEATURES } from '@ocelli/schemas/features'
import type { DeploymentId, DeviceId } from '@ocelli/schemas/ids'
import { DEPLOYMENT_DEFAULTS, type DeploymentSpec, type Realisation } from '@ocelli/schemas/manifest/deployment'
import { isStaged, ROLLOUT_DEFAULTS } from '@ocelli/schemas/manifest/rollout'
import { type DesiredInstance, desired, MAX_INLINE_CONFIG_BYTES } from '@ocelli/schemas/messages/desired'
import type { Inventory } from '@ocelli/schemas/messages/inventory'
import { sameJson } from '@ocelli/schemas/same-json'
import { configBytes, configDigest, configOf, utf8Bytes } from '../domain/config.ts'
import { requiredFeatures } from '../domain/features.ts'
import { type Refusal, refusal } from '../domain/refusal.ts'
import { atRevision } from '../domain/revisions.ts'
import type { ComponentVersion, DeploymentState } from '../domain/snapshot.ts'

/**
 * In order of instance id. `inventory` chooses among pixel formats that the components take; without it the first is
 * asked for. Configuration above `MAX_INLINE_CONFIG_BYTES` appears by digest: `configArtifacts` has the bytes to store.
 * Each placement is of its own revision. Throws where one names a deployment, revision, realisation or component that is
 * not there: the plan was not of this intent.
 */
export function desiredInstances(
  device: DeviceId,
  placements: readonly Placement[],
  deployments: readonly DeploymentState[],
  inventory?: Inventory,
): DesiredInstance[] {
  const byId = new Map<DeploymentId, DeploymentState>(deployments.map((one) => [one.id, one]))
  return placements
    .filter((placement) => placement.device === device)
    .sort((a, b) => (a.instance < b.instance ? -1 : 1))
    .map((placement) => toInstance(placement, revisionOf(placement, byId), inventory))
}

function revisionOf(placement: Placement, byId: ReadonlyMap<DeploymentId, DeploymentState>): DeploymentState {
  const deployment = byId.get(placement.deployment)
  if (!deployment) throw new Error(`placement ${placement.instance}: no deployment ${placement.deployment}`)
  const state = atRevision(deployment, placement.revision)
  if (!state)
    throw new Error(`placement ${placement.instance}: ${deployment.name} has no revision ${placement.revision}`)
  return state
}

/** Whether a device must be told: order of instances and of fields aside. */
export function needsNewGeneration(previous: readonly DesiredInstance[], next: readonly DesiredInstance[]): boolean {
  if (previous.length !== next.length) return true
  const sorted = (instances: readonly DesiredInstance[]) => [...instances].sort((a, b) => (a.id < b.id ? -1 : 1))
  return !sameJson(sorted(previous), sorted(next))
}

/**
 * Refuses with `placement.tooLarge` what would not fit the message. The scheduler sees to it that no plan gets there;
 * this is for what comes from elsewhere.
 */
export function checkSize(device: DeviceId, instances: readonly DesiredInstance[]): Refusal | undefined {
  if (instances.length > MAX_INSTANCES) {
    return refusal(
      'placement.tooLarge',
      `device ${device}: ${instances.length} instances, the limit is ${MAX_INSTANCES}`,
      { device, instances: instances.length, maxInstances: MAX_INSTANCES },
    )
  }
  const bytes = jsonBytes(instances)
  if (bytes <= MAX_INSTANCES_BYTES) return undefined
  return refusal(
    'placement.tooLarge',
    `device ${device}: ${instances.length} instances take ${bytes} bytes, a desired state has room for ${MAX_INSTANCES_BYTES}`,
    { device, bytes, maxBytes: MAX_INSTANCES_BYTES },
  )
}

/** Bytes that an instance adds to a desired state, at most: its pixel format and whether it may go back are known later. */
export function instanceBytes(placement: Placement, deployment: DeploymentState): number {
  return jsonBytes(toInstance(placement, deployment, undefined)) + FORMAT_SLACK_BYTES
}

/** Most instances of one device, as in the message. */
export const MAX_INSTANCES = 256
/** Envelope around the payload: signature, key id, payload type, and the fields beside `instances`. */
const ENVELOPE_BYTES = 2048
/** The payload travels as base64: four characters for three bytes. */
export const MAX_INSTANCES_BYTES = Math.floor(((desired.maxBytes - ENVELOPE_BYTES) * 3) / 4)
const FORMAT_SLACK_BYTES = 96

function jsonBytes(value: unknown): number {
  return utf8Bytes(JSON.stringify(value))
}

/** Configurations that travel by digest: digest and the JSON text whose UTF-8 bytes it names. */
export function configArtifacts(
  placements: readonly Placement[],
  deployments: readonly DeploymentState[],
): ReadonlyMap<string, string> {
  const byId = new Map<DeploymentId, DeploymentState>(deployments.map((one) => [one.id, one]))
  const found = new Map<string, string>()
  for (const placement of placements) {
    const deployment = revisionOf(placement, byId)
    const values = configOf(deployment.spec, realisationOf(deployment, placement))
    if (configBytes(values) > MAX_INLINE_CONFIG_BYTES) found.set(configDigest(values), JSON.stringify(values))
  }
  return found
}

function toInstance(
  placement: Placement,
  deployment: DeploymentState,
  inventory: Inventory | undefined,
): DesiredInstance {
  const { spec } = deployment
  const realisation = realisationOf(deployment, placement)
  const linked = placement.components.map((planned) => pinned(deployment, planned.reference))
  const values = configOf(spec, realisation)
  const bytes = configBytes(values)
  const instance: DesiredInstance = {
    id: placement.instance,
    deployment: { id: deployment.id, name: deployment.name },
    revision: placement.revision,
    realisation: placement.realisation,
    role: placement.role ?? 'live',
    components: placement.components.map((planned, index) => {
      const component = linked[index] as ComponentVersion
      const { name, version, digest, sizeBytes, signature } = component
      return { name, version, digest, sizeBytes, signature, links: planned.links.map((one) => ({ ...one })) }
    }),
    config: bytes > MAX_INLINE_CONFIG_BYTES ? { digest: configDigest(values) } : { values },
    grants: grantsOf(placement),
    limits: { ...DEPLOYMENT_DEFAULTS.limits, ...spec.limits },
    frames: framesOf(placement, spec, realisation, linked, inventory),
    intervalMs: spec.intervalMs ?? DEPLOYMENT_DEFAULTS.intervalMs,
    restart: { ...DEPLOYMENT_DEFAULTS.restart, ...spec.restart },
    features: requiredFeatures(spec, linked.length, bytes, placement.role),
  }
  if (placement.imager !== undefined) instance.imager = placement.imager
  const fallback = fallbackOf(placement, spec, instance.restart.healthyForMs, inventory)
  if (fallback) instance.fallback = fallback
  return instance
}

/**
 * A revision that reaches devices step by step lets each go back by itself, where there is an earlier one and its agent
 * can. It is no required feature: an agent without it runs the revision, and the server takes it back when it fails. It
 * stays after the rollout, so that no device is told anew just because that ended.
 */
function fallbackOf(
  { revision, role }: Placement,
  { rollout }: DeploymentSpec,
  healthyForMs: number,
  inventory: Inventory | undefined,
): DesiredInstance['fallback'] {
  if (role === 'shadow' || revision === 1 || !(isStaged(rollout) || rollout?.fallback)) return undefined
  if (!inventory?.agent.features.includes(FEATURES.fallback)) return undefined
  const withinMs = rollout?.fallback?.withinMs ?? ROLLOUT_DEFAULTS.fallbackWithinMs
  return { withinMs: Math.max(withinMs, healthyForMs + 1) }
}

function realisationOf(deployment: DeploymentState, placement: Placement): Realisation {
  const found = deployment.spec.realisations.find((one) => one.name === placement.realisation)
  if (!found) throw new Error(`placement ${placement.instance}: no realisation ${placement.realisation}`)
  return found
}

function pinned(deployment: DeploymentState, reference: string): ComponentVersion {
  const found = deployment.components[reference]
  if (!found) throw new Error(`deployment ${deployment.name} does not pin ${reference}`)
  return found
}

/**
 * Exactly what is linked to the host, as it is imported: the device refuses any other host call. A shadow links the same
 * as its live twin, so that it can take over without a start; what its role holds back (images leave, imagers are set)
 * is the agent's feature `shadow`, which it requires.
 */
function grantsOf(placement: Placement): string[] {
  const granted = new Set<string>()
  for (const component of placement.components) {
    for (const link of component.links) if (link.from === 'host') granted.add(link.interface)
  }
  return [...granted].sort()
}

function framesOf(
  placement: Placement,
  spec: DeploymentSpec,
  realisation: Realisation,
  linked: readonly ComponentVersion[],
  inventory: Inventory | undefined,
): DesiredInstance['frames'] {
  const frames: DesiredInstance['frames'] = { ...spec.frames }
  const format = placement.imager === undefined ? undefined : formatOf(placement, realisation, linked, inventory)
  if (format !== undefined) frames.format = format
  return frames
}

/** The first format that everyone takes and the imager delivers. */
function formatOf(
  placement: Placement,
  realisation: Realisation,
  linked: readonly ComponentVersion[],
  inventory: Inventory | undefined,
): DesiredInstance['frames']['format'] {
  const needs: (ImagerNeeds | undefined)[] = [realisation.imager, ...linked.map((one) => one.needs.imager)]
  const lists = needs.flatMap((one) => (one?.formats ? [one.formats] : []))
  const [first, ...others] = lists
  if (!first) return undefined
  const offered = inventory?.imagers.find((one) => one.id === placement.imager)?.formats
  const common = first.filter((format) => others.every((list) => list.includes(format)))
  return common.find((format) => offered === undefined || offered.includes(format)) ?? common[0]
}
