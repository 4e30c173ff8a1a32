/** Which devices still have, or may still run, a revision that is taken back. */
import type { Rollout } from '../domain/rollout.ts'
import { isLiving, type Member, type RolloutFacts } from './facts.ts'
import { isEverywhereBack } from './table.ts'

/** By device id; empty unless the rollout goes back or went back. */
export function devicesNotBack(rollout: Rollout, facts: RolloutFacts): Member[] {
  if (rollout.phase !== 'rollingBack' && rollout.phase !== 'rolledBack') return []
  const released = new Set(rollout.released.map(({ device }) => device))
  const takenBack = new Set(rollout.takenBack)
  return [...facts.members.values()]
    .filter((member) => {
      const { id } = member.device
      return released.has(id) || mayRun(rollout, member, takenBack.has(id))
    })
    .sort((a, b) => (a.device.id < b.device.id ? -1 : 1))
}

/** As far as it said: it reports the revision, or has not yet answered that it should run another one or none. */
export function mayRun({ revision }: Rollout, member: Member, isTakenBack: boolean): boolean {
  if (member.running === revision && member.state !== 'none') return true
  return isTakenBack && !member.told
}

/** Why one of them is not back. */
export function whyNotBack(rollout: Rollout, member: Member): string {
  if (!isLiving(member)) return 'not connected: it goes back when it is'
  if (isEverywhereBack(rollout)) return member.told ? 'on the way back' : 'told to go back, has not answered yet'
  return rollout.released.some(({ device }) => device === member.device.id)
    ? 'waits until fewer devices are down'
    : 'on the way back'
}
