/** Alert rules, alerts, and the outbox of messages about them. */

import { sameJson } from '@ocelli/schemas/same-json'
import type { DeliveryRow } from '../../domain/alerts.ts'
import type { Transact } from '../memory.ts'
import type { AlertStore } from '../monitoring.ts'
import { storable } from '../storable.ts'
import { byText, keyOf, knowProject, type State } from './state.ts'

export function alertStore(transact: Transact): AlertStore {
  return {
    ...ruleStore(transact),
    ...outboxStore(transact),
    alerts: ({ project, states, severities, rule, device, fromMs = 0, toMs = Number.MAX_SAFE_INTEGER, after, limit }) =>
      transact((state) =>
        [...state.alerts.values()]
          .filter((row) => row.project === project && row.sinceMs >= fromMs && row.sinceMs < toMs)
          .filter((row) => states === undefined || states.includes(row.state))
          .filter((row) => severities === undefined || severities.includes(row.severity))
          .filter((row) => (rule === undefined || row.rule === rule) && (device === undefined || row.device === device))
          .sort((a, b) => b.sinceMs - a.sinceMs || (a.id < b.id ? 1 : -1))
          .filter(
            ({ sinceMs, id }) =>
              after === undefined || sinceMs < after.sinceMs || (sinceMs === after.sinceMs && id < after.id),
          )
          .slice(0, limit),
      ),
    alert: (id) => transact((state) => state.alerts.get(id)),
    openAlerts: (project) =>
      transact((state) =>
        [...state.alerts.values()]
          .filter((row) => row.project === project && row.state !== 'resolved')
          .sort(byText((row) => keyOf(row.rule, row.subject))),
      ),
    commitAlerts: ({ alerts, remove, deliveries, audit }) =>
      transact((state) => {
        const open = new Set<string>()
        for (const row of state.alerts.values()) if (row.state !== 'resolved') open.add(openKey(row))
        for (const row of alerts) {
          const held = state.alerts.get(row.id)
          if ((held?.version ?? 0) !== row.version - 1) return 'stale'
          if (held === undefined && row.state !== 'resolved' && open.has(openKey(row))) return 'stale'
        }
        for (const row of alerts) state.alerts.set(row.id, storable(row))
        for (const id of remove) if (state.alerts.get(id)?.state === 'pending') state.alerts.delete(id)
        for (const row of deliveries) if (!state.deliveries.has(row.id)) state.deliveries.set(row.id, storable(row))
        state.audit.push(...structuredClone(audit))
        return 'committed'
      }),
  }
}

const openKey = (row: { readonly project: string; readonly rule: string; readonly subject: string }) =>
  keyOf(row.project, row.rule, row.subject)

type RuleStore = Pick<AlertStore, 'alertRules' | 'putAlertRule' | 'deleteAlertRule' | 'muteAlertRule'>

function ruleStore(transact: Transact): RuleStore {
  return {
    alertRules: (project) =>
      transact((state) =>
        [...state.alertRules.values()].filter((row) => row.project === project).sort(byText((row) => row.name)),
      ),
    putAlertRule: ({ project, name, spec }, atMs, audit) =>
      transact((state) => {
        const key = keyOf(project, name)
        const held = state.alertRules.get(key)
        if (held !== undefined && sameJson(held.spec, spec)) return false
        knowProject(state, project)
        const row = held ?? { project, name, createdAtMs: atMs }
        state.alertRules.set(key, { ...row, spec: storable(spec), updatedAtMs: atMs })
        state.audit.push(structuredClone(audit))
        return true
      }),
    deleteAlertRule: (project, name, atMs, audit) =>
      transact((state) => {
        if (!state.alertRules.delete(keyOf(project, name))) return false
        for (const row of [...state.alerts.values()]) {
          if (row.project !== project || row.rule !== name) continue
          if (row.state === 'pending') state.alerts.delete(row.id)
          if (row.state !== 'firing') continue
          const alert = { ...row.alert, resolvedAtMs: atMs }
          state.alerts.set(row.id, { ...row, state: 'resolved', version: row.version + 1, alert })
        }
        state.audit.push(structuredClone(audit))
        return true
      }),
    muteAlertRule: (project, name, until, audit) =>
      transact((state) => {
        const key = keyOf(project, name)
        const held = state.alertRules.get(key)
        if (held === undefined) return false
        const { mutedUntilMs, mutedBy, ...row } = held
        state.alertRules.set(key, until ? { ...row, mutedUntilMs: until.atMs, mutedBy: until.by } : row)
        state.audit.push(structuredClone(audit))
        return true
      }),
  }
}

type OutboxStore = Omit<AlertStore, keyof RuleStore | 'alerts' | 'alert' | 'openAlerts' | 'commitAlerts'>

