/** What people do about alerts: take them on, silence them, try whether they would be told, send again what was not. */
import { idText } from '@ocelli/schemas/ids'
import type { AlertRow, AlertRuleRow, DeliveryRow } from '../domain/alerts.ts'
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts'
import { audited, type Caller } from './caller.ts'
import type { ActionContext } from './context.ts'

/** An alert changes under one's hands rarely: a few tries are plenty. */
const MAX_ATTEMPTS = 5

export async function findAlert(context: ActionContext, caller: Caller, id: string): Promise<AlertRow | Refusal> {
  const row = await context.store.alert(id)
  return row?.project === caller.project ? row : refusal('request.notFound', `there is no alert ${id}`)
}

export async function findRule(context: ActionContext, caller: Caller, name: string): Promise<AlertRuleRow | Refusal> {
  const rule = (await context.store.alertRules(caller.project)).find((one) => one.name === name)
  return rule ?? refusal('request.notFound', `there is no alert rule ${name}`)
}

export function acknowledge(
  context: ActionContext,
  caller: Caller,
  id: string,
  note: string | undefined,
): Promise<AlertRow | Refusal> {
  const atMs = context.clock.wallMs()
  const acknowledged = { atMs, by: caller.actor, ...(note !== undefined && { note }) }
  return change(context, caller, id, 'alert.acknowledge', { ...(note !== undefined && { note }) }, (alert) => ({
    ...alert,
    acknowledged,
  }))
}

/** `forMs` undefined ends the silence. */
export function muteAlert(
  context: ActionContext,
  caller: Caller,
  id: string,
  forMs: number | undefined,
): Promise<AlertRow | Refusal> {
  const action = forMs === undefined ? 'alert.unmute' : 'alert.mute'
  return change(context, caller, id, action, { ...(forMs !== undefined && { forMs }) }, ({ mutedUntilMs, ...alert }) =>
    forMs === undefined ? alert : { ...alert, mutedUntilMs: context.clock.wallMs() + forMs },
  )
}

async function change(
  context: ActionContext,
  caller: Caller,
  id: string,
  action: string,
  detail: Readonly<Record<string, unknown>>,
  edit: (alert: AlertRow['alert']) => AlertRow['alert'],
): Promise<AlertRow | Refusal> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const row = await findAlert(context, caller, id)
    if (isRefusal(row)) return row
    if (row.state === 'resolved') return refusal('request.conflict', `alert ${id} is resolved`)
    const next = { ...row, version: row.version + 1, alert: edit(row.alert) }
    const audit = [
      audited(caller, context.clock.wallMs(), action, row.rule, { ...detail, alert: id, device: row.device }),
    ]
    const done = await context.store.commitAlerts({ alerts: [next], remove: [], deliveries: [], audit })
    if (done === 'committed') return next
  }
  return refusal('server.busy', `alert ${id} changes too often`)
}

export async function muteRule(
  context: ActionContext,
  caller: Caller,
  name: string,
  forMs: number | undefined,
): Promise<AlertRuleRow | Refusal> {
  const atMs = context.clock.wallMs()
  const until = forMs === undefined ? undefined : { atMs: atMs + forMs, by: caller.actor }
  const action = until === undefined ? 'alertRule.unmute' : 'alertRule.mute'
  const audit = audited(caller, atMs, action, name, { ...(forMs !== undefined && { forMs }) })
  await context.store.muteAlertRule(caller.project, name, until, audit)
  return findRule(context, caller, name)
}

/** Leaves a test message for each receiver of the rule, on the same way as any other. */
export async function testRule(
  context: ActionContext,
  caller: Caller,
  name: string,
): Promise<readonly DeliveryRow[] | Refusal> {
  const rule = await findRule(context, caller, name)
  if (isRefusal(rule)) return rule
  const receivers = rule.spec.notify ?? []
  if (receivers.length === 0)
    return refusal('request.conflict', `alert rule ${name} tells nobody: it lists no receivers`)
  const atMs = context.clock.wallMs()
  const deliveries = receivers.map((receiver): DeliveryRow => {
    const id = idText(context.random.bytes('alert-test', 10))
    const summary = `a test of ${name} by ${caller.actor}`
    return {
      id: `v-${id}`,
      project: caller.project,
      receiver,
      rule: name,
      groupKey: `test-${id}`,
      state: 'pending',
      createdAtMs: atMs,
      dueAtMs: atMs,
      attempts: 0,
      content: { event: 'alert.test', atMs, summary },
    }
  })
  const audit = [audited(caller, atMs, 'alertRule.test', name)]
  await context.store.commitAlerts({ alerts: [], remove: [], deliveries, audit })
  context.wake.webhooks()
  return deliveries
}

export async function retryDelivery(
  context: ActionContext,
  caller: Caller,
  id: string,
): Promise<DeliveryRow | Refusal> {
  const row = await context.store.delivery(id)
  if (row?.project !== caller.project) return refusal('request.notFound', `there is no delivery ${id}`)
  const atMs = context.clock.wallMs()
  const audit = audited(caller, atMs, 'delivery.retry', id, { receiver: row.receiver, rule: row.rule })
  const known = (await context.store.receivers(caller.project)).some(({ name }) => name === row.receiver)
  if (!known) return refusal('request.conflict', `there is no receiver ${row.receiver} any more`)
  if (!(await context.store.retryDelivery(id, atMs, audit))) {
    return refusal('request.conflict', `delivery ${id} is ${row.state}: only one that was given up is sent again`)
  }
  context.wake.webhooks()
  return (await context.store.delivery(id)) ?? row
}
