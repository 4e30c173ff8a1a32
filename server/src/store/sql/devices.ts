import type { Session } from '@ocelli/schemas/messages/session'
import { and, eq, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
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
      const { state, session } = presence
      const heard = state === 'lost' ? sql`heard_at_ms` : sql`${atMs}::bigint`
      const rows = await rowsOf(
        database,
        sql`
        WITH before AS (SELECT project, presence FROM devices WHERE id = ${device} FOR UPDATE),
        changed AS (
          UPDATE devices SET presence = ${state}, session = ${storableJson(session)}::jsonb,
            presence_at_ms = CASE WHEN devices.presence = ${state} THEN presence_at_ms ELSE ${atMs}::bigint END,
            known_presence = ${state},
            known_at_ms = CASE WHEN known_presence = ${state} THEN known_at_ms ELSE ${atMs}::bigint END,
            heard_at_ms = ${heard}
          FROM before WHERE id = ${device} AND ${notStale(session, [devices.session])}
          RETURNING id
        ), noted AS (
          INSERT INTO device_history (project, device, at_ms, kind, detail)
          SELECT project, ${device}, ${atMs}, 'presence', jsonb_build_object('state', ${state}::text) FROM before, changed
          WHERE presence <> ${state}
        )
        SELECT id FROM changed`,
      )
      return rows.length > 0
    },
    forgetPresence: async (atMs) => {
      await database.execute(sql`
        WITH changed AS (
          UPDATE devices SET presence = 'unknown', presence_at_ms = ${atMs}
          WHERE presence NOT IN ('offline', 'unknown') RETURNING id, project
        )
        INSERT INTO device_history (project, device, at_ms, kind, detail)
        SELECT project, id, ${atMs}, 'presence', '{"state":"unknown"}' FROM changed`)
    },
    recordInventory: async (device, inventory, atMs) => {
      const fresh = notStale(inventory.session, [devices.session, sql`${devices.inventory} -> 'session'`])
      const json = sql`${storableJson(inventory)}::jsonb`
      const [row] = await rowsOf(
        database,
        sql`
        WITH before AS (SELECT inventory FROM devices WHERE id = ${device} FOR UPDATE)
        UPDATE devices SET inventory = ${json}, inventory_at_ms = ${atMs}, heard_at_ms = ${atMs}
        FROM before WHERE devices.id = ${device} AND ${fresh}
        RETURNING before.inventory IS NULL OR ${facts(sql`before.inventory`)} <> ${facts(json)} AS changed`,
      )
      return row === undefined ? { accepted: false, changed: false } : { accepted: true, changed: row.changed === true }
    },
    recordReported: async (device, reported, atMs) => {
      const fresh = notStale(reported.session, [devices.session, sql`${devices.reported} -> 'session'`])
      const rows = await rowsOf(
        database,
        sql`
        WITH new AS MATERIALIZED (SELECT ${storableJson(reported)}::jsonb AS reported),
        before AS (SELECT project, reported FROM devices WHERE id = ${device} FOR UPDATE),
        changed AS (
          UPDATE devices SET reported = new.reported, reported_at_ms = ${atMs}, heard_at_ms = ${atMs}
          FROM before, new WHERE id = ${device} AND ${fresh} RETURNING id
        ), noted AS (
          INSERT INTO device_history (project, device, at_ms, kind, instance, detail)
          SELECT before.project, ${device}, ${atMs}, 'instance', coalesce(a ->> 'id', b ->> 'id'),
            CASE WHEN a IS NULL THEN '{"state":"removed"}'::jsonb ELSE ${instanceFacts(sql`a`)} END
          FROM changed, before, new
          CROSS JOIN LATERAL (
            SELECT one.value AS a, other.value AS b FROM jsonb_array_elements(new.reported -> 'instances') AS one
            FULL JOIN jsonb_array_elements(before.reported -> 'instances') AS other
              ON one.value ->> 'id' = other.value ->> 'id'
          ) AS pair
          WHERE ${instanceTraits(sql`a`)} IS DISTINCT FROM ${instanceTraits(sql`b`)}
        )
        SELECT id FROM changed`,
      )
      return rows.length > 0
    },
  }
}

export function desiredRow(row: typeof desired.$inferSelect): DesiredRow {
  const { epoch, counter, ...rest } = row
  return { ...rest, generation: { epoch, counter } }
}

/** Without what only queries read. */
export function deviceRow(row: {
  readonly devices: typeof devices.$inferSelect
  readonly desired: typeof desired.$inferSelect | null
}): DeviceRow {
  const { knownPresence, knownAtMs, heardAtMs, ...rest } = row.devices
  const { agentVersion, model, simulated, interfaces, failing, running, healthy, ...some } = rest
  const { reportedGeneration, reportedTrustVersion, ...device } = some
  return { ...present(device), ...(row.desired && { desired: desiredRow(row.desired) }) } as DeviceRow
}

async function selectDevices(database: Database, where: SQL | undefined): Promise<DeviceRow[]> {
  const rows = await database
    .select()
    .from(devices)
    .leftJoin(desired, eq(desired.device, devices.id))
    .where(where)
    .orderBy(devices.id)
  return rows.map(deviceRow)
}

/** `isStale` in SQL: true where no session that was heard is newer. */
function notStale({ start, certificate }: Session, heard: readonly SQLWrapper[]): SQL {
  const newer = heard.map(
    (session) => sql`coalesce(
      ((${session} ->> 'certificate')::bigint, (${session} ->> 'start')::bigint) > (${certificate}::bigint, ${start}::bigint),
      false)`,
  )
  return sql`NOT (${sql.join(newer, sql` OR `)})`
}

/** What `factsDiffer` compares; jsonb compares values, whatever the order of their keys. */
function facts(inventory: SQL): SQL {
  const each = SCHEDULED_FACTS.map((fact) => sql`${inventory} -> ${sql.raw(`'${fact}'`)}`)
  return sql`jsonb_build_array(${sql.join(each, sql`, `)})`
}

/** What a timeline tells of an instance: the same as `instanceFacts` of the store's rules. */
function instanceFacts(instance: SQL): SQL {
  const fields = ['state', 'revision', 'healthy', 'restarts', 'exitCode', 'error'].map(
    (name) => sql`${sql.raw(`'${name}'`)}, ${instance} -> ${sql.raw(`'${name}'`)}`,
  )
  return sql`jsonb_strip_nulls(jsonb_build_object(${sql.join(fields, sql`, `)}))`
}

/** A report that changes none of these is not told. */
function instanceTraits(instance: SQL): SQL {
  return sql`jsonb_build_array(${instance} -> 'state', ${instance} -> 'revision', ${instance} -> 'healthy', ${instance} -> 'restarts')`
}