function outboxStore(transact: Transact): OutboxStore {
  return {
    receivers: (project) =>
      transact((state) =>
        [...state.receivers.values()].filter((row) => row.project === project).sort(byText((row) => row.name)),
      ),
    putReceiver: (row, audit) =>
      transact((state) => {
        knowProject(state, row.project)
        const key = keyOf(row.project, row.name)
        state.receivers.set(key, { ...row, createdAtMs: state.receivers.get(key)?.createdAtMs ?? row.createdAtMs })
        state.audit.push(structuredClone(audit))
      }),
    deleteReceiver: (project, name, audit) =>
      transact((state) => {
        if (!state.receivers.delete(keyOf(project, name))) return false
        for (const row of pendingOf(state)) {
          if (row.project !== project || row.receiver !== name) continue
          state.deliveries.set(row.id, { ...row, state: 'dead', lastError: 'the receiver was deleted' })
        }
        state.audit.push(structuredClone(audit))
        return true
      }),
    deliveries: (project, { states, receiver, after, limit }) =>
      transact((state) => {
        const rows = [...state.deliveries.values()]
          .filter((row) => row.project === project)
          .filter((row) => states === undefined || states.includes(row.state))
          .filter((row) => receiver === undefined || row.receiver === receiver)
          .sort((a, b) => -inOrder(a, b))
        const last = after === undefined ? undefined : state.deliveries.get(after)
        return rows.filter((row) => last === undefined || inOrder(row, last) < 0).slice(0, limit)
      }),
    delivery: (id) => transact((state) => state.deliveries.get(id)),
    dueDeliveries: (nowMs, limit) => transact((state) => dueDeliveries(state, nowMs, limit)),
    nextDelivery: () =>
      transact((state) => {
        const due = pendingOf(state).map(({ dueAtMs }) => dueAtMs)
        return due.length === 0 ? undefined : Math.min(...due)
      }),
    settleDeliveries: (batch, outcome) =>
      transact((state) => {
        for (const row of pendingOf(state)) {
          if (row.batch !== batch) continue
          const { lastError, ...rest } = row
          const attempts = row.attempts + 1
          if (outcome.state === 'delivered') {
            state.deliveries.set(row.id, { ...rest, attempts, state: 'delivered', deliveredAtMs: outcome.atMs })
          } else {
            const dueAtMs = outcome.state === 'pending' ? outcome.dueAtMs : row.dueAtMs
            state.deliveries.set(row.id, { ...rest, attempts, state: outcome.state, dueAtMs, lastError: outcome.error })
          }
        }
      }),
    retryDelivery: (id, nowMs, audit) =>
      transact((state) => {
        const row = state.deliveries.get(id)
        if (row?.state !== 'dead') return false
        const { lastError, ...rest } = row
        state.deliveries.set(id, { ...rest, state: 'pending', dueAtMs: nowMs, attempts: 0 })
        state.audit.push(structuredClone(audit))
        return true
      }),
  }
}

function pendingOf(state: State): DeliveryRow[] {
  return [...state.deliveries.values()].filter((row) => row.state === 'pending')
}

function inOrder(a: DeliveryRow, b: DeliveryRow): number {
  return a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

function dueDeliveries(state: State, nowMs: number, limit: number): DeliveryRow[] {
  const waiting = new Map<string, DeliveryRow[]>()
  for (const row of pendingOf(state)) {
    if (row.batch !== undefined) continue
    const key = keyOf(row.project, row.receiver, row.rule, row.groupKey)
    waiting.set(key, [...(waiting.get(key) ?? []), row])
  }
  for (const rows of waiting.values()) {
    if (!rows.some(({ dueAtMs }) => dueAtMs <= nowMs)) continue
    const [first = ''] = rows.map(({ id }) => id).sort()
    for (const row of rows) state.deliveries.set(row.id, { ...row, batch: `m-${first.slice(2)}` })
  }
  const dueAt = new Map<string, number>()
  for (const { batch, dueAtMs } of pendingOf(state)) {
    if (batch !== undefined) dueAt.set(batch, Math.min(dueAtMs, dueAt.get(batch) ?? dueAtMs))
  }
  const due = [...dueAt]
    .filter(([, atMs]) => atMs <= nowMs)
    .sort(([a, aMs], [b, bMs]) => aMs - bMs || (a < b ? -1 : 1))
    .slice(0, limit)
  const batches = new Set(due.map(([batch]) => batch))
  return pendingOf(state)
    .filter(({ batch }) => batch !== undefined && batches.has(batch))
    .sort((a, b) => a.dueAtMs - b.dueAtMs || inOrder(a, b))
}
