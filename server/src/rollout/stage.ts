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

/** The deployment with its rollout in it. `revisionOf` knows the revisions that `stageRevisions` named. */
export function withRollout(
  deployment: DeploymentState,
  rollout: Rollout | undefined,
  revisionOf: (revision: number) => RevisionState | undefined,
): DeploymentState {
  const { rollout: _, ...plain } = deployment
  if (rollout === undefined || rollout.revision !== deployment.revision || !isStanding(rollout)) return plain
  const { revision, spec, components } = plain
  // Done but for the devices on which it failed: everybody else has it, those of tomorrow too.
  const isDone = rollout.phase === 'completed'
  const earlier = rollout.from === undefined ? undefined : revisionOf(rollout.from)
  const from = isDone ? { revision, spec, components } : earlier
  return {
    ...plain,
    rollout: {
      ...(from && { from }),
      bases: basesOf(rollout, revisionOf),
      released: isDone ? [] : rollout.released.map(({ device }) => device),
      shadow: isDone ? [] : [...rollout.shadow],
    },
  }
}

/** What devices keep that have neither the new revision nor `from`. */
function basesOf(
  rollout: Rollout,
  revisionOf: (revision: number) => RevisionState | undefined,
): Record<DeviceId, RevisionState> {
  const bases: Record<DeviceId, RevisionState> = {}
  const keep = (device: DeviceId, revision: number | undefined) => {
    const state = revision === undefined ? undefined : revisionOf(revision)
    if (state) bases[device] = state
  }
  if (rollout.phase === 'completed') {
    for (const { device } of rollout.failed) keep(device, rollout.bases[device] ?? rollout.from)
    return bases
  }
  const released = new Set(rollout.released.map(({ device }) => device))
  for (const [key, revision] of Object.entries(rollout.bases)) {
    const device = key as DeviceId
    if (!released.has(device)) keep(device, revision)
  }
  return bases
}
