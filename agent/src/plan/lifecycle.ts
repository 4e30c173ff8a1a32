/** The life of one instance on this device, as tables: every state answers every event. Pure. */
import type { DesiredInstance } from '@ocelli/schemas/messages/desired'

/** `ended`: nothing runs; what comes next is decided by its restart policy. */
export type Phase = 'starting' | 'running' | 'stopping' | 'ended'
export type LifeEvent = 'started' | 'stop' | 'ended' | 'start'

/** The phase after an event; an event that cannot happen in a phase leaves it as it is. */
export const LIFE: Record<Phase, Record<LifeEvent, Phase>> = {
  starting: { started: 'running', stop: 'stopping', ended: 'ended', start: 'starting' },
  running: { started: 'running', stop: 'stopping', ended: 'ended', start: 'running' },
  // A start that was under way when the stop came may still report: the stop wins.
  stopping: { started: 'stopping', stop: 'stopping', ended: 'ended', start: 'stopping' },
  ended: { started: 'ended', stop: 'ended', ended: 'ended', start: 'starting' },
}

/** How an instance ended. `success` and `failure` are its own doing; `stopped` was asked for. */
export type EndKind = 'stopped' | 'success' | 'failure'
export type AfterEnd = 'again' | 'backoff' | 'completed' | 'givenUp' | 'refused'
type Policy = DesiredInstance['restart']['policy']

/**
 * What follows an end. A policy that a newer server invented is treated as `onFailure`: a server that means
 * something stricter names it in `features`, and the instance is refused before it gets here.
 */
export const AFTER_END: Record<Policy, Record<EndKind, AfterEnd>> = {
  always: { stopped: 'again', success: 'backoff', failure: 'backoff' },
  onFailure: { stopped: 'again', success: 'completed', failure: 'backoff' },
  never: { stopped: 'again', success: 'completed', failure: 'givenUp' },
  unknown: { stopped: 'again', success: 'completed', failure: 'backoff' },
}

/** Failures that trying again cannot mend: what was asked for is at fault, so the instance is refused. */
export const FINAL_CODES: ReadonlySet<string> = new Set([
  'link.missing',
  'grant.missing',
  'grant.unknown',
  'feature.missing',
  'component.invalid',
  'message.malformed',
  'message.invalid',
])

export interface FailureCount {
  /** Ends that called for a restart, since the instance was last healthy. */
  readonly failures: number
  readonly outcome: AfterEnd
  /** Wait before the next start; 0 where none follows. */
  readonly backoffMs: number
}

/** Counts an end and says what follows: the wait doubles with each failure, a healthy run clears the count. */
export function afterEnd(
  restart: DesiredInstance['restart'],
  end: EndKind,
  failuresBefore: number,
  ranForMs: number,
): FailureCount {
  const outcome = AFTER_END[restart.policy][end]
  const earlier = ranForMs >= restart.healthyForMs ? 0 : failuresBefore
  if (outcome !== 'backoff') return { failures: end === 'failure' ? earlier + 1 : earlier, outcome, backoffMs: 0 }
  // A task that ends well under `always` waits its first backoff each time and is never given up.
  if (end === 'success') return { failures: 0, outcome, backoffMs: restart.backoffMs }
  const failures = earlier + 1
  if (restart.maxAttempts > 0 && failures >= restart.maxAttempts) return { failures, outcome: 'givenUp', backoffMs: 0 }
  // 2^30 is beyond every sensible maximum and keeps the product a whole number.
  const doubled = restart.backoffMs * 2 ** Math.min(failures - 1, 30)
  return { failures, outcome, backoffMs: Math.min(doubled, Math.max(restart.maxBackoffMs, restart.backoffMs)) }
}
