import type { DeviceId } from '@ocelli/schemas/ids'
import type { DeviceRow } from '../../domain/records.ts'
import { factsDiffer, isStale } from '../device-facts.ts'
import type { Transact } from '../memory.ts'
import { storable } from '../storable.ts'
import type { DeviceStore } from '../store.ts'
import { noteChanges } from './history.ts'
import { byText, deviceRow, type State } from './state.ts'

export function deviceStore(transact: Transact): DeviceStore {
  return {
    devices: (project) =>
      transact((state) =>
        [...state.devices.values()]
          .filter((device) => device.project === project)
          .map((device) => deviceRow(state, device.id) ?? device)
          .sort(byText((device) => device.id)),
      ),
    device: (id) => transact((state) => deviceRow(state, id)),
    deviceByName: (project, name) =>
      transact((state) => {
        for (const device of state.devices.values()) {
          if (device.project === project && device.name === name) return deviceRow(state, device.id)
        }
        return undefined
      }),
    recordPresence: (device, presence, atMs) =>
      transact((state) => {
        const row = state.devices.get(device)
        if (row === undefined || isStale(presence.session, row.session)) return false
        const presenceAtMs = row.presence === presence.state ? row.presenceAtMs : atMs
        const known = state.deviceKnown.get(device)
        state.deviceKnown.set(device, {
          ...known,
          knownPresence: presence.state,
          knownAtMs: known?.knownPresence === presence.state ? (known.knownAtMs ?? atMs) : atMs,
          ...(presence.state !== 'lost' && { heardAtMs: atMs }),
        })
        replace(state, device, { presence: presence.state, presenceAtMs, session: { ...presence.session } }, atMs)
        return true
      }),
    forgetPresence: (atMs) =>
      transact((state) => {
        for (const row of [...state.devices.values()]) {
          if (row.presence === 'offline' || row.presence === 'unknown') continue
          replace(state, row.id, { presence: 'unknown', presenceAtMs: atMs }, atMs)
        }
      }),
    recordInventory: (device, inventory, atMs) =>
      transact((state) => {
        const row = state.devices.get(device)
        if (row === undefined || isStale(inventory.session, row.session, row.inventory?.session)) {
          return { accepted: false, changed: false }
        }
        const changed = factsDiffer(row.inventory, inventory)
        state.deviceKnown.set(device, { ...state.deviceKnown.get(device), heardAtMs: atMs })
        replace(state, device, { inventory: storable(inventory), inventoryAtMs: atMs }, atMs)
        return { accepted: true, changed }
      }),
    recordReported: (device, reported, atMs) =>
      transact((state) => {
        const row = state.devices.get(device)
        if (row === undefined || isStale(reported.session, row.session, row.reported?.session)) return false
        state.deviceKnown.set(device, { ...state.deviceKnown.get(device), heardAtMs: atMs })
        replace(state, device, { reported: storable(reported), reportedAtMs: atMs }, atMs)
        return true
      }),
  }
}

function replace(state: State, device: DeviceId, change: Partial<DeviceRow>, atMs: number): void {
  const row = state.devices.get(device)
  if (row === undefined) return
  const next = { ...row, ...change }
  state.devices.set(device, next)
  noteChanges(state, row, next, atMs)
}
