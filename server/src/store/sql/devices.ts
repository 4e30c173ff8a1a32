import type { Session } from '@ocelli/schemas/messages/session'
import { and, eq, notInArray, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { DesiredRow, DeviceRow } from '../../domain/records.ts'
import { SCHEDULED_FACTS } from '../device-facts.ts'
import { storableJson } from '../storable.ts'
import type { DeviceStore } from '../store.ts'
import { type Database, present, rowsOf } from './database.ts'
import { desired, devices } from './schema.ts'

export function deviceStore(database: Database): DeviceStore {
  return {
    devices: (project) => selectDevices(database, eq(devices.project, project)),
    device: async (id) => (await selectDevices(database, eq(devices.id, id)))[0],
    deviceByName: async (project, name) =>
      (await selectDevices(database, and(eq(devices.project, project), eq(devices.name, name))))[0],
    // One statement each: ten thousand devices that connect at once send three messages each.
    recordPresence: async (device, presence, atMs) => {
      const change = { presence: presence.state, presenceAtMs: atMs, session: presence.session }
      const fresh = notStale(presence.session, [devices.session])
      const where = and(eq(devices.id, device), fresh)
      return (await database.update(devices).set(change).where(where).returning({ id: devices.id })).length > 0
    },
    forgetPresence: async (atMs) => {
      await database
        .update(devices)
        .set({ presence: 'unknown', presenceAtMs: atMs })
        .where(notInArray(devices.presence, ['offline', 'unknown']))
    },
    recordInventory: async (device, inventory, atMs) => {
      const fresh = notStale(inventory.session, [devices.session, sql`${devices.inventory} -> 'session'`])
      const json = sql`${storableJson(inventory)}::jsonb`
      const [row] = await rowsOf(
        database,
        sql`
        WITH before AS (SELECT inventory FROM devices WHERE id = ${device} FOR UPDATE)
        UPDATE devices SET inventory = ${json}, inventory_at_ms = ${atMs}
        FROM before WHERE devices.id = ${device} AND ${fresh}
        RETURNING before.inventory IS NULL OR ${facts(sql`before.inventory`)} <> ${facts(json)} AS changed`,
      )
      return row === undefined ? { accepted: false, changed: false } : { accepted: true, changed: row.changed === true }
    },
    recordReported: async (device, reported, atMs) => {
      const fresh = notStale(reported.session, [devices.session, sql`${devices.reported} -> 'session'`])
      const change = { reported, reportedAtMs: atMs }
      const where = and(eq(devices.id, device), fresh)
      return (await database.update(devices).set(change).where(where).returning({ id: devices.id })).length > 0
    },
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

/** `isStale` in SQL: true where no session that was heard is newer. */
function notStale({ start, certificate }: Session, heard: readonly SQLWrapper[]): SQL {
  const newer = heard.map(
    (session) => sql`coalesce(
      ((${session} ->> 'start')::bigint, (${session} ->> 'certificate')::bigint) > (${start}::bigint, ${certificate}::bigint),
      false)`,
  )
  return sql`NOT (${sql.join(newer, sql` OR `)})`
}

/** What `factsDiffer` compares; jsonb compares values, whatever the order of their keys. */
function facts(inventory: SQL): SQL {
  const each = SCHEDULED_FACTS.map((fact) => sql`${inventory} -> ${sql.raw(`'${fact}'`)}`)
  return sql`jsonb_build_array(${sql.join(each, sql`, `)})`
}
