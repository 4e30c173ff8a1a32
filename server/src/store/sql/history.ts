/** Devices by what they can be filtered by, and what happened to one. */

import { OcelliError } from '@ocelli/schemas/errors'
import type { ProjectId } from '@ocelli/schemas/ids'
import { eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { AuditRow, DesiredRow, DeviceRow } from '../../domain/records.ts'
import { desiredFacts } from '../device-facts.ts'
import type { DeviceFactRow, DeviceFilter, HistoryRow, HistoryStore } from '../monitoring.ts'
import { storableJson, storableText } from '../storable.ts'
import { chunksOf, type Database, present, type Row, rowsOf } from './database.ts'
import { deviceRow } from './devices.ts'
import { desired, devices } from './schema.ts'

export function historyStore(database: Database): HistoryStore {
  return {
    findDevices: async (filter) => {
      const [found] = await rowsOf(
        database,
        sql`
        WITH matching AS MATERIALIZED (
          SELECT devices.id, name, presence FROM devices LEFT JOIN desired ON desired.device = devices.id
          WHERE ${sql.join(conditions(filter), sql` AND `)}
        )
        SELECT (SELECT count(*) FROM matching) AS total,
          ARRAY(SELECT id FROM matching ${filter.after === undefined ? sql`` : sql`WHERE id > ${filter.after}`}
            ORDER BY ${ORDERS[filter.sort]} LIMIT ${filter.limit} OFFSET ${filter.offset}) AS ids`,
      )
      const ids = Array.isArray(found?.ids) ? found.ids.map(String) : []
      return { rows: await devicesById(database, ids), total: Number(found?.total ?? 0) }
    },
    deviceFacts: async (project) => {
      const rows = await rowsOf(
        database,
        sql`
        SELECT id, name, labels, presence, presence_at_ms, known_presence, known_at_ms, heard_at_ms, agent_version,
          model, simulated, interfaces, failing, ${CONVERGED} AS converged
        FROM devices LEFT JOIN desired ON desired.device = devices.id WHERE devices.project = ${project} ORDER BY id`,
      )
      return rows.map(factRow)
    },
    deviceHistory: async (device, { kinds, fromMs, toMs, limit }) => {
      const only = kinds === undefined ? sql`` : sql`AND kind IN (${list(kinds)})`
      const since = fromMs === undefined ? sql`` : sql`AND at_ms >= ${fromMs}`
      const rows = await rowsOf(
        database,
        sql`
        SELECT id, device, at_ms AS "atMs", kind, instance, detail FROM device_history
        WHERE device = ${device} AND at_ms <= ${toMs} ${since} ${only} ORDER BY at_ms DESC, id DESC LIMIT ${limit}`,
      )
      return rows.map(historyRow)
    },
    deviceAudit: async (project, { id, name }, { fromMs, toMs, limit }) => {
      const since = fromMs === undefined ? sql`` : sql`AND at_ms >= ${fromMs}`
      const rows = await rowsOf(
        database,
        sql`
        SELECT id, at_ms AS "atMs", project, actor, action, subject, detail FROM audit
        WHERE project = ${project} AND (subject IN (${id}, ${name}) OR detail ->> 'device' = ${id})
          AND at_ms <= ${toMs} ${since} ORDER BY at_ms DESC, id DESC LIMIT ${limit}`,
      )
      return rows.map(auditRow)
    },
  }
}

/** Adds new desired states to the history of their devices. */
export async function noteDesired(tx: Database, project: ProjectId, rows: readonly DesiredRow[]): Promise<void> {
  for (const chunk of chunksOf(rows)) {
    const notes = chunk.map((row) => ({ device: row.device, at: row.issuedAtMs, detail: desiredFacts(row) }))
    await tx.execute(sql`
      INSERT INTO device_history (project, device, at_ms, kind, detail)
      SELECT ${project}, device, at, 'desired', detail
      FROM json_to_recordset(${storableJson(notes)}::json) AS n (device text, at bigint, detail jsonb)`)
  }
}

/** Those that need somebody come first. */
const PRESENCE_ORDER = sql`array_position(ARRAY['lost', 'unknown', 'offline', 'online'], presence)`
const ORDERS: Readonly<Record<DeviceFilter['sort'], SQL>> = {
  id: sql`id`,
  name: sql`name, id`,
  '-name': sql`name DESC, id DESC`,
  presence: sql`${PRESENCE_ORDER}, name, id`,
  '-presence': sql`${PRESENCE_ORDER} DESC, name DESC, id DESC`,
}

/** As `isConverged`: it runs what it should, or should run nothing and was never told. */
export const CONVERGED = sql`(desired.device IS NULL OR coalesce(
  reported_generation = jsonb_build_object('epoch', desired.epoch, 'counter', desired.counter)
  AND reported_trust_version >= desired.trust_version, false))`
export const FAILING = sql`coalesce(jsonb_array_length(failing), 0) > 0`
const HEALTH = {
  healthy: sql`(${CONVERGED} AND NOT ${FAILING})`,
  degraded: FAILING,
  notConverged: sql`NOT ${CONVERGED}`,
} as const

function conditions(filter: DeviceFilter): SQL[] {
  const { project, presence, text, interfaces = [], agentVersion, labels = [], health, ids } = filter
  return [
    sql`devices.project = ${project}`,
    ...(presence === undefined ? [] : [sql`presence IN (${list(presence)})`]),
    ...(text === undefined ? [] : [containing(text)]),
    ...interfaces.map(offering),
    ...(agentVersion === undefined ? [] : [sql`agent_version = ${agentVersion}`]),
    ...labels.map(labelled),
    ...(health === undefined
      ? []
      : [
          sql`(${sql.join(
            health.map((one) => HEALTH[one]),
            sql` OR `,
          )})`,
        ]),
    ...(ids === undefined ? [] : [sql`devices.id IN (SELECT json_array_elements_text(${JSON.stringify(ids)}::json))`]),
  ]
}

function list(values: readonly string[]): SQL {
  if (values.length === 0) throw new OcelliError('request.invalid', 'a filter names nothing')
  return sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  )
}

