/**
 * Rollouts as they were read last. That of a large fleet names each device, and it is looked at several times a second: so
 * only its version is read where that is still the same. Each change makes another version.
 */
import type { DeploymentId } from '@ocelli/schemas/ids'
import { and, desc, eq, or, type SQL } from 'drizzle-orm'
import type { Rollout } from '../../domain/rollout.ts'
import type { Database } from './database.ts'
import { rollouts } from './schema.ts'

export class RolloutCache {
  /** The newest of each deployment: earlier ones are read by people, now and then. */
  readonly #newest = new Map<DeploymentId, Rollout>()

  /** Newest first. */
  async read(database: Database, where: SQL | undefined): Promise<readonly Rollout[]> {
    const { deployment, revision, version } = rollouts
    const keys = await database
      .select({ deployment, revision, version })
      .from(rollouts)
      .where(where)
      .orderBy(desc(rollouts.startedAtMs), desc(revision), deployment)
    const held = new Map(keys.map((key) => [key, this.#held(key)]))
    const changed = keys.filter((key) => held.get(key) === undefined)
    const fresh = new Map((await this.#readAnew(database, changed)).map((rollout) => [nameOf(rollout), rollout]))
    return keys.flatMap((key) => held.get(key) ?? fresh.get(nameOf(key)) ?? [])
  }

  #held({ deployment, revision, version }: Key): Rollout | undefined {
    const held = this.#newest.get(deployment)
    return held?.revision === revision && held.version === version ? held : undefined
  }

  async #readAnew(database: Database, keys: readonly Key[]): Promise<readonly Rollout[]> {
    if (keys.length === 0) return []
    const each = keys.map((key) => and(eq(rollouts.deployment, key.deployment), eq(rollouts.revision, key.revision)))
    const rows = await database
      .select({ rollout: rollouts.rollout })
      .from(rollouts)
      .where(or(...each))
    for (const { rollout } of rows) {
      const held = this.#newest.get(rollout.deployment)
      if (held === undefined || held.revision <= rollout.revision) this.#newest.set(rollout.deployment, rollout)
    }
    return rows.map((row) => row.rollout)
  }
}

interface Key {
  readonly deployment: DeploymentId
  readonly revision: number
  readonly version: number
}

const nameOf = ({ deployment, revision }: Pick<Key, 'deployment' | 'revision'>) => `${deployment} ${revision}`
