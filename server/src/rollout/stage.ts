/** What a rollout means for placement: which revision each device may have. */
import type { DeviceId } from '@ocelli/schemas/ids'
import type { Rollout } from '../domain/rollout.ts'
import type { DeploymentState, RevisionState } from '../domain/snapshot.ts'

/** Revisions that the stage of a rollout names, beside its own. */
export function stageRevisions(rollout: Rollout): number[] {
  if (!isStanding(rollout)) return []
  return [...new Set([...(rollout.from === undefined ? [] : [rollout.from]), ...Object.values(rollout.bases)])]
}

/** Whether devices differ in what they may have; else the deployment's revision is everybody's. */
export function isStanding(rollout: Rollout): boolean {
  return rollout.reach === 'released' && rollout.phase !== 'superseded'
}

/**
 * The deployment with its rollout in it. `revisionOf` knows the revisions that `stageRevisions` named. A pin that a
 * person set wins.
 */
export function withRollout(
  deployment: DeploymentState,
  rollout: Rollout | undefined,
  revisionOf: (revision: number) => RevisionState | undefined,
): DeploymentState {
  const { rollout: _, ...plain } = deployment
  if (rollout === undefined || rollout.revision !== deployment.revision || !isStanding(rollout)) return plain
  const bases = basesOf(rollout, revisionOf)
  const pins = Object.keys(bases).length === 0 ? plain.pins : { ...bases, ...plain.pins }
  const base = { ...plain, ...(pins && { pins }) }
  // Done but for the devices on which it failed: everybody else has it, those of tomorrow too.
  if (rollout.phase === 'completed') return base
  const from = rollout.from === undefined ? undefined : revisionOf(rollout.from)
  const released = rollout.released.map(({ device }) => device)
  return { ...base, rollout: { ...(from && { from }), released, shadow: [...rollout.shadow] } }
}

/** What devices keep that have neither the new revision nor `from`. */
function basesOf(
  rollout: Rollout,
  revisionOf: (revision: number) => RevisionState | undefined,
): Record<DeviceId, RevisionState> {
  const released = new Set(rollout.released.map(({ device }) => device))
  const bases: Record<DeviceId, RevisionState> = {}
  const keep = (device: DeviceId, revision: number | undefined) => {
    const state = revision === undefined || released.has(device) ? undefined : revisionOf(revision)
    if (state) bases[device] = state
  }
  for (const [device, revision] of Object.entries(rollout.bases)) keep(device as DeviceId, revision)
  if (rollout.phase !== 'completed') return bases
  for (const { device } of rollout.failed) keep(device, rollout.bases[device] ?? rollout.from)
  return bases
}
