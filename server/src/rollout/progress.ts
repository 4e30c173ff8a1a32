/** How far one device is, in the words of the API. */
import { PROGRESS, type Progress } from '@ocelli/schemas/api/rollout'
import type { DeviceId } from '@ocelli/schemas/ids'
import type { Rollout } from '../domain/rollout.ts'
import { isLiving, type Member } from './facts.ts'
import { hasEnded } from './table.ts'

/** Asks of many devices; sets are made once. */
export function progressOf(rollout: Rollout): (member: Member) => Progress {
  const released = new Set(rollout.released.map(({ device }) => device))
  const failed = new Set(rollout.failed.map(({ device }) => device))
  const takenBack = new Set(rollout.takenBack)
  return (member) => {
    const { id } = member.device
    if (failed.has(id)) return 'failed'
    const has = rollout.reach === 'all' || released.has(id)
    if (!has) {
      if (takenBack.has(id)) return 'rolledBack'
      if (!member.wouldRun && member.wanted === undefined) return 'left'
      return isLiving(member) || hasEnded(rollout.phase) ? 'waiting' : 'absent'
    }
    if (member.wanted !== rollout.revision && !member.wouldRun) return 'left'
    if (isHealthy(rollout, member)) return 'healthy'
    if (member.failure !== undefined) return 'failed'
    if (!isLiving(member)) return 'absent'
    if (!member.told || member.running !== rollout.revision) return 'told'
    return member.state === 'fetching' ? 'fetching' : 'starting'
  }
}

/** It was healthy on the new revision when it was last heard. */
export function isHealthy({ revision }: Rollout, { wanted, up }: Member): boolean {
  return wanted === revision && up
}

export function countProgress(rollout: Rollout, members: Iterable<Member>): Record<Progress, number> {
  const counts = Object.fromEntries(PROGRESS.map((one) => [one, 0])) as Record<Progress, number>
  const progress = progressOf(rollout)
  for (const member of members) counts[progress(member)]++
  return counts
}

/** The members of the rollout among these ids; a device that was deleted is none. */
export function among(members: ReadonlyMap<DeviceId, Member>, ids: readonly DeviceId[]): Member[] {
  return ids.flatMap((id) => members.get(id) ?? [])
}
