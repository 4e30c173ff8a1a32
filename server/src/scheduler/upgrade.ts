/** What another version of a component asks for that the one before it did not, and which devices that loses. */
import type { ComponentUpgrade, DeploymentPlan, DeviceDecision } from '@ocelli/schemas/api/plan'
import type { DeviceId } from '@ocelli/schemas/ids'
import type { ComponentVersion, DeploymentState, Snapshot } from '../domain/snapshot.ts'
import { reference } from './link.ts'

/** Nothing for a deployment that is new, or whose components stay the same. */
export function upgradesOf(before: Snapshot, after: Snapshot, plan: DeploymentPlan): ComponentUpgrade[] {
  const old = before.deployments.find(({ id }) => id === plan.deployment)
  const next = after.deployments.find(({ id }) => id === plan.deployment)
  if (!old || !next) return []
  const pairs = pairsOf(old, next)
  if (pairs.length === 0) return []
  const loses = lostDevices(before, plan)
  return pairs.map(([from, to]) => ({
    component: to.name,
    from: from.version,
    to: to.version,
    newImports: to.imports.filter((name) => !from.imports.includes(name)),
    droppedImports: from.imports.filter((name) => !to.imports.includes(name)),
    newNeeds: newNeeds(from, to),
    loses,
  }))
}

/** Realisations of one name whose main component or provider is of one name and another version. */
function pairsOf(old: DeploymentState, next: DeploymentState): [ComponentVersion, ComponentVersion][] {
  const before = new Map(Object.values(old.components).map((one) => [one.name, one]))
  return Object.values(next.components)
    .flatMap((to): [ComponentVersion, ComponentVersion][] => {
      const from = before.get(to.name)
      return from && from.digest !== to.digest ? [[from, to]] : []
    })
    .sort(([, a], [, b]) => (reference(a) < reference(b) ? -1 : 1))
}

function newNeeds(from: ComponentVersion, to: ComponentVersion): string[] {
  const flat = ({ needs }: ComponentVersion) =>
    new Map(
      Object.entries({ ...needs.imager, memoryBytes: needs.memoryBytes }).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, JSON.stringify(value)] as const],
      ),
    )
  const held = flat(from)
  return [...flat(to)].flatMap(([key, value]) => {
    const was = held.get(key)
    return was === value ? [] : [was === undefined ? `${key} ${value}` : `${key} ${value} instead of ${was}`]
  })
}

/** Devices that run it now and could not any more, each with why. */
function lostDevices({ placements }: Snapshot, { deployment, decisions }: DeploymentPlan): ComponentUpgrade['loses'] {
  const held = new Set<DeviceId>()
  for (const one of placements) if (one.deployment === deployment) held.add(one.device)
  return decisions.flatMap((decision) =>
    held.has(decision.device) && decision.outcome !== 'placed'
      ? [{ device: decision.device, name: decision.name, why: whyNot(decision) }]
      : [],
  )
}

function whyNot({ reasons, candidates, nearestMiss }: DeviceDecision): string {
  const [first] = [...reasons, ...candidates.flatMap((one) => one.reasons)]
  return nearestMiss ?? first?.message ?? 'it is not meant for it any more'
}
