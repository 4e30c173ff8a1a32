/** Alert rules, alerts, and the outbox of messages about them. */
import type { ProjectId } from '@ocelli/schemas/ids'
import { and, asc, desc, eq, gte, inArray, lt, lte, ne, type SQL, sql } from 'drizzle-orm'
import type { AlertRow, AlertRuleRow, DeliveryRow, ReceiverRow } from '../../domain/alerts.ts'
import type { AlertStore } from '../monitoring.ts'
import { storableJson } from '../storable.ts'
import { chunksOf, type Database, present, rowsOf } from './database.ts'
import { knowProject, writeAudit } from './identity.ts'
import { alertRules, alerts, deliveries, receivers } from './schema.ts'

export function alertStore(database: Database): AlertStore {
  return {
    ...ruleStore(database),
    ...deliveryStore(database),
    alerts: async ({ project, states, severities, rule, device, fromMs, toMs, after, limit }) =>
      database
        .select()
        .from(alerts)
        .where(
          and(
            eq(alerts.project, project),
            states && inArray(alerts.state, [...states]),
            severities && inArray(alerts.severity, [...severities]),
            rule === undefined ? undefined : eq(alerts.rule, rule),
            device && eq(alerts.device, device),
            fromMs === undefined ? undefined : gte(alerts.sinceMs, fromMs),
            toMs === undefined ? undefined : lt(alerts.sinceMs, toMs),
            after && sql`(${alerts.sinceMs}, ${alerts.id}) < (${after.sinceMs}::bigint, ${after.id}::text)`,
          ),
        )
        .orderBy(desc(alerts.sinceMs), desc(alerts.id))
        .limit(limit),
    alert: async (id) => (await database.select().from(alerts).where(eq(alerts.id, id)))[0],
    openAlerts: async (project) =>
      database
        .select()
        .from(alerts)
        .where(and(eq(alerts.project, project), ne(alerts.state, 'resolved')))
        .orderBy(asc(alerts.rule), asc(alerts.subject)),
    commitAlerts: async ({ alerts: rows, remove, deliveries: outbox, audit }) => {
      try {
        await database.transaction(async (tx) => {
          await putAlerts(tx, rows)
          for (const chunk of chunksOf(remove)) {
            await tx.delete(alerts).where(and(inArray(alerts.id, chunk), eq(alerts.state, 'pending')))
          }
          await putDeliveries(tx, outbox)
          await writeAudit(tx, audit)
        })
        return 'committed'
      } catch (error) {
        if (error instanceof Stale) return 'stale'
        throw error
      }
    },
  }
}

class Stale extends Error {}

async function putAlerts(tx: Database, rows: readonly AlertRow[]): Promise<void> {
  for (const chunk of chunksOf(rows)) {
    const values = sql`json_to_recordset(${storableJson(chunk)}::json) AS n (id text, project text, rule text,
      subject text, state text, severity text, device text, "sinceMs" bigint, version bigint, alert jsonb)`
    const added = await rowsOf(
      tx,
      sql`
      INSERT INTO alerts (id, project, rule, subject, state, severity, device, since_ms, version, alert)
      SELECT id, project, rule, subject, state, severity, device, "sinceMs", version, alert FROM ${values}
      WHERE version = 1 ORDER BY id COLLATE "C" ON CONFLICT DO NOTHING RETURNING id`,
    )
    const changed = await rowsOf(
      tx,
      sql`
      UPDATE alerts SET state = n.state, severity = n.severity, version = n.version, alert = n.alert FROM ${values}
      WHERE alerts.id = n.id AND alerts.version = n.version - 1 AND n.version > 1 RETURNING alerts.id`,
    )
    if (added.length + changed.length < chunk.length) throw new Stale()
  }
}

async function putDeliveries(tx: Database, rows: readonly DeliveryRow[]): Promise<void> {
  if (rows.length > 0)
    await tx
      .insert(deliveries)
      .values([...rows])
      .onConflictDoNothing()
}

type RuleStore = Pick<AlertStore, 'alertRules' | 'putAlertRule' | 'deleteAlertRule' | 'muteAlertRule'>

function ruleStore(database: Database): RuleStore {
  const named = (project: ProjectId, name: string) => and(eq(alertRules.project, project), eq(alertRules.name, name))
  return {
    alertRules: async (project) => {
      const rows = await database
        .select()
        .from(alertRules)
        .where(eq(alertRules.project, project))
        .orderBy(alertRules.name)
      return rows.map((row) => present(row) as AlertRuleRow)
    },
    putAlertRule: async ({ project, name, spec }, atMs, audit) =>
      database.transaction(async (tx) => {
        await knowProject(tx, project)
        const rows = await rowsOf(
          tx,
          sql`
          INSERT INTO alert_rules AS held (project, name, spec, created_at_ms, updated_at_ms)
          VALUES (${project}, ${name}, ${storableJson(spec)}::jsonb, ${atMs}, ${atMs})
          ON CONFLICT (project, name) DO UPDATE SET spec = excluded.spec, updated_at_ms = excluded.updated_at_ms
          WHERE held.spec <> excluded.spec RETURNING name`,
        )
        if (rows.length > 0) await writeAudit(tx, [audit])
        return rows.length > 0
      }),
    deleteAlertRule: async (project, name, atMs, audit) =>
      database.transaction(async (tx) => {
        const deleted = await tx.delete(alertRules).where(named(project, name)).returning({ name: alertRules.name })
        if (deleted.length === 0) return false
        await tx.execute(sql`
          UPDATE alerts SET state = 'resolved', version = version + 1,
            alert = alert || jsonb_build_object('resolvedAtMs', ${atMs}::bigint)
          WHERE project = ${project} AND rule = ${name} AND state = 'firing'`)
        await tx.execute(sql`DELETE FROM alerts WHERE project = ${project} AND rule = ${name} AND state = 'pending'`)
        await writeAudit(tx, [audit])
        return true
      }),
    muteAlertRule: async (project, name, until, audit) =>
      database.transaction(async (tx) => {
        const set = { mutedUntilMs: until?.atMs ?? null, mutedBy: until?.by ?? null }
        const changed = await tx.update(alertRules).set(set).where(named(project, name)).returning()
        if (changed.length > 0) await writeAudit(tx, [audit])
        return changed.length > 0
      }),
  }
}

