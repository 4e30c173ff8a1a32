import type { DeviceId } from '@ocelli/schemas/ids'
import { and, eq, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { DesiredRow, DeviceRow } from '../../domain/records.ts'
import { SCHEDULED_FACTS } from '../device-facts.ts'
import { isStorable, storableJson } from '../storable.ts'
import type { DeviceStore, Heard } from '../store.ts'
import { chunksOf, type Database, ONE_MOMENT, present, type Row, rowsOf } from './database.ts'
import { DEVICE_STAMP, type DeviceCache, type HeardRow } from './device-cache.ts'
import { desired, devices } from './schema.ts'

export function deviceStore(database: Database, cache: DeviceCache): DeviceStore {
  return {
    devices: (project) =>
      database.transaction(async (tx) => (await cache.read(tx, project)).map(({ row }) => row), ONE_MOMENT),
    device: async (id) => (await selectDevices(database, eq(devices.id, id)))[0],
    deviceByName: async (project, name) =>
      (await selectDevices(database, and(eq(devices.project, project), eq(devices.name, name))))[0],
    // One statement for many: ten thousand devices that connect at once send three messages each. Rows are locked in
    // one order, and not against those who only refer to them.
    recordPresence: async (heard, atMs) => {
      const found = new Map<DeviceId, { readonly changed: boolean }>()
      for (const chunk of chunksOf(heard, FACTS_CHUNK)) {
        const rows = await rowsOf(
          database,
          sql`
          WITH new AS MATERIALIZED (
            SELECT device, message ->> 'state' AS state, message -> 'session' AS session FROM ${messages(chunk)}
          ), before AS MATERIALIZED (
            SELECT id, project, devices.presence AS old, devices.session AS old_session, state, new.session AS own,
              ${DEVICE_STAMP} AS stamp
            FROM devices JOIN new ON device = id ORDER BY id FOR NO KEY UPDATE OF devices
          ), changed AS (
            UPDATE devices SET presence = before.state, session = own,
              presence_at_ms = CASE WHEN presence = before.state THEN presence_at_ms ELSE ${atMs}::bigint END,
              known_presence = before.state,
              known_at_ms = CASE WHEN known_presence = before.state THEN known_at_ms ELSE ${atMs}::bigint END,
              heard_at_ms = CASE WHEN before.state = 'lost' THEN heard_at_ms ELSE ${atMs}::bigint END
            FROM before WHERE devices.id = before.id AND ${notStale(sql`own`, [devices.session])}
            RETURNING devices.id, presence_at_ms, ${DEVICE_STAMP} AS after
          ), noted AS (
            INSERT INTO device_history (project, device, at_ms, kind, detail)
            SELECT project, id, ${atMs}, 'presence', jsonb_build_object('state', state)
            FROM before JOIN changed USING (id) WHERE old <> state
          )
          SELECT id, old <> state OR old_session IS DISTINCT FROM own AS changed, presence_at_ms AS at_ms, stamp, after
          FROM before JOIN changed USING (id)`,
        )
        for (const { id, changed } of rows) found.set(id as DeviceId, { changed: changed === true })
        noteHeard(cache, chunk, rows, ({ state, session }, presenceAtMs) => ({
          presence: state,
          session,
          presenceAtMs,
        }))
      }
      return found
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
    recordInventory: async (heard, atMs) => {
      const found = new Map<DeviceId, { readonly changed: boolean }>()
      for (const chunk of chunksOf(heard, FACTS_CHUNK)) {
        const rows = await rowsOf(
          database,
          sql`
          WITH new AS MATERIALIZED (SELECT * FROM ${messages(chunk)}), before AS MATERIALIZED (
            SELECT id, devices.inventory AS old, message, ${DEVICE_STAMP} AS stamp FROM devices JOIN new ON device = id
            ORDER BY id FOR NO KEY UPDATE OF devices
          )
          UPDATE devices SET inventory = message, heard_at_ms = ${atMs}, inventory_at_ms = greatest(${atMs}, inventory_at_ms + 1)
          FROM before WHERE devices.id = before.id
            AND ${notStale(sql`message -> 'session'`, [devices.session, sql`${devices.inventory} -> 'session'`])}
          RETURNING devices.id, old IS NULL OR ${facts(sql`old`)} <> ${facts(sql`message`)} AS changed,
            inventory_at_ms AS at_ms, stamp, ${DEVICE_STAMP} AS after`,
        )
        for (const { id, changed } of rows) found.set(id as DeviceId, { changed: changed === true })
        noteHeard(cache, chunk, rows, (inventory, inventoryAtMs) => ({ inventory, inventoryAtMs }))
      }
      return found
    },
    recordReported: async (heard, atMs) => {
      const found = new Set<DeviceId>()
      for (const chunk of chunksOf(heard, FACTS_CHUNK)) {
        const rows = await rowsOf(
          database,
          sql`
          WITH new AS MATERIALIZED (SELECT * FROM ${messages(chunk)}), before AS MATERIALIZED (
            SELECT id, project, devices.reported AS old, message, ${DEVICE_STAMP} AS stamp
            FROM devices JOIN new ON device = id
            ORDER BY id FOR NO KEY UPDATE OF devices
          ), changed AS (
            UPDATE devices SET reported = message, heard_at_ms = ${atMs}, reported_at_ms = greatest(${atMs}, reported_at_ms + 1)
            FROM before WHERE devices.id = before.id
              AND ${notStale(sql`message -> 'session'`, [devices.session, sql`${devices.reported} -> 'session'`])}
            RETURNING devices.id, reported_at_ms, ${DEVICE_STAMP} AS after
          ), noted AS (
            INSERT INTO device_history (project, device, at_ms, kind, instance, detail)
            SELECT project, id, ${atMs}, 'instance', coalesce(a ->> 'id', b ->> 'id'),
              CASE WHEN a IS NULL THEN '{"state":"removed"}'::jsonb ELSE ${instanceFacts(sql`a`)} END
            FROM before JOIN changed USING (id)
            CROSS JOIN LATERAL (
              SELECT one.value AS a, other.value AS b FROM jsonb_array_elements(message -> 'instances') AS one
              FULL JOIN jsonb_array_elements(old -> 'instances') AS other
                ON one.value ->> 'id' = other.value ->> 'id'
            ) AS pair
            WHERE ${instanceTraits(sql`a`)} IS DISTINCT FROM ${instanceTraits(sql`b`)}
          )
          SELECT id, reported_at_ms AS at_ms, stamp, after FROM before JOIN changed USING (id)`,
        )
        for (const { id } of rows) found.add(id as DeviceId)
        noteHeard(cache, chunk, rows, (reported, reportedAtMs) => ({ reported, reportedAtMs }))
      }
      return found
    },
  }
}

/** Messages of devices in one statement: the embedded database runs it in the thread that everything else waits for. */
const FACTS_CHUNK = 500

/** What was written need not be read, unless the database holds other texts. */
function noteHeard<Message>(
  cache: DeviceCache,
  heard: readonly Heard<Message>[],
  rows: readonly Row[],
  saidOf: (message: Message, atMs: number) => HeardRow['said'],
): void {
  const messages = new Map(heard.map(({ device, message }) => [device as string, message]))
  const written = rows.flatMap(({ id, at_ms: atMs, stamp, after }): HeardRow[] => {
    const message = messages.get(String(id))
    if (message === undefined || !isStorable(JSON.stringify(message))) return []
    const said = saidOf(message, Number(atMs))
    return [{ device: id as DeviceId, before: String(stamp), after: String(after), said }]
  })
  cache.noteHeard(written)
}

function messages(heard: readonly Heard<unknown>[]): SQL {
  return sql`json_to_recordset(${storableJson(heard)}::json) AS heard (device text, message jsonb)`
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
function notStale(own: SQL, heard: readonly SQLWrapper[]): SQL {
  const order = (session: SQLWrapper) => sql`((${session} ->> 'certificate')::bigint, (${session} ->> 'start')::bigint)`
  const newer = heard.map((session) => sql`coalesce(${order(session)} > ${order(sql`(${own})`)}, false)`)
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