function containing(text: string): SQL {
  const pattern = `%${storableText(text).replace(/[\\%_]/g, '\\$&')}%`
  return sql`(name ILIKE ${pattern} OR devices.id ILIKE ${pattern} OR model ILIKE ${pattern} OR EXISTS (
    SELECT FROM jsonb_each_text(labels) AS label WHERE label.key || '=' || label.value ILIKE ${pattern}))`
}

/** Without a version: any version of it. */
function offering(name: string): SQL {
  const any = sql`EXISTS (SELECT FROM jsonb_array_elements_text(interfaces) AS one WHERE starts_with(one, ${`${name}@`}::text))`
  return name.includes('@') ? sql`coalesce(jsonb_exists(interfaces, ${name}), false)` : any
}

function labelled(label: string): SQL {
  const at = label.indexOf('=')
  if (at < 0) return sql`jsonb_exists(labels, ${label})`
  return sql`coalesce(labels ->> ${label.slice(0, at)}::text = ${label.slice(at + 1)}, false)`
}

/** In the order of the ids. */
async function devicesById(database: Database, ids: readonly string[]): Promise<DeviceRow[]> {
  if (ids.length === 0) return []
  const rows = await database
    .select()
    .from(devices)
    .leftJoin(desired, eq(desired.device, devices.id))
    .where(inArray(devices.id, sql`(SELECT json_array_elements_text(${JSON.stringify(ids)}::json))`))
  const byId = new Map<string, DeviceRow>(rows.map((row) => [row.devices.id, deviceRow(row)]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

function historyRow(row: Row): HistoryRow {
  return present({
    id: Number(row.id),
    device: row.device as HistoryRow['device'],
    atMs: Number(row.atMs),
    kind: row.kind as HistoryRow['kind'],
    instance: row.instance as NonNullable<HistoryRow['instance']> | null,
    detail: row.detail as HistoryRow['detail'],
  })
}

function auditRow(row: Row): AuditRow & { readonly id: number } {
  return {
    id: Number(row.id),
    atMs: Number(row.atMs),
    project: row.project as AuditRow['project'],
    actor: String(row.actor),
    action: String(row.action),
    subject: String(row.subject),
    detail: row.detail as AuditRow['detail'],
  }
}

function factRow(row: Row): DeviceFactRow {
  const number = (value: unknown) => (value === null ? null : Number(value))
  const text = (value: unknown) => (value === null ? null : String(value))
  return present({
    id: row.id as DeviceFactRow['id'],
    name: String(row.name),
    labels: row.labels as DeviceFactRow['labels'],
    presence: row.presence as DeviceFactRow['presence'],
    presenceAtMs: Number(row.presence_at_ms),
    knownPresence: row.known_presence as DeviceFactRow['presence'] | null,
    knownAtMs: number(row.known_at_ms),
    heardAtMs: number(row.heard_at_ms),
    agentVersion: text(row.agent_version),
    model: text(row.model),
    simulated: row.simulated as boolean | null,
    interfaces: row.interfaces as readonly string[] | null,
    failing: row.failing as NonNullable<DeviceFactRow['failing']> | null,
    converged: row.converged === true,
  })
}
