/** Who gets the new revision now, and who goes back now: never more at once than may be down. */
import type { DeviceId } from '@ocelli/schemas/ids'
import type { Release, Rollout } from '../domain/rollout.ts'
import { budgetOf } from './budget.ts'
import { isLiving, type Member, mayLive, type RolloutFacts } from './facts.ts'
import { among } from './progress.ts'
import { membersOf } from './waves.ts'
import { isOpen, windowText } from './window.ts'

export interface Released {
  readonly devices: readonly DeviceId[]
  /** Why others wait, for people. */
  readonly notes: readonly string[]
}

/** Devices of the waves up to the current one: those that are down anyway first, then by wave and id. */
export function toRelease(rollout: Rollout, facts: RolloutFacts, nowMs: number): Released {
  const { allowed = Number.POSITIVE_INFINITY, down, moving, text } = budgetOf(rollout, facts, nowMs)
  const notes: string[] = []
  const candidates = openCandidates(rollout, facts, notes)
  const isDown = (member: Member) => down.has(member.device.id)
  const ordered = [...candidates.filter(isDown), ...candidates.filter((member) => !isDown(member))]
  const devices: DeviceId[] = []
  let taken = down.size
  for (const member of ordered) {
    if (moving + devices.length >= allowed) break
    // One that is down, has nothing to lose, or is given up takes nothing more out of service.
    const costs = !isDown(member) && member.up
    if (costs && taken >= allowed) continue
    if (!isDown(member)) taken++
    devices.push(member.device.id)
  }
  const waiting = candidates.length - devices.length
  if (waiting > 0) notes.push(`${waiting} devices of the wave wait: ${text}`)
  return { devices, notes }
}

function openCandidates(rollout: Rollout, facts: RolloutFacts, notes: string[]): Member[] {
  const taken = new Set<DeviceId>([
    ...rollout.released.map(({ device }) => device),
    ...rollout.failed.map(({ device }) => device),
  ])
  const ids = rollout.waves.slice(0, rollout.wave + 1).flatMap(membersOf)
  const living = among(facts.members, ids).filter(
    (member) => isLiving(member) && !taken.has(member.device.id) && (member.wouldRun || member.wanted !== undefined),
  )
  const { windows } = rollout.policy
  if (windows === undefined) return living
  const open: Member[] = []
  let closed = 0
  for (const member of living) {
    if (typeof member.local === 'string') notes.push(`${member.device.name} waits: ${member.local}`)
    else if (isOpen(windows, member.local)) open.push(member)
    else closed++
  }
  if (closed > 0)
    notes.push(`${closed} devices wait for their window (${windows.map(windowText).join('; ')}, local time)`)
  return open
}

/**
 * Who is taken back now. Those that are not healthy on the new revision go at once, as do those that are known not to be
 * connected: none of them goes out of service by it.
 */
export function toTakeBack(rollout: Rollout, facts: RolloutFacts, nowMs: number): DeviceId[] {
  const { allowed = Number.POSITIVE_INFINITY, down } = budgetOf(rollout, facts, nowMs)
  const devices: DeviceId[] = []
  const isThere = (device: DeviceId) => {
    const member = facts.members.get(device)
    return member !== undefined && mayLive(member, nowMs)
  }
  // One that was lost while it moved goes back too, and is waited for no more.
  let taken = [...down].filter(isThere).length
  for (const { device } of rollout.released) {
    const member = facts.members.get(device)
    const serves = member !== undefined && mayLive(member, nowMs) && member.up
    if (serves && taken >= allowed) continue
    if (serves) taken++
    devices.push(device)
  }
  return devices
}

export function withReleased(rollout: Rollout, devices: readonly DeviceId[], atMs: number): Rollout {
  const added: Release[] = devices.map((device) => ({ device, atMs }))
  const released = [...rollout.released, ...added].sort((a, b) => (a.device < b.device ? -1 : 1))
  const gone = new Set(devices)
  return { ...rollout, released, shadow: rollout.shadow.filter((device) => !gone.has(device)) }
}

export function withTakenBack(rollout: Rollout, devices: readonly DeviceId[]): Rollout {
  const gone = new Set(devices)
  return {
    ...rollout,
    released: rollout.released.filter(({ device }) => !gone.has(device)),
    takenBack: [...new Set([...rollout.takenBack, ...devices])].sort(),
  }
}

/** Nothing is said anew where nobody was tried. */
export function withTried(rollout: Rollout, tried: ReadonlySet<DeviceId>): Rollout {
  if (tried.size === 0) return rollout
  const released = rollout.released.map((one) => (tried.has(one.device) ? { ...one, tried: true as const } : one))
  return { ...rollout, released }
}