type DeliveryStore = Omit<AlertStore, keyof RuleStore | 'alerts' | 'alert' | 'openAlerts' | 'commitAlerts'>

function deliveryStore(database: Database): DeliveryStore {
  const select = async (where: SQL | undefined, limit: number) => {
    const query = database.select().from(deliveries).where(where)
    const rows = await query.orderBy(desc(deliveries.createdAtMs), desc(deliveries.id)).limit(limit)
    return rows.map((row) => present(row) as DeliveryRow)
  }
  return {
    receivers: async (project): Promise<ReceiverRow[]> =>
      database.select().from(receivers).where(eq(receivers.project, project)).orderBy(receivers.name),
    putReceiver: async (row, audit) => {
      await database.transaction(async (tx) => {
        await knowProject(tx, row.project)
        const { url, sealed } = row
        const target = [receivers.project, receivers.name]
        await tx.insert(receivers).values(row).onConflictDoUpdate({ target, set: { url, sealed } })
        await writeAudit(tx, [audit])
      })
    },
    deleteReceiver: async (project, name, audit) =>
      database.transaction(async (tx) => {
        const where = and(eq(receivers.project, project), eq(receivers.name, name))
        if ((await tx.delete(receivers).where(where).returning({ name: receivers.name })).length === 0) return false
        await tx
          .update(deliveries)
          .set({ state: 'dead', lastError: 'the receiver was deleted' })
          .where(and(eq(deliveries.project, project), eq(deliveries.receiver, name), eq(deliveries.state, 'pending')))
        await writeAudit(tx, [audit])
        return true
      }),
    deliveries: async (project, { states, receiver, after, limit }) => {
      const last = after === undefined ? undefined : (await select(eq(deliveries.id, after), 1))[0]
      return select(
        and(
          eq(deliveries.project, project),
          states && inArray(deliveries.state, [...states]),
          receiver === undefined ? undefined : eq(deliveries.receiver, receiver),
          last && sql`(${deliveries.createdAtMs}, ${deliveries.id}) < (${last.createdAtMs}::bigint, ${last.id}::text)`,
        ),
        limit,
      )
    },
    delivery: async (id) => (await select(eq(deliveries.id, id), 1))[0],
    dueDeliveries: async (nowMs, limit) =>
      database.transaction(async (tx) => {
        // A message is made of all that wait for the same, once the first of them is due; its parts never change again.
        await tx.execute(sql`
          UPDATE deliveries SET batch = parts.message
          FROM (
            SELECT project, receiver, rule, group_key, 'm-' || substr(min(id), 3) AS message, min(due_at_ms) AS due_at_ms
            FROM deliveries WHERE state = 'pending' AND batch IS NULL
            GROUP BY project, receiver, rule, group_key
          ) AS parts
          WHERE state = 'pending' AND batch IS NULL AND parts.due_at_ms <= ${nowMs}
            AND (deliveries.project, deliveries.receiver, deliveries.rule, deliveries.group_key)
              = (parts.project, parts.receiver, parts.rule, parts.group_key)`)
        const rows = await tx
          .select()
          .from(deliveries)
          .where(
            and(
              eq(deliveries.state, 'pending'),
              sql`${deliveries.batch} IN (
                SELECT batch FROM deliveries WHERE state = 'pending' AND batch IS NOT NULL
                GROUP BY batch HAVING min(due_at_ms) <= ${nowMs} ORDER BY min(due_at_ms), batch LIMIT ${limit})`,
            ),
          )
          .orderBy(deliveries.dueAtMs, deliveries.createdAtMs, deliveries.id)
        return rows.map((row) => present(row) as DeliveryRow)
      }),
    nextDelivery: async () => {
      const [row] = await rowsOf(database, sql`SELECT min(due_at_ms) AS at FROM deliveries WHERE state = 'pending'`)
      return row?.at == null ? undefined : Number(row.at)
    },
    settleDeliveries: async (batch, outcome) => {
      const set =
        outcome.state === 'delivered'
          ? { state: outcome.state, deliveredAtMs: outcome.atMs, lastError: null }
          : outcome.state === 'pending'
            ? { dueAtMs: outcome.dueAtMs, lastError: outcome.error }
            : { state: outcome.state, lastError: outcome.error }
      await database
        .update(deliveries)
        .set({ ...set, attempts: sql`${deliveries.attempts} + 1` })
        .where(and(eq(deliveries.batch, batch), eq(deliveries.state, 'pending')))
    },
    retryDelivery: async (id, nowMs, audit) =>
      database.transaction(async (tx) => {
        const changed = await tx
          .update(deliveries)
          .set({ state: 'pending', dueAtMs: nowMs, attempts: 0, lastError: null })
          .where(and(eq(deliveries.id, id), eq(deliveries.state, 'dead'), lte(deliveries.createdAtMs, nowMs)))
          .returning({ id: deliveries.id })
        if (changed.length > 0) await writeAudit(tx, [audit])
        return changed.length > 0
      }),
  }
}
