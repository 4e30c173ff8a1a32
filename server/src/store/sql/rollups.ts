/**
 * Sums of measurements by minute and by hour. Each step adds the next records of one project in order of commit and
 * moves the project's cursor over them in the same transaction, so a step that is cut off never was, one that runs
 * twice finds nothing left, and a record that arrives late goes to the minute in which it was observed.
 */
import type { ProjectId } from '@ocelli/schemas/ids'
import { type SQL, sql } from 'drizzle-orm'
import { type Database, rowsOf } from './database.ts'
import { HORIZON, inOrderOfCommit } from './telemetry.ts'

/** Answers how many records were added to the sums. */
export async function rollUpProject(
  database: Database,
  project: ProjectId,
  limit: number,
  nowMs: number,
): Promise<number> {
  return database.transaction(async (tx) => {
    const start = sql`INSERT INTO rollups (project, txid, row, complete_to_ms) VALUES (${project}, -1000000000000000000, 0, 0)`
    await tx.execute(sql`${start} ON CONFLICT DO NOTHING`)
    // One replica at a time: the others find the cursor moved.
    const [held] = await rowsOf(
      tx,
      sql`SELECT txid::text AS txid, row, ${HORIZON}::text AS horizon FROM rollups WHERE project = ${project} FOR UPDATE`,
    )
    if (held === undefined) return 0
    await inOrderOfCommit(tx)
    const [added] = await rowsOf(
      tx,
      sql`
      WITH page AS MATERIALIZED (
        SELECT txid, row, device, instance, name, shadow, deployment, unit, value, observed_at_ms FROM records
        WHERE project = ${project} AND kind = 'measurement' AND txid < ${held.horizon}::bigint
          AND (txid, row) > (${held.txid}::bigint, ${held.row}::integer)
        ORDER BY txid, row LIMIT ${limit}
      ), by_minute AS (${summing('minutes', 60_000, project)}), by_hour AS (${summing('hours', 3_600_000, project)}),
      newest AS (SELECT txid, row FROM page ORDER BY txid DESC, row DESC LIMIT 1)
      SELECT (SELECT count(*) FROM page) AS count, txid::text AS txid, row FROM newest`,
    )
    const count = Number(added?.count ?? 0)
    if (added !== undefined) {
      await tx.execute(
        sql`UPDATE rollups SET txid = ${added.txid}::bigint, row = ${added.row} WHERE project = ${project}`,
      )
    }
    // A whole page says that more may wait: nothing is known yet of the time up to which all is in.
    if (count < limit) {
      await tx.execute(
        sql`UPDATE rollups SET complete_to_ms = greatest(complete_to_ms, ${nowMs}::bigint) WHERE project = ${project}`,
      )
    }
    return count
  })
}

/** Adds the page to one of the two tables. In an ORDER BY of the key, so that replicas never wait in a circle. */
function summing(table: 'minutes' | 'hours', intervalMs: number, project: ProjectId): SQL {
  const to = sql.raw(table)
  const interval = sql.raw(String(intervalMs))
  return sql`
    INSERT INTO ${to} AS held (device, instance, name, shadow, bucket_ms, project, deployment, unit, count, sum, min, max,
      last, last_at_ms)
    SELECT device, instance, name, shadow, observed_at_ms - observed_at_ms % ${interval} AS bucket, ${project},
      max(deployment), max(unit), count(*), sum(value), min(value), max(value),
      (array_agg(value ORDER BY observed_at_ms DESC, txid DESC, row DESC))[1], max(observed_at_ms)
    FROM page GROUP BY device, instance, name, shadow, bucket
    ON CONFLICT (device, instance, name, shadow, bucket_ms) DO UPDATE SET
      deployment = coalesce(excluded.deployment, held.deployment), unit = excluded.unit,
      count = held.count + excluded.count, sum = held.sum + excluded.sum,
      min = least(held.min, excluded.min), max = greatest(held.max, excluded.max),
      last = CASE WHEN excluded.last_at_ms >= held.last_at_ms THEN excluded.last ELSE held.last END,
      last_at_ms = greatest(held.last_at_ms, excluded.last_at_ms)`
}
