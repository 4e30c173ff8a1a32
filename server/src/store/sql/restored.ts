/**
 * Records that a dump brought into another database carry transaction numbers of the old one. Those that the new one
 * has yet to reach would stay out of sight until it does, and cursors would not be in order: they move below all new
 * ones, in the order they have.
 */
import { sql } from 'drizzle-orm'
import { type Database, rowsOf } from './database.ts'

export async function adoptRestoredRecords(database: Database): Promise<void> {
  const [row] = await rowsOf(
    database,
    sql`
    SELECT (newest.txid - pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1)::text AS ahead
    FROM (
      SELECT max(each.txid) AS txid FROM projects
      CROSS JOIN LATERAL (SELECT max(txid) AS txid FROM records WHERE records.project = projects.id) AS each
    ) AS newest`,
  )
  const ahead = BigInt(typeof row?.ahead === 'string' ? row.ahead : 0)
  if (ahead <= 0n) return
  await database.execute(sql`UPDATE records SET txid = txid - ${ahead.toString()}::bigint`)
}
