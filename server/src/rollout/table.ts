/** The states of a rollout: what each event does in each phase. SPEC.md shows the same table; a test compares them. */
import type { RolloutPhase } from '@ocelli/schemas/api/rollout'
import type { Rollout } from '../domain/rollout.ts'

export const EVENTS = [
  'startCame',
  'approve',
  'shadowHolds',
  'shadowFails',
  'noRoom',
  'gateHolds',
  'gateFails',
  'deadline',
  'grown',
  'allBack',
  'pause',
  'resume',
  'abort',
  'rollBack',
  'promote',
  'supersede',
] as const
export type RolloutEventName = (typeof EVENTS)[number]

/**
 * - a phase: goes there
 * - begin: to approval, shadowing or open, as the current wave wants it
 * - enter: to shadowing or open, as the current wave wants it
 * - advance: begins the next wave, or completes after the last
 * - onFailure: paused or rollingBack, as the manifest says
 * - onDeadline: rollingBack where the manifest says rollBack on failure, else aborted
 * - back: to the phase that it was paused from
 * - stay: nothing changes; the event cannot matter here
 * - refuse: a person is told that it cannot be done here
 */
export type Outcome =
  | RolloutPhase
  | 'begin'
  | 'enter'
  | 'advance'
  | 'onFailure'
  | 'onDeadline'
  | 'back'
  | 'stay'
  | 'refuse'

const STANDING = {
  startCame: 'stay',
  approve: 'refuse',
  shadowHolds: 'stay',
  shadowFails: 'stay',
  noRoom: 'stay',
  gateHolds: 'stay',
  gateFails: 'stay',
  deadline: 'stay',
  grown: 'stay',
  allBack: 'stay',
  pause: 'refuse',
  resume: 'refuse',
  abort: 'refuse',
  rollBack: 'refuse',
  promote: 'refuse',
  supersede: 'stay',
} as const satisfies Record<RolloutEventName, Outcome>

const MOVING = {
  ...STANDING,
  deadline: 'onDeadline',
  pause: 'paused',
  abort: 'aborted',
  rollBack: 'rollingBack',
  promote: 'open',
  supersede: 'superseded',
} as const satisfies Record<RolloutEventName, Outcome>

const GOING = { ...MOVING, grown: 'paused' } as const satisfies Record<RolloutEventName, Outcome>

export const TABLE: Record<RolloutPhase, Record<RolloutEventName, Outcome>> = {
  scheduled: { ...GOING, startCame: 'begin' },
  approval: { ...GOING, approve: 'enter' },
  shadowing: { ...GOING, shadowHolds: 'open', shadowFails: 'onFailure', noRoom: 'paused', gateFails: 'onFailure' },
  open: { ...GOING, gateHolds: 'advance', gateFails: 'onFailure' },
  paused: { ...MOVING, pause: 'refuse', resume: 'back' },
  rollingBack: { ...STANDING, allBack: 'rolledBack', deadline: 'rolledBack', supersede: 'superseded' },
  completed: { ...STANDING, rollBack: 'rollingBack' },
  aborted: { ...STANDING, rollBack: 'rollingBack' },
  rolledBack: STANDING,
  superseded: STANDING,
}

const ENDED: ReadonlySet<RolloutPhase> = new Set(['completed', 'aborted', 'rolledBack', 'superseded'])

export function hasEnded(phase: RolloutPhase): boolean {
  return ENDED.has(phase)
}

/** Nobody is to have the revision any more. */
export function isEverywhereBack({ released }: Pick<Rollout, 'released'>): boolean {
  return released.length === 0
}

/** Something is left to do by itself: it has not ended, or ended while devices were still to be taken back. */
export function isActive(rollout: Pick<Rollout, 'phase' | 'released'>): boolean {
  return !hasEnded(rollout.phase) || (rollout.phase === 'rolledBack' && !isEverywhereBack(rollout))
}
