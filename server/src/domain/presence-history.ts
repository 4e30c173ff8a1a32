/** When a device was there, put together from what was noted of it. */
import type { PresenceState } from './snapshot.ts'

export interface PresenceNote {
  readonly atMs: number
  readonly kind: 'presence' | 'instance'
  readonly instance?: string
  readonly detail: Readonly<Record<string, unknown>>
}

export type SpanState = PresenceState | 'degraded'

export interface Span {
  readonly fromMs: number
  readonly toMs: number
  readonly state: SpanState
}

const FAILING: ReadonlySet<unknown> = new Set(['backoff', 'crashLoop', 'refused'])
const STATES: ReadonlySet<unknown> = new Set(['online', 'offline', 'lost', 'unknown'])

/**
 * Spans from `fromMs` to `toMs` in order and without holes. `before`: what was noted until then, of which the last of
 * each counts; `within`: what was noted since, both in order of time. A device online is degraded while an instance fails.
 */
export function presenceSpans(
  fromMs: number,
  toMs: number,
  before: readonly PresenceNote[],
  within: readonly PresenceNote[],
): Span[] {
  let presence: PresenceState = 'unknown'
  const failing = new Set<string>()
  const take = ({ kind, instance = '', detail }: PresenceNote) => {
    if (kind === 'presence' && STATES.has(detail.state)) presence = detail.state as PresenceState
    if (kind !== 'instance') return
    if (FAILING.has(detail.state)) failing.add(instance)
    else failing.delete(instance)
  }
  const current = (): SpanState => (presence === 'online' && failing.size > 0 ? 'degraded' : presence)
  for (const note of before) take(note)
  const spans: Span[] = []
  let openMs = fromMs
  for (const note of within) {
    const state = current()
    take(note)
    if (state === current() || note.atMs >= toMs) continue
    if (note.atMs > openMs) spans.push({ fromMs: openMs, toMs: note.atMs, state })
    openMs = Math.max(openMs, note.atMs)
  }
  if (toMs > openMs) spans.push({ fromMs: openMs, toMs, state: current() })
  return joined(spans)
}

/** Neighbours of one state, left by states of no length between them, are one span. */
function joined(spans: readonly Span[]): Span[] {
  const result: Span[] = []
  for (const span of spans) {
    const last = result.at(-1)
    if (last?.state === span.state) result[result.length - 1] = { ...last, toMs: span.toMs }
    else result.push(span)
  }
  return result
}
