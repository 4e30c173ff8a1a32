/** The messages that a transition leaves behind, one for each receiver, written in the transaction of the transition. */
import type { Alert } from '@ocelli/schemas/api/alert'
import { ALERT_DEFAULTS } from '@ocelli/schemas/manifest/alert'
import type { AlertRow, AlertRuleRow, DeliveryRow } from '../domain/alerts.ts'
import type { Transition } from './evaluate.ts'

export function messagesOf(
  rule: AlertRuleRow,
  { event, alert }: Transition,
  nowMs: number,
  idOf: (...words: readonly string[]) => string,
): DeliveryRow[] {
  const muted = Math.max(rule.mutedUntilMs ?? 0, alert.alert.mutedUntilMs ?? 0)
  if (muted > nowMs) return []
  const waitMs = rule.spec.groupBy === 'none' ? 0 : (rule.spec.groupWaitMs ?? ALERT_DEFAULTS.groupWaitMs)
  return (rule.spec.notify ?? []).map((receiver) => ({
    id: `v-${idOf(alert.id, event, receiver)}`,
    project: rule.project,
    receiver,
    rule: rule.name,
    alert: alert.id,
    groupKey: alert.alert.group,
    state: 'pending',
    createdAtMs: nowMs,
    dueAtMs: nowMs + waitMs,
    attempts: 0,
    content: { event, atMs: nowMs, summary: alert.alert.summary, alert: alertView(alert) },
  }))
}

/** An alert as the API and webhooks show it. */
export function alertView({ id, rule, state, severity, device, sinceMs, alert }: AlertRow): Alert {
  return { id, rule, state, severity, device, sinceMs, ...alert }
}
