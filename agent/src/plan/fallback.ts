/**
 * Which revision of an instance to run: the one that is wanted, or the last one that was healthy on this device. Pure.
 *
 * Invariants:
 * 1. Only a revision that was healthy here is gone back to, and only where the wanted one allows it (`fallback`).
 * 2. A revision that was gone back from is not tried again until something else is wanted.
 * 3. While the wanted one is still being got and nothing runs, the last healthy one does: a restart of the agent in the
 *    middle of a fetch costs no outage.
 */
import type { DesiredInstance } from '@ocelli/schemas/messages/desired'
import type { ErrorReport } from '@ocelli/schemas/messages/error-report'
import type { ReportedInstance } from '@ocelli/schemas/messages/reported'
import type { AfterEnd, Phase } from './lifecycle.ts'
import { canonical, type Obstacle, runOf, sameRun } from './plan.ts'

export type FellBack = NonNullable<ReportedInstance['fellBack']>

/** What the device remembers of one instance over restarts. Keys are of `attemptText`. */
export interface Remembered {
  /** The last spec that was healthy. */
  readonly good?: { readonly key: string; readonly spec: DesiredInstance }
  /** What was gone back from. */
  readonly failed?: { readonly key: string; readonly fellBack: FellBack }
  /** A revision that was started and not healthy yet, and in how many runs of the agent. */
  readonly trial?: { readonly key: string; readonly runs: number }
}

export type Choice =
  | { readonly run: 'wanted' }
  /** Gone back from `wanted` earlier, or only until `wanted` has been got. */
  | { readonly run: 'good'; readonly why: 'failed' | 'getting' }
  /** To be remembered before the last healthy one is started. */
  | { readonly run: 'giveUp'; readonly error: ErrorReport }

export interface ChoiceFacts {
  readonly wanted: DesiredInstance
  readonly wantedKey: string
  readonly remembered: Remembered
  readonly inTheWay: Obstacle | undefined
  /** What its slot does, where it has one. */
  readonly slot:
    | {
        readonly key: string
        readonly phase: Phase
        readonly outcome: AfterEnd | undefined
        readonly lastError: ErrorReport | undefined
      }
    | undefined
  /** Since when `wanted` is on trial in this run of the agent, in monotonic milliseconds. */
  readonly triedSinceMs: number | undefined
  readonly nowMs: number
}

/**
 * Runs of the agent in which a revision may be tried: one that takes the whole device down with it has no other end.
 * A device that is switched off twice while a revision starts is no reason to go back.
 */
export const MAX_TRIAL_RUNS = 3

/** What makes two attempts the same: revision and everything that an instance can see. */
export function attemptText(instance: DesiredInstance): string {
  return canonical({ revision: instance.revision, ...runOf(instance) })
}

export function choose(facts: ChoiceFacts): Choice {
  const { wanted, wantedKey, remembered, inTheWay, slot } = facts
  const { good, failed } = remembered
  if (good === undefined) return { run: 'wanted' }
  if (failed?.key === wantedKey) return { run: 'good', why: 'failed' }
  if (good.key === wantedKey || sameRun(good.spec, wanted)) return { run: 'wanted' }
  if (inTheWay?.state === 'refused') return wanted.fallback ? giveUp(inTheWay.error) : { run: 'wanted' }
  // What is on the disk already is prepared within a moment, unless that failed.
  const isGetting = inTheWay?.state === 'fetching' || (inTheWay?.state === 'preparing' && inTheWay.error !== undefined)
  const isIdle = slot === undefined || slot.phase === 'ended'
  if (isGetting && isIdle && slot?.key !== wantedKey) return { run: 'good', why: 'getting' }
  const error = wanted.fallback && trialError(facts, wanted.fallback.withinMs)
  return error ? giveUp(error) : { run: 'wanted' }
}

/** When the trial of `wanted` ends; `undefined` where it is not on trial. */
export function trialEndsAtMs(facts: Pick<ChoiceFacts, 'wanted' | 'triedSinceMs'>): number | undefined {
  const { wanted, triedSinceMs } = facts
  return wanted.fallback && triedSinceMs !== undefined ? triedSinceMs + wanted.fallback.withinMs : undefined
}

/** Why the trial of what is wanted is over, if it is. */
function trialError(facts: ChoiceFacts, withinMs: number): ErrorReport | undefined {
  const { wanted, wantedKey, remembered, slot, triedSinceMs, nowMs } = facts
  if (slot?.key !== wantedKey) {
    const { trial } = remembered
    if (triedSinceMs !== undefined || trial?.key !== wantedKey || trial.runs < MAX_TRIAL_RUNS) return undefined
    return notHealthy(`the agent ended ${trial.runs} times before revision ${wanted.revision} was healthy`)
  }
  const last = slot.lastError
  const isOver = slot.phase === 'ended' && (slot.outcome === 'givenUp' || slot.outcome === 'refused')
  if (isOver) return last ?? notHealthy(`revision ${wanted.revision} ended`)
  if (triedSinceMs === undefined || nowMs - triedSinceMs < withinMs) return undefined
  const detail = last ? `; last ${last.code}: ${last.message}` : ''
  return notHealthy(`revision ${wanted.revision} was not healthy within ${withinMs} ms${detail}`)
}

const giveUp = (error: ErrorReport): Choice => ({ run: 'giveUp', error })
const notHealthy = (message: string): ErrorReport => ({
  code: 'instance.notHealthy',
  message: message.slice(0, 2048),
})
