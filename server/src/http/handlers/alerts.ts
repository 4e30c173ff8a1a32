import type { AlertRule, Delivery, Receiver } from '@ocelli/schemas/api/alert'
import {
  acknowledge,
  findAlert,
  findRule,
  muteAlert,
  muteRule,
  retryDelivery,
  testRule,
} from '../../actions/answer-alerts.ts'
import { deleteRule } from '../../actions/apply-alerts.ts'
import type { Caller } from '../../actions/caller.ts'
import { findDevice } from '../../actions/devices.ts'
import { deleteReceiver, putReceiver, withoutSecrets } from '../../actions/receivers.ts'
import { alertView } from '../../alerts/outbox.ts'
import type { AlertRow, AlertRuleRow, DeliveryRow, ReceiverRow } from '../../domain/alerts.ts'
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts'
import { type Handlers, ok } from '../operations.ts'
import type { HandlerContext } from './context.ts'

type Operations =
  | 'listAlertRules'
  | 'getAlertRule'
  | 'deleteAlertRule'
  | 'muteAlertRule'
  | 'unmuteAlertRule'
  | 'testAlertRule'
  | 'listAlerts'
  | 'getAlert'
  | 'acknowledgeAlert'
  | 'muteAlert'
  | 'unmuteAlert'
  | 'listReceivers'
  | 'putReceiver'
  | 'deleteReceiver'
  | 'listDeliveries'
  | 'retryDelivery'

const DEFAULT_LIMIT = 100
/** More deliveries of one receiver are counted no further. */
const MAX_COUNTED = 1_000

