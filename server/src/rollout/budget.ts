/** How many devices may be down at once, and how many are. */
import type { DeviceId } from '@ocelli/schemas/ids'
import { ROLLOUT_DEFAULTS } from '@ocelli/schemas/manifest/rollout'
import type { Rollout } from '../domain/rollout.ts'
import { isLiving, type Member, mayLive, type RolloutFacts } from './facts.ts'
import { shareOf, shareText } from './share.ts'

/**
 * A device that was lost while it moved counts as down for this long: then it is taken to be gone for other reasons,
 * and one dead board does not hold up a fleet.
 */
export const ABSENT_AFTER_MS = 600_000

export interface Budget {
  /** Absent: all at once. */
  readonly allowed?: number
  /** Devices that may live and are not healthy on what they should run, and those that were lost while they moved. */
  readonly down: ReadonlySet<DeviceId>
  /** Of the released: not yet healthy on the new revision. */
  readonly moving: number
  readonly living: number
  readonly text: string
}

export function budgetOf(rollout: Rollout, facts: RolloutFacts, nowMs: number): Budget {
  const released = new Set(rollout.released.map(({ device }) => device))
  const down = new Set<DeviceId>()
  let moving = 0
  let living = 0
  for (const member of facts.members.values()) {
    if (isLiving(member)) living++
    const isReleased = released.has(member.device.id)
    if (!mattersNow(member, nowMs) || isServing(rollout, member, isReleased)) continue
    if (isReleased) moving++
    // One that is given up comes back only with another revision: waiting for it would wait for ever.
    const isDown = member.state !== 'givenUp' && mayLive(member, nowMs)
    if (isReleased || isDown) down.add(member.device.id)
  }
  if (rollout.reach === 'all') return { down, moving, living, text: 'all devices at once' }
  const share = rollout.policy.maxUnavailable ?? ROLLOUT_DEFAULTS.maxUnavailable
  const allowed = Math.max(shareOf(share, living), 1)
  const least = shareOf(share, living) < 1 ? ', at least 1' : ''
  const how = typeof share === 'number' ? '' : ` (${shareText(share, living)} living devices${least})`
  return {
    allowed,
    down,
    moving,
    living,
    text: `${down.size} down, ${allowed} may be${how}`,
  }
}

/** It runs what it should, as far as the server knows, or should run nothing. */
function isServing(rollout: Rollout, { wanted, wouldRun, up }: Member, isReleased: boolean): boolean {
  if (isReleased) return wanted === rollout.revision ? up : wanted === undefined && !wouldRun
  return wanted === undefined || (up && (rollout.reach === 'all' || wanted !== rollout.revision))
}

function mattersNow(member: Member, nowMs: number): boolean {
  return isLiving(member) || nowMs - member.presenceAtMs < ABSENT_AFTER_MS
}
