/**
 * How long a released device may take until it is healthy. Most go back by themselves and say so; an agent that cannot,
 * or has nothing to go back to, would hold its gate until the deadline: the server takes it back instead.
 */
import { FEATURES } from '@ocelli/schemas/features'
import type { DeviceId } from '@ocelli/schemas/ids'
import { ROLLOUT_DEFAULTS } from '@ocelli/schemas/manifest/rollout'
import type { Release, Rollout } from '../domain/rollout.ts'
import { isLiving, type Member, type MemberFailure } from './facts.ts'
import { isHealthy } from './progress.ts'

/** A device that goes back by itself counts from the first start there, after the fetch, and has to say so. */
const OWN_FACTOR = 3

/** When the patience with a device ends, by the server's clock; a device that was away begins anew when it is back. */
export function patienceEndsMs({ policy, from }: Rollout, { atMs }: Release, member: Member): number {
  const withinMs = policy.fallback?.withinMs ?? ROLLOUT_DEFAULTS.fallbackWithinMs
  const features = member.device.inventory?.agent.features ?? []
  const goesBackItself = from !== undefined && features.includes(FEATURES.fallback)
  return Math.max(atMs, member.presenceAtMs) + withinMs * (goesBackItself ? OWN_FACTOR : 1)
}

/** Devices that were healthy when their wave passed need no further look. */
export function passedDevices({ waves }: Rollout): ReadonlyMap<DeviceId, number> {
  return new Map(
    waves.flatMap(({ devices, joined, passedAtMs }) =>
      passedAtMs === undefined ? [] : [...devices, ...joined].map((id) => [id, passedAtMs] as const),
    ),
  )
}

/** `tried`: its time is up and it is healthy; a failure: it is not. Undefined: it has time left, or cannot be judged now. */
export function trialOf(
  rollout: Rollout,
  release: Release,
  member: Member | undefined,
  passedAtMs: number | undefined,
  nowMs: number,
): MemberFailure | 'tried' | undefined {
  if (member === undefined || release.tried === true || !isLiving(member)) return undefined
  if (passedAtMs !== undefined && Math.max(release.atMs, member.presenceAtMs) < passedAtMs) return undefined
  if (member.wanted !== rollout.revision || nowMs < patienceEndsMs(rollout, release, member)) return undefined
  if (isHealthy(rollout, member)) return 'tried'
  const seconds = Math.round((nowMs - Math.max(release.atMs, member.presenceAtMs)) / 1000)
  const how = member.told ? member.state : 'not told'
  return {
    code: 'instance.notHealthy',
    message: `revision ${rollout.revision} was not healthy after ${seconds} s (${how}), and the device did not go back by itself`,
    logs: [],
  }
}
