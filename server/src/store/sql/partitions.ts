/** Records are kept by month of arrival, so that a month can be dropped whole. Partitions are made ahead of their time. */
import { sql } from 'drizzle-orm'
import type { Database } from './database.ts'

/** Any constant, the same in every replica: the ASCII codes of `ocep`. */
const PARTITION_LOCK = 0x6f636570

/** Waiting for readers longer than this would stop ingest; the default partition takes the records meanwhile. */
const LOCK_TIMEOUT_MS = 2_000

export interface Month {
  readonly name: string
  readonly fromMs: number
  readonly toMs: number
}

export function monthOf(atMs: number): Month {
  const date = new Date(atMs)
  const year = date.getUTCFullYear()
  const month = date.getUTCMonth()
  const number = String(month + 1).padStart(2, '0')
  return { name: `records_${year}_${number}`, fromMs: Date.UTC(year, month), toMs: Date.UTC(year, month + 1) }
}

/** Makes the partitions of this month and the next, where they are missing. */
export async function makePartitions(database: Database, nowMs: number): Promise<void> {
  const current = monthOf(nowMs)
  for (const month of [current, monthOf(current.toMs)]) {
    await database.transaction(async (tx) => {
      await tx.execute(sql.raw(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`))
      await tx.execute(sql`SELECT pg_advisory_xact_lock(${PARTITION_LOCK})`)
      await tx.execute(
        sql.raw(
          `CREATE TABLE IF NOT EXISTS ${month.name} PARTITION OF records FOR VALUES FROM (${month.fromMs}) TO (${month.toMs})`,
        ),
      )
    })
  }
}

/** Keeps partitions ahead while the store runs: looks again at the first batch of a month, and never stops one. */
export function partitionKeeper(database: Database, onFailure: (cause: unknown) => void) {
  let aheadOf = 0
  let running: Promise<void> | undefined
  return {
    /** Resolves at once but for the first call in a month. */
    async prepare(nowMs: number): Promise<void> {
      if (nowMs < aheadOf) return
      running ??= makePartitions(database, nowMs)
        .catch(onFailure)
        .finally(() => {
          running = undefined
        })
      aheadOf = monthOf(nowMs).toMs
      await running
    },
  }
}
