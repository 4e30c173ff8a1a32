/** From what is seen to what changes: the state machine of alerts. SPEC.md says what holds of it. */
import type { DeviceId, InstanceId } from '@ocelli/schemas/ids'
import { ALERT_DEFAULTS } from '@ocelli/schemas/manifest/alert'
import type { AlertRow, AlertRuleRow } from '../domain/alerts.ts'
import type { Look, Observation, Verdict } from './observation.ts'

/** An alert that does not exist, or one that is open. */
type Held = 'none' | 'pending' | 'firing'

/**
 * begin: becomes pending, and fires where it need not wait. wait: fires when it was true for long enough. drop: it was
 * never told, so it is forgotten. resolve: it is over. nothing: stays as it is.
 */
type Step = 'begin' | 'wait' | 'drop' | 'resolve' | 'nothing'

export const STEPS: Readonly<Record<Held, Readonly<Record<Verdict, Step>>>> = {
  none: { true: 'begin', false: 'nothing', unknown: 'nothing' },
  pending: { true: 'wait', false: 'drop', unknown: 'nothing' },
  firing: { true: 'nothing', false: 'resolve', unknown: 'nothing' },
}

export interface Transition {
  readonly event: 'alert.firing' | 'alert.resolved'
  readonly alert: AlertRow
  readonly labels: Readonly<Record<string, string>>
}

export interface Evaluation {
  /** Alerts that are new or changed, each one version above the one it was computed from. */
  readonly put: readonly AlertRow[]
  /** Pending ones that came to nothing. */
  readonly remove: readonly string[]
  readonly transitions: readonly Transition[]
  /** When something may change though nothing else is seen. */
  readonly againAtMs?: number
}

export interface EvaluationInput {
  readonly rule: AlertRuleRow
  readonly look: Look
  /** Alerts of the rule that are not resolved. */
  readonly open: readonly AlertRow[]
  readonly nowMs: number
  /** Nothing fires before: the server just started and does not know yet who is there. */
  readonly quietUntilMs: number
  /** The same for the same words. */
  readonly idOf: (...words: readonly string[]) => string
}

export function evaluate(input: EvaluationInput): Evaluation {
  const { rule, look, open, nowMs } = input
  const held = new Map(open.map((alert) => [alert.subject, alert]))
  const put: AlertRow[] = []
  const remove: string[] = []
  const transitions: Transition[] = []
  const again: number[] = look.againAtMs === undefined ? [] : [look.againAtMs]
  for (const seen of [...look.observations, ...unseen(look, open)]) {
    const alert = held.get(seen.subject)
    const state: Held = alert === undefined || alert.state === 'resolved' ? 'none' : alert.state
    const step = STEPS[state][seen.verdict]
    if (step === 'drop' && alert !== undefined) remove.push(alert.id)
    if (step === 'resolve' && alert !== undefined) {
      const over = {
        ...alert,
        state: 'resolved',
        version: alert.version + 1,
        alert: { ...alert.alert, resolvedAtMs: nowMs },
      } as const
      put.push(over)
      transitions.push({ event: 'alert.resolved', alert: over, labels: seen.labels })
    }
    if (step !== 'begin' && step !== 'wait') continue
    const pending = alert ?? begun(input, seen)
    const dueMs = Math.max(pending.sinceMs + (rule.spec.forMs ?? ALERT_DEFAULTS.forMs), input.quietUntilMs)
    if (nowMs < dueMs) {
      again.push(dueMs)
      if (step === 'begin') put.push(pending)
      continue
    }
    const version = step === 'begin' ? 1 : pending.version + 1
    const firing = {
      ...pending,
      state: 'firing',
      version,
      alert: { ...pending.alert, ...said(seen), firedAtMs: nowMs },
    } as const
    put.push(firing)
    transitions.push({ event: 'alert.firing', alert: firing, labels: seen.labels })
  }
  return { put, remove, transitions, ...(again.length > 0 && { againAtMs: Math.min(...again) }) }
}

/** Open alerts of what was not seen: hidden at this moment, or gone for good. */
function unseen({ observations, hidden }: Look, open: readonly AlertRow[]): Observation[] {
  const seen = new Set(observations.map(({ subject }) => subject))
  return open.flatMap(({ subject, device, alert }) => {
    if (seen.has(subject)) return []
    const where: { device: DeviceId; instance?: InstanceId } = {
      device,
      ...(alert.instance !== undefined && { instance: alert.instance }),
    }
    const verdict = hidden(where) ? 'unknown' : 'false'
    return [{ subject, verdict, device, deviceName: alert.deviceName, labels: {}, summary: alert.summary } as const]
  })
}

function begun({ rule, nowMs, idOf }: EvaluationInput, seen: Observation): AlertRow {
  const sinceMs = Math.min(seen.sinceMs ?? nowMs, nowMs)
  const id = `a-${idOf(rule.project, rule.name, seen.subject, String(sinceMs), String(nowMs))}`
  return {
    id,
    project: rule.project,
    rule: rule.name,
    subject: seen.subject,
    state: 'pending',
    severity: rule.spec.severity ?? ALERT_DEFAULTS.severity,
    device: seen.device,
    sinceMs,
    version: 1,
    alert: { ...said(seen), group: groupOf(rule, seen, id) },
  }
}

function said(seen: Observation): Omit<AlertRow['alert'], 'group'> {
  const { verdict, sinceMs, subject, device, labels, ...rest } = seen
  return rest
}

/** Alerts of one rule and group are told in one message. */
function groupOf({ name, spec }: AlertRuleRow, { device, labels }: Observation, id: string): string {
  const by = spec.groupBy ?? ALERT_DEFAULTS.groupBy
  if (by === 'rule') return name
  if (by === 'device') return device
  return by === 'none' ? id : `${by.slice('label.'.length)}=${labels[by.slice('label.'.length)] ?? ''}`
}