export function alertHandlers(context: HandlerContext): Pick<Handlers, Operations> {
  const { actions, identity } = context
  const { store } = actions

  const ruleAnswer = async (caller: Caller, rule: AlertRuleRow | Refusal) =>
    isRefusal(rule) ? rule : ok(ruleView(context, rule, await store.openAlerts(caller.project)))
  const alertAnswer = (row: AlertRow | Refusal) => (isRefusal(row) ? row : ok(alertView(row)))
  /** Many services put a secret into the address: who may not set it sees its origin alone. */
  const receiverView = async (caller: Caller, { project, name, ...row }: ReceiverRow): Promise<Receiver> => {
    const { createdAtMs } = row
    const url = caller.role === 'admin' ? row.url : withoutSecrets(row.url)
    const query = { states: ['pending', 'dead'], receiver: name, limit: MAX_COUNTED } as const
    const rows = await store.deliveries(project, query)
    const dead = rows.filter(({ state }) => state === 'dead').length
    return { name, url, createdAtMs, pending: rows.length - dead, dead }
  }

  return {
    async listAlertRules({ caller }) {
      const [rules, open] = await Promise.all([store.alertRules(caller.project), store.openAlerts(caller.project)])
      return ok({ items: rules.map((rule) => ruleView(context, rule, open)) })
    },
    async getAlertRule({ caller, params }) {
      return ruleAnswer(caller, await findRule(actions, caller, params.name))
    },
    async deleteAlertRule({ caller, params }) {
      if (await deleteRule(actions, caller, params.name)) return ok(undefined)
      return refusal('request.notFound', `there is no alert rule ${params.name}`)
    },
    async muteAlertRule({ caller, params, body }) {
      return ruleAnswer(caller, await muteRule(actions, caller, params.name, body.forMs))
    },
    async unmuteAlertRule({ caller, params }) {
      return ruleAnswer(caller, await muteRule(actions, caller, params.name, undefined))
    },
    async testAlertRule({ caller, params }) {
      const rows = await testRule(actions, caller, params.name)
      return isRefusal(rows) ? rows : ok({ deliveries: rows.map(deliveryView) })
    },
    async listAlerts({ caller, query }) {
      const { state = ['pending', 'firing'], severity, rule, fromMs, toMs, after, limit = DEFAULT_LIMIT } = query
      const device = query.device === undefined ? undefined : await findDevice(actions, caller, query.device)
      if (isRefusal(device)) return device
      const last = after === undefined ? undefined : await findAlert(actions, caller, after)
      if (isRefusal(last)) return last
      const rows = await store.alerts({
        project: caller.project,
        states: state,
        ...(severity !== undefined && { severities: severity }),
        ...(rule !== undefined && { rule }),
        ...(device !== undefined && { device: device.id }),
        ...(fromMs !== undefined && { fromMs }),
        ...(toMs !== undefined && { toMs }),
        ...(last !== undefined && { after: last }),
        limit: limit + 1,
      })
      const items = rows.slice(0, limit).map(alertView)
      const next = rows.length > limit ? items.at(-1)?.id : undefined
      return ok({ items, ...(next !== undefined && { next }) })
    },
    async getAlert({ caller, params }) {
      return alertAnswer(await findAlert(actions, caller, params.id))
    },
    async acknowledgeAlert({ caller, params, body }) {
      return alertAnswer(await acknowledge(actions, caller, params.id, body.note))
    },
    async muteAlert({ caller, params, body }) {
      return alertAnswer(await muteAlert(actions, caller, params.id, body.forMs))
    },
    async unmuteAlert({ caller, params }) {
      return alertAnswer(await muteAlert(actions, caller, params.id, undefined))
    },
    async listReceivers({ caller }) {
      return ok({
        items: await Promise.all((await store.receivers(caller.project)).map((row) => receiverView(caller, row))),
      })
    },
    async putReceiver({ caller, params, body }) {
      if (!URL.canParse(body.url)) return refusal('request.invalid', `body: url "${body.url}" is no address`)
      const { row, secret } = await putReceiver(actions, identity, caller, params.name, body.url)
      return ok({ ...(await receiverView(caller, row)), secret })
    },
    async deleteReceiver({ caller, params }) {
      if (await deleteReceiver(actions, caller, params.name)) return ok(undefined)
      return refusal('request.notFound', `there is no receiver ${params.name}`)
    },
    async listDeliveries({ caller, query }) {
      const { state = ['dead'], receiver, after, limit = DEFAULT_LIMIT } = query
      const rows = await store.deliveries(caller.project, {
        states: state,
        ...(receiver !== undefined && { receiver }),
        ...(after !== undefined && { after }),
        limit: limit + 1,
      })
      const items = rows.slice(0, limit).map(deliveryView)
      const next = rows.length > limit ? items.at(-1)?.id : undefined
      return ok({ items, ...(next !== undefined && { next }) })
    },
    async retryDelivery({ caller, params }) {
      const row = await retryDelivery(actions, caller, params.id)
      return isRefusal(row) ? row : ok(deliveryView(row))
    },
  }
}

function ruleView({ evaluatedAtMs }: HandlerContext, rule: AlertRuleRow, open: readonly AlertRow[]): AlertRule {
  const { project, name, spec, createdAtMs, updatedAtMs, mutedUntilMs, mutedBy } = rule
  const own = open.filter((alert) => alert.rule === name)
  const lookedAtMs = evaluatedAtMs(project, name)
  return {
    name,
    spec,
    createdAtMs,
    updatedAtMs,
    pending: own.filter(({ state }) => state === 'pending').length,
    firing: own.filter(({ state }) => state === 'firing').length,
    ...(mutedUntilMs !== undefined && { mutedUntilMs }),
    ...(mutedBy !== undefined && { mutedBy }),
    ...(lookedAtMs !== undefined && { evaluatedAtMs: lookedAtMs }),
  }
}

function deliveryView({
  id,
  receiver,
  rule,
  alert,
  state,
  createdAtMs,
  dueAtMs,
  attempts,
  ...row
}: DeliveryRow): Delivery {
  const { deliveredAtMs, lastError, content } = row
  return {
    id,
    receiver,
    rule,
    ...(alert !== undefined && { alert }),
    event: content.event,
    state,
    summary: content.summary,
    createdAtMs,
    attempts,
    ...(state === 'pending' && { nextAtMs: dueAtMs }),
    ...(deliveredAtMs !== undefined && { deliveredAtMs }),
    ...(lastError !== undefined && { lastError }),
  }
}
