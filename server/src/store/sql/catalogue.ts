import { and, eq } from 'drizzle-orm'
import type { CatalogueStore } from '../store.ts'
import type { Database } from './database.ts'
import { knowProject, writeAudit } from './identity.ts'
import { artifacts, components } from './schema.ts'

export function catalogueStore(database: Database): CatalogueStore {
  return {
    putArtifact: async (digest, bytes) => {
      await database.insert(artifacts).values({ digest, bytes }).onConflictDoNothing()
    },
    artifact: async (digest) => {
      const [row] = await database.select().from(artifacts).where(eq(artifacts.digest, digest))
      return row && Uint8Array.from(row.bytes)
    },
    addComponent: (row, entry) =>
      database.transaction(async (tx) => {
        await knowProject(tx, row.project)
        const added = await tx.insert(components).values(row).onConflictDoNothing().returning({ name: components.name })
        if (added.length > 0) {
          await writeAudit(tx, [entry])
          return 'added'
        }
        const where = and(
          eq(components.project, row.project),
          eq(components.name, row.name),
          eq(components.version, row.version),
        )
        const [held] = await tx.select({ digest: components.digest }).from(components).where(where)
        return held?.digest === row.digest ? 'same' : 'exists'
      }),
    component: async (project, name, version) => {
      const where = and(eq(components.project, project), eq(components.name, name), eq(components.version, version))
      return (await database.select().from(components).where(where))[0]
    },
    components: (project) =>
      database
        .select()
        .from(components)
        .where(eq(components.project, project))
        .orderBy(components.name, components.version),
  }
}
