/** A rollout as it is when its revision is made: who it concerns is frozen here. */
import type { DeploymentId, DeviceId, ProjectId } from '@ocelli/schemas/ids'
import { isStaged, type RolloutSpec } from '@ocelli/schemas/manifest/rollout'
import type { Rollout } from '../domain/rollout.ts'
import type { DeviceFacts } from '../domain/snapshot.ts'
import { makeWaves } from './waves.ts'

export interface Beginning {
  readonly project: ProjectId
  readonly deployment: DeploymentId
  readonly name: string
  readonly revision: number
  /** The revision before; absent at the first. */
  readonly before?: number
  readonly policy: RolloutSpec
  /** Devices that may join by themselves before a person is asked. */
  readonly maxJoining?: number
  /** The rollout of the revision before. */
  readonly last?: Rollout
  /** Devices that get an instance of the new revision, or have one of an earlier one. */
  readonly devices: readonly DeviceFacts[]
  readonly actor: string
  readonly nowMs: number
}

export function beginRollout(beginning: Beginning): Rollout {
  const { project, deployment, name, revision, policy, maxJoining, actor, nowMs } = beginning
  const { from, bases } = originOf(beginning)
  const staged = isStaged(policy)
  const [first, ...others] = makeWaves(staged ? policy : {}, beginning.devices)
  if (first === undefined) throw new Error('a rollout has at least one wave')
  return {
    project,
    deployment,
    name,
    revision,
    ...(from !== undefined && { from }),
    bases,
    policy,
    reach: staged ? 'released' : 'all',
    actor,
    startedAtMs: nowMs,
    version: 1,
    phase: staged ? 'scheduled' : 'open',
    phaseAtMs: nowMs,
    wave: 0,
    waves: staged ? [first, ...others] : [{ ...first, openedAtMs: nowMs }],
    released: [],
    takenBack: [],
    shadow: [],
    failed: [],
    forgiven: 0,
    ...(maxJoining !== undefined && { maxJoining }),
    promoted: false,
    skipsShadow: false,
    history: [
      { atMs: nowMs, actor, text: `revision ${revision} was made${staged ? '' : '; all devices get it at once'}` },
    ],
  }
}

/** What devices have now: where the last rollout was not finished, not all the same. */
function originOf({ before, last }: Beginning): { from: number | undefined; bases: Record<DeviceId, number> } {
  if (last === undefined || last.reach === 'all') return { from: before, bases: {} }
  const bases: Record<DeviceId, number> = {}
  if (last.phase === 'completed') {
    // The devices on which it failed have what they went back to.
    for (const { device } of last.failed) {
      const kept = last.bases[device] ?? last.from
      if (kept !== undefined) bases[device] = kept
    }
    return { from: last.revision, bases }
  }
  for (const [device, revision] of Object.entries(last.bases)) bases[device as DeviceId] = revision
  for (const { device } of last.released) bases[device] = last.revision
  return { from: last.from, bases }
}
