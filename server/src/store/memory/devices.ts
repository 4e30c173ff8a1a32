import type { DeviceId, ProjectId } from '@ocelli/schemas/ids'
import { isOlderSession } from '@ocelli/schemas/messages/session'
import type { DeviceRow } from '../../domain/records.ts'
import { factsDiffer, isStale } from '../device-facts.ts'
import type { Transact } from '../memory.ts'
import { storable } from '../storable.ts'
import type { DeviceStore } from '../store.ts'
import { noteChanges } from './history.ts'
import { byText, deviceRow, type State } from './state.ts'

export function deviceStore(transact: Transact): DeviceStore {
  return {
    devices: (project) => transact((state) => rowsOf(state, project)),
    device: (id) => transact((state) => deviceRow(state, id)),
    deviceByName: (project, name) =>
      transact((state) => {
        for (const device of state.devices.values()) {
          if (device.project === project && device.name === name) return deviceRow(state, device.id)
        }
        return undefined
      }),
    recordPresence: (heard, atMs) =>
      transact((state) => {
        const taken = new Map<DeviceId, { readonly changed: boolean }>()
        for (const { device, message } of heard) {
          const row = state.devices.get(device)
          if (row === undefined || isStale(message.session, row.session)) continue
          const presenceAtMs = row.presence === message.state ? row.presenceAtMs : atMs
          const known = state.deviceKnown.get(device)
          state.deviceKnown.set(device, {
            ...known,
            knownPresence: message.state,
            knownAtMs: known?.knownPresence === message.state ? (known.knownAtMs ?? atMs) : atMs,
            ...(message.state !== 'lost' && { heardAtMs: atMs }),
          })
          replace(state, device, { presence: message.state, presenceAtMs, session: { ...message.session } }, atMs)
          const isNew = row.session === undefined || isOlderSession(row.session, message.session)
          taken.set(device, { changed: isNew || row.presence !== message.state })
        }
        return taken
      }),
    forgetPresence: (atMs) =>
      transact((state) => {
        for (const row of [...state.devices.values()]) {
          if (row.presence === 'offline' || row.presence === 'unknown') continue
          replace(state, row.id, { presence: 'unknown', presenceAtMs: atMs }, atMs)
        }
      }),
    recordInventory: (heard, atMs) =>
      transact((state) => {
        const taken = new Map<DeviceId, { readonly changed: boolean }>()
        for (const { device, message } of heard) {
          const row = state.devices.get(device)
          if (row === undefined || isStale(message.session, row.session, row.inventory?.session)) continue
          taken.set(device, { changed: factsDiffer(row.inventory, message) })
          state.deviceKnown.set(device, { ...state.deviceKnown.get(device), heardAtMs: atMs })
          const inventoryAtMs = laterThan(row.inventoryAtMs, atMs)
          replace(state, device, { inventory: storable(message), inventoryAtMs }, atMs)
        }
        return taken
      }),
    recordReported: (heard, atMs) =>
      transact((state) => {
        const taken = new Set<DeviceId>()
        for (const { device, message } of heard) {
          const row = state.devices.get(device)
          if (row === undefined || isStale(message.session, row.session, row.reported?.session)) continue
          state.deviceKnown.set(device, { ...state.deviceKnown.get(device), heardAtMs: atMs })
          const reportedAtMs = laterThan(row.reportedAtMs, atMs)
          replace(state, device, { reported: storable(message), reportedAtMs }, atMs)
          taken.add(device)
        }
        return taken
      }),
  }
}

function laterThan(beforeMs: number | undefined, atMs: number): number {
  return beforeMs === undefined ? atMs : Math.max(atMs, beforeMs + 1)
}

function replace(state: State, device: DeviceId, change: Partial<DeviceRow>, atMs: number): void {
  const row = state.devices.get(device)
  if (row === undefined) return
  const next = { ...row, ...change }
  state.devices.set(device, next)
  noteChanges(state, row, next, atMs)
}

export function rowsOf(state: State, project: ProjectId): DeviceRow[] {
  return [...state.devices.values()]
    .filter((device) => device.project === project)
    .map((device) => deviceRow(state, device.id) ?? device)
    .sort(byText((device) => device.id))
}
