/** Sums over time: making, reading and dropping them. */
import type { ProjectId } from '@ocelli/schemas/ids'
import { eq } from 'drizzle-orm'
import type { RangeStore } from '../monitoring.ts'
import type { Database } from './database.ts'
import { readRanges } from './ranges.ts'
import { retentionStore } from './retention.ts'
import { rollUpProject } from './rollups.ts'
import { projects, rollups } from './schema.ts'

export function rangeStore(database: Database): RangeStore {
  const completeTo = async (project: ProjectId) =>
    (await database.select().from(rollups).where(eq(rollups.project, project)))[0]?.completeToMs ?? 0
  return {
    ...retentionStore(database),
    ranges: (read) => readRanges(database, read),
    rolledUpTo: completeTo,
    rollUp: async (limit, nowMs) => {
      let count = 0
      for (const { id } of await database.select({ id: projects.id }).from(projects).orderBy(projects.id)) {
        count += await rollUpProject(database, id, limit, nowMs)
      }
      return count
    },
  }
}
