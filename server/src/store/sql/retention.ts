/**
 * Drops what is older than its project wants: whole partitions where nobody wants them any more, rows where others
 * still do, and rows of the default partitions. Every step is a transaction of its own and can be the last one.
 */
import type { Retention } from '@ocelli/schemas/api/alert'
import { eq, sql } from 'drizzle-orm'
import type { RangeStore } from '../monitoring.ts'
import { type Database, rowsOf } from './database.ts'
import { writeAudit } from './identity.ts'
import { dropPartition, PARTITIONED, type PartitionedTable, partitionsOf } from './partitions.ts'
import { projects, retention } from './schema.ts'

export function retentionStore(database: Database): Pick<RangeStore, 'retention' | 'putRetention' | 'dropExpired'> {
  return {
    retention: async (project) =>
      (await database.select().from(retention).where(eq(retention.project, project)))[0]?.policy ?? {},
    putRetention: async (project, policy, audit) => {
      await database.transaction(async (tx) => {
        await tx.insert(projects).values({ id: project }).onConflictDoNothing()
        await tx.insert(retention).values({ project, policy }).onConflictDoUpdate({
          target: retention.project,
          set: { policy },
        })
        await writeAudit(tx, [audit])
      })
    },
    dropExpired: async (defaults, nowMs, limit) => {
      const policies = await policiesOf(database, defaults)
      const partitions: string[] = []
      for (const table of PARTITIONED) {
        const longest = Math.max(defaults[table.kept], ...policies.map(({ policy }) => policy[table.kept]))
        for (const partition of await partitionsOf(database, table)) {
          if (partition.toMs > nowMs - longest) break
          await dropPartition(database, partition)
          partitions.push(partition.name)
        }
      }
      let rows = 0
      let more = false
      const count = (deleted: number) => {
        rows += deleted
        more ||= deleted >= limit
      }
      for (const { project, policy } of policies) {
        for (const table of PARTITIONED) {
          const beforeMs = nowMs - policy[table.kept]
          for (const leaf of await leavesBefore(database, table, beforeMs, nowMs)) {
            count(await deleteRows(database, leaf, `project = '${project}' AND ${table.column} < ${beforeMs}`, limit))
          }
        }
        const beforeMs = nowMs - policy.historyMs
        const over = `project = '${project}' AND since_ms < ${beforeMs} AND state = 'resolved'`
        count(await deleteRows(database, 'alerts', over, limit))
        const told = `project = '${project}' AND created_at_ms < ${beforeMs} AND state <> 'pending'`
        count(await deleteRows(database, 'deliveries', told, limit))
      }
      return { partitions, rows, more }
    },
  }
}

async function policiesOf(database: Database, defaults: Retention) {
  const rows = await database
    .select({ project: projects.id, policy: retention.policy })
    .from(projects)
    .leftJoin(retention, eq(retention.project, projects.id))
  return rows.map(({ project, policy }) => ({ project, policy: { ...defaults, ...policy } }))
}

/** Tables with rows that may be older: the default one, and partitions that others keep for longer. */
async function leavesBefore(
  database: Database,
  table: PartitionedTable,
  beforeMs: number,
  nowMs: number,
): Promise<string[]> {
  const partitions = await partitionsOf(database, table)
  const older = partitions.filter(({ fromMs, toMs }) => fromMs < beforeMs && toMs <= nowMs && toMs <= beforeMs)
  return [`${table.table}_default`, ...older.map(({ name }) => name)]
}

/** Answers how many went. `where` is made of names, numbers and project names, which are plain words. */
async function deleteRows(database: Database, table: string, where: string, limit: number): Promise<number> {
  const [row] = await rowsOf(
    database,
    sql.raw(`
    WITH gone AS (
      DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${where} LIMIT ${limit})) RETURNING 1
    ) SELECT count(*) AS count FROM gone`),
  )
  return Number(row?.count ?? 0)
}
