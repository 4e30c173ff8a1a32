/** A plan against what runs now: what each device will start, change and stop, and whether that is more than allowed. */
import type { DeploymentPlan, DeviceChange, Placement } from '@ocelli/schemas/api/plan'
import type { DeploymentId, DeviceId } from '@ocelli/schemas/ids'
import { canonicalJson } from '../domain/canonical-json.ts'
import { sha256Hex } from '../domain/sha256.ts'
import type { Snapshot } from '../domain/snapshot.ts'

/** Same revision, place and code: nothing for the device to do. */
function samePlacement(a: Placement, b: Placement): boolean {
  return (
    a.revision === b.revision &&
    a.realisation === b.realisation &&
    a.imager === b.imager &&
    sameComponents(a.components, b.components)
  )
}

function sameComponents(a: Placement['components'], b: Placement['components']): boolean {
  if (a === b) return true
  return (
    a.length === b.length &&
    a.every((one, index) => {
      const other = b[index]
      return (
        one.reference === other?.reference &&
        one.digest === other.digest &&
        one.links.length === other.links.length &&
        one.links.every((link, at) => {
          const twin = other.links[at]
          return link.interface === twin?.interface && link.from === twin.from
        })
      )
    })
  )
}

export function differences(
  before: Snapshot,
  after: Pick<Snapshot, 'devices'>,
  deployments: readonly DeploymentPlan[],
): { touched: DeviceChange[]; byDeployment: Map<DeploymentId, Set<DeviceId>> } {
  return compare(
    before.placements,
    deployments.map(({ placements }) => placements),
    namesOf(before, after),
  )
}

function namesOf(...states: readonly Pick<Snapshot, 'devices'>[]): Map<DeviceId, string> {
  return new Map(states.flatMap(({ devices }) => devices.map((device) => [device.id, device.name] as const)))
}

function compare(
  before: readonly Placement[],
  after: readonly (readonly Placement[])[],
  names: ReadonlyMap<DeviceId, string>,
): { touched: DeviceChange[]; byDeployment: Map<DeploymentId, Set<DeviceId>> } {
  const old = new Map(before.map((placement) => [placement.instance, placement]))
  const changes = new Map<DeviceId, DeviceChange>()
  const byDeployment = new Map<DeploymentId, Set<DeviceId>>()
  const note = (placement: Placement, kind: 'start' | 'change' | 'stop') => {
    let entry = changes.get(placement.device)
    if (!entry) {
      const name = names.get(placement.device) ?? placement.device
      entry = { device: placement.device, name, start: [], change: [], stop: [] }
      changes.set(placement.device, entry)
    }
    entry[kind].push(placement)
    const devices = byDeployment.get(placement.deployment)
    if (devices) devices.add(placement.device)
    else byDeployment.set(placement.deployment, new Set([placement.device]))
  }
  for (const placements of after) {
    for (const placement of placements) {
      const before = old.get(placement.instance)
      old.delete(placement.instance)
      if (!before) note(placement, 'start')
      else if (!samePlacement(before, placement)) note(placement, 'change')
    }
  }
  for (const placement of old.values()) note(placement, 'stop')
  const touched = [...changes.values()].sort((a, b) => (a.device < b.device ? -1 : 1))
  for (const one of touched) for (const list of [one.start, one.change, one.stop]) list.sort(byInstance)
  return { touched, byDeployment }
}

/** What devices start, change and stop from one state to another. */
export function touchedBetween(before: Snapshot, after: Snapshot): DeviceChange[] {
  return compare(before.placements, [after.placements], namesOf(before, after)).touched
}

function byInstance(a: Placement, b: Placement): number {
  return a.instance < b.instance ? -1 : 1
}

/** Names what the plan does, not how it is explained: the first 16 hexadecimal digits of a SHA-256. */
export function checkOf(deployments: readonly DeploymentPlan[], touched: readonly DeviceChange[]): string {
  const codes = new Map<unknown, string>()
  const codeOf = ({ components }: Placement) => {
    // Placements of one class share their components; reading each once keeps a plan of a whole fleet cheap.
    let code = codes.get(components)
    if (code === undefined) {
      code = sha256Hex(canonicalJson(components))
      codes.set(components, code)
    }
    return code
  }
  const effectOf = (placement: Placement) => [
    placement.instance,
    placement.revision,
    placement.realisation,
    codeOf(placement),
  ]
  const effect = {
    deployments: deployments.map(({ deployment, revision, grants }) => [
      deployment,
      revision,
      grants.needed,
      grants.missing,
    ]),
    touched: touched.map(({ device, start, change, stop }) => [
      device,
      start.map(effectOf),
      change.map(effectOf),
      stop.map((placement) => placement.instance),
    ]),
  }
  return sha256Hex(JSON.stringify(effect)).slice(0, 16)
}
