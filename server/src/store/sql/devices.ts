import type { DeviceId } from '@ocelli/schemas/ids'
import { and, eq, notInArray, type SQL } from 'drizzle-orm'
import type { DesiredRow, DeviceRow } from '../../domain/records.ts'
import { factsDiffer, isStale } from '../device-facts.ts'
import type { DeviceStore } from '../store.ts'
import { type Database, present } from './database.ts'
import { desired, devices } from './schema.ts'

export function deviceStore(database: Database): DeviceStore {
  return {
    devices: (project) => selectDevices(database, eq(devices.project, project)),
    device: async (id) => (await selectDevices(database, eq(devices.id, id)))[0],
    deviceByName: async (project, name) =>
      (await selectDevices(database, and(eq(devices.project, project), eq(devices.name, name))))[0],
    recordPresence: (device, presence, atMs) =>
      database.transaction(async (tx) => {
        const row = await lockDevice(tx, device)
        if (row === undefined || isStale(presence.session, row.session)) return false
        const change = { presence: presence.state, presenceAtMs: atMs, session: presence.session }
        await tx.update(devices).set(change).where(eq(devices.id, device))
        return true
      }),
    forgetPresence: async (atMs) => {
      await database
        .update(devices)
        .set({ presence: 'unknown', presenceAtMs: atMs })
        .where(notInArray(devices.presence, ['offline', 'unknown']))
    },
    recordInventory: (device, inventory, atMs) =>
      database.transaction(async (tx) => {
        const row = await lockDevice(tx, device)
        if (row === undefined || isStale(inventory.session, row.session, row.inventory?.session)) {
          return { accepted: false, changed: false }
        }
        const changed = factsDiffer(row.inventory, inventory)
        await tx.update(devices).set({ inventory, inventoryAtMs: atMs }).where(eq(devices.id, device))
        return { accepted: true, changed }
      }),
    recordReported: (device, reported, atMs) =>
      database.transaction(async (tx) => {
        const row = await lockDevice(tx, device)
        if (row === undefined || isStale(reported.session, row.session, row.reported?.session)) return false
        await tx.update(devices).set({ reported, reportedAtMs: atMs }).where(eq(devices.id, device))
        return true
      }),
  }
}

export function desiredRow(row: typeof desired.$inferSelect): DesiredRow {
  const { epoch, counter, ...rest } = row
  return { ...rest, generation: { epoch, counter } }
}

async function selectDevices(database: Database, where: SQL | undefined): Promise<DeviceRow[]> {
  const rows = await database
    .select()
    .from(devices)
    .leftJoin(desired, eq(desired.device, devices.id))
    .where(where)
    .orderBy(devices.id)
  return rows.map((row) => ({
    ...present(row.devices),
    ...(row.desired && { desired: desiredRow(row.desired) }),
  })) as DeviceRow[]
}

async function lockDevice(tx: Database, device: DeviceId) {
  const [row] = await tx.select().from(devices).where(eq(devices.id, device)).for('update')
  return row === undefined ? undefined : present(row)
}
