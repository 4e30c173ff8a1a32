/** Devices by what they can be filtered by, and what happened to one. */

import type { DeviceId } from '@ocelli/schemas/ids'
import { compareGenerations } from '@ocelli/schemas/messages/generation'
import type { DesiredRow, DeviceRow } from '../../domain/records.ts'
import { desiredFacts, instanceChanged, instanceFacts } from '../device-facts.ts'
import type { Transact } from '../memory.ts'
import type { DeviceFactRow, DeviceFilter, HistoryRow, HistoryStore } from '../monitoring.ts'
import { storable } from '../storable.ts'
import { byText, deviceRow, type State } from './state.ts'

export function historyStore(transact: Transact): HistoryStore {
  return {
    findDevices: (filter) =>
      transact((state) => {
        const rows = devicesOf(state, filter.project).filter((row) => matches(row, filter))
        const sorted = rows
          .sort(ORDERS[filter.sort])
          .filter(({ id }) => filter.after === undefined || id > filter.after)
        return { rows: sorted.slice(filter.offset, filter.offset + filter.limit), total: rows.length }
      }),
    deviceFacts: (project) =>
      transact((state) =>
        devicesOf(state, project)
          .map((row) => factRow(state, row))
          .sort(byText((row) => row.id)),
      ),
    deviceHistory: (device, { kinds, fromMs = 0, toMs, limit }) =>
      transact((state) =>
        [...state.deviceHistory.values()]
          .map(({ row }) => row)
          .filter((row) => row.device === device && row.atMs >= fromMs && row.atMs <= toMs)
          .filter((row) => kinds === undefined || kinds.includes(row.kind))
          .sort((a, b) => b.atMs - a.atMs || b.id - a.id)
          .slice(0, limit),
      ),
    deviceAudit: (project, { id, name }, { fromMs = 0, toMs, limit }) =>
      transact((state) =>
        state.audit
          .map((row, index) => ({ ...row, id: index + 1 }))
          .filter((row) => row.project === project && row.atMs >= fromMs && row.atMs <= toMs)
          .filter(({ subject, detail }) => subject === id || subject === name || detail.device === id)
          .sort((a, b) => b.atMs - a.atMs || b.id - a.id)
          .slice(0, limit),
      ),
  }
}

/** Adds to a device's history what differs between two states of its row. */
export function noteChanges(state: State, before: DeviceRow, after: DeviceRow, atMs: number): void {
  const { id: device, project } = after
  const note = (row: Omit<HistoryRow, 'id' | 'device' | 'atMs'>) => {
    const id = ++state.historyIds
    state.deviceHistory.set(String(id), { project, row: { id, device, atMs, ...storable(row) } })
  }
  if (before.presence !== after.presence) note({ kind: 'presence', detail: { state: after.presence } })
  if (before.reported === after.reported) return
  const old = new Map(before.reported?.instances.map((instance) => [instance.id, instance]))
  const now = new Map(after.reported?.instances.map((instance) => [instance.id, instance]))
  for (const id of new Set([...now.keys(), ...old.keys()])) {
    const instance = now.get(id)
    if (!instanceChanged(old.get(id), instance)) continue
    note({ kind: 'instance', instance: id, detail: instance ? instanceFacts(instance) : { state: 'removed' } })
  }
}

/** Adds a new desired state to a device's history. */
export function noteDesired(state: State, desired: DesiredRow): void {
  const { device } = desired
  const project = state.devices.get(device)?.project
  if (project === undefined) return
  const id = ++state.historyIds
  const row = {
    id,
    device,
    atMs: desired.issuedAtMs,
    kind: 'desired',
    detail: storable(desiredFacts(desired)),
  } as const
  state.deviceHistory.set(String(id), { project, row })
}

export function devicesOf(state: State, project: string): DeviceRow[] {
  return [...state.devices.values()]
    .filter((row) => row.project === project)
    .flatMap((row) => deviceRow(state, row.id) ?? [])
}

const PRESENCE_ORDER = ['lost', 'unknown', 'offline', 'online']
type Order = (a: DeviceRow, b: DeviceRow) => number
const byId: Order = byText((row) => row.id)
const byName: Order = (a, b) => byText<DeviceRow>((row) => row.name)(a, b) || byId(a, b)
const byPresence: Order = (a, b) =>
  PRESENCE_ORDER.indexOf(a.presence) - PRESENCE_ORDER.indexOf(b.presence) || byName(a, b)
const ORDERS: Readonly<Record<DeviceFilter['sort'], Order>> = {
  id: byId,
  name: byName,
  '-name': (a, b) => byName(b, a),
  presence: byPresence,
  '-presence': (a, b) => byPresence(b, a),
}

export const FAILING: ReadonlySet<string> = new Set(['backoff', 'crashLoop', 'refused'])

export function failingOf({ reported }: DeviceRow) {
  return reported?.instances.filter(({ state }) => FAILING.has(state))
}

export function isConverged({ desired, reported }: DeviceRow): boolean {
  if (desired === undefined) return true
  if (reported?.generation === undefined) return false
  return (
    compareGenerations(reported.generation, desired.generation) === 0 && reported.trustVersion >= desired.trustVersion
  )
}

function matches(row: DeviceRow, filter: DeviceFilter): boolean {
  const { presence, text, interfaces = [], agentVersion, labels = [], health, ids } = filter
  const offered = row.inventory?.interfaces.map(({ name }) => name) ?? []
  const healthOf = {
    healthy: () => isConverged(row) && !failingOf(row)?.length,
    degraded: () => (failingOf(row)?.length ?? 0) > 0,
    notConverged: () => !isConverged(row),
  }
  return (
    (presence === undefined || presence.includes(row.presence)) &&
    (text === undefined || textsOf(row).some((one) => one.toLowerCase().includes(text.toLowerCase()))) &&
    interfaces.every((name) =>
      offered.some((one) => one === name || (!name.includes('@') && one.startsWith(`${name}@`))),
    ) &&
    (agentVersion === undefined || row.inventory?.agent.version === agentVersion) &&
    labels.every((label) => hasLabel(row, label)) &&
    (health === undefined || health.some((one) => healthOf[one]())) &&
    (ids === undefined || ids.includes(row.id))
  )
}

function textsOf({ id, name, labels, inventory }: DeviceRow): string[] {
  const model = inventory?.platform.model
  return [
    id,
    name,
    ...(model === undefined ? [] : [model]),
    ...Object.entries(labels).map(([key, value]) => `${key}=${value}`),
  ]
}

function hasLabel({ labels }: DeviceRow, label: string): boolean {
  const at = label.indexOf('=')
  if (at < 0) return Object.hasOwn(labels, label)
  return labels[label.slice(0, at)] === label.slice(at + 1)
}

function factRow(state: State, row: DeviceRow): DeviceFactRow {
  const { id, name, labels, presence, presenceAtMs, inventory } = row
  const failing = failingOf(row)
  return {
    id,
    name,
    labels,
    presence,
    presenceAtMs,
    ...state.deviceKnown.get(id as DeviceId),
    ...(inventory && {
      agentVersion: inventory.agent.version,
      model: inventory.platform.model,
      simulated: inventory.platform.simulated,
      interfaces: inventory.interfaces.map((one) => one.name),
    }),
    ...(failing && { failing }),
    converged: isConverged(row),
  }
}
