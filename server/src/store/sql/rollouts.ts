import type { DeploymentId, DeviceId, ProjectId } from '@ocelli/schemas/ids'
import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Rollout } from '../../domain/rollout.ts'
import type { DeploymentState, RevisionState } from '../../domain/snapshot.ts'
import type { EvidenceRow } from '../../rollout/facts.ts'
import { isStanding, stageRevisions, withRollout } from '../../rollout/stage.ts'
import { isActive } from '../../rollout/table.ts'
import type { EvidenceQuery, RolloutStore } from '../rollouts.ts'
import { type Database, rowsOf } from './database.ts'
import type { RolloutCache } from './rollout-cache.ts'
import { deployments, revisions, rollouts } from './schema.ts'

export function rolloutStore(database: Database, cache: RolloutCache): RolloutStore {
  return {
    rollouts: (project, { deployment, active }) =>
      cache.read(
        database,
        and(
          eq(rollouts.project, project),
          deployment && eq(rollouts.deployment, deployment),
          active === true ? eq(rollouts.active, true) : undefined,
        ),
      ),
    rollout: async (deployment, revision) => {
      const of = eq(rollouts.deployment, deployment)
      const newest = sql`(SELECT max(revision) FROM rollouts WHERE deployment = ${deployment})`
      return (await cache.read(database, and(of, eq(rollouts.revision, revision ?? newest))))[0]
    },
    saveRollout: (rollout) => putRollout(database, rollout),
    evidence: (query) => evidence(database, query),
    framePairs: (query) => framePairs(database, query),
  }
}

/** False where what is kept is not exactly one version older. */
export async function putRollout(database: Database, rollout: Rollout): Promise<boolean> {
  const { deployment, revision, project, version, startedAtMs } = rollout
  const row = { deployment, revision, project, version, startedAtMs, active: isActive(rollout), rollout }
  if (version === 1) {
    return (
      (await database.insert(rollouts).values(row).onConflictDoNothing().returning({ revision: rollouts.revision }))
        .length > 0
    )
  }
  const where = and(
    eq(rollouts.deployment, deployment),
    eq(rollouts.revision, revision),
    eq(rollouts.version, version - 1),
  )
  return (await database.update(rollouts).set(row).where(where).returning({ revision: rollouts.revision })).length > 0
}

/** The deployments of a project as their rollouts let them be. */
export async function staged(
  tx: Database,
  cache: RolloutCache,
  project: ProjectId,
  deployed: readonly DeploymentState[],
): Promise<DeploymentState[]> {
  const isCurrent = sql`EXISTS (
    SELECT FROM ${deployments}
    WHERE ${deployments.id} = ${rollouts.deployment} AND ${deployments.revision} = ${rollouts.revision})`
  const current = await cache.read(tx, and(eq(rollouts.project, project), isCurrent))
  const standing = new Map(current.flatMap((rollout) => (isStanding(rollout) ? [[rollout.deployment, rollout]] : [])))
  if (standing.size === 0) return [...deployed]
  const earlier = await earlierRevisions(tx, [...standing.values()])
  return deployed.map((deployment) =>
    withRollout(deployment, standing.get(deployment.id), (revision) => earlier.get(`${deployment.id} ${revision}`)),
  )
}

async function earlierRevisions(tx: Database, standing: readonly Rollout[]): Promise<Map<string, RevisionState>> {
  const found = new Map<string, RevisionState>()
  for (const rollout of standing) {
    const numbers = stageRevisions(rollout)
    if (numbers.length === 0) continue
    const rows = await tx
      .select()
      .from(revisions)
      .where(and(eq(revisions.deployment, rollout.deployment), inArray(revisions.revision, numbers)))
    for (const { deployment, revision, spec, components } of rows) {
      found.set(`${deployment} ${revision}`, { revision, spec, components })
    }
  }
  return found
}

async function evidence(
  database: Database,
  { project, deployment, fromMs, toMs }: EvidenceQuery,
): Promise<EvidenceRow[]> {
  // A record cannot arrive before it happened but for the slack of its clock: the bound by arrival finds the partition.
  const rows = await rowsOf(
    database,
    sql`
    SELECT device, (record ->> 'revision')::bigint AS revision,
      CASE kind WHEN 'log' THEN 'error' ELSE kind END AS kind, coalesce(name, '') AS name,
      count(*) AS samples, coalesce(sum((record ->> 'value')::double precision) FILTER (WHERE kind = 'measurement'), 0) AS sum,
      min(observed_at_ms) AS first_ms, max(observed_at_ms) AS last_ms
    FROM records
    WHERE project = ${project} AND deployment = ${deployment} AND received_at_ms >= ${fromMs - SLACK_MS}
      AND observed_at_ms >= ${fromMs} AND observed_at_ms < ${toMs} AND record ->> 'role' = 'live'
      AND (kind IN ('measurement', 'event') OR (kind = 'log' AND record ->> 'level' IN ('error', 'critical')))
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
  )
  return rows.map((row) => ({
    device: String(row.device) as DeviceId,
    revision: Number(row.revision),
    kind: String(row.kind) as EvidenceRow['kind'],
    name: String(row.name),
    samples: Number(row.samples),
    sum: Number(row.sum),
    firstMs: Number(row.first_ms),
    lastMs: Number(row.last_ms),
  }))
}

/** As far as a believed clock may be ahead, and more. */
const SLACK_MS = 60_000

async function framePairs(
  database: Database,
  { project, deployment, fromMs, toMs, revision }: EvidenceQuery & { readonly revision: number },
) {
  const rows = await rowsOf(
    database,
    sql`
    WITH measured AS MATERIALIZED (
      SELECT device, name, record ->> 'role' AS role, (record ->> 'revision')::bigint AS revision,
        record ->> 'imager' AS imager, record ->> 'boot' AS boot, (record ->> 'frame')::bigint AS frame,
        (record ->> 'value')::double precision AS value
      FROM records
      WHERE project = ${project} AND deployment = ${deployment} AND received_at_ms >= ${fromMs - SLACK_MS}
        AND observed_at_ms >= ${fromMs} AND observed_at_ms < ${toMs} AND kind = 'measurement'
        AND record ->> 'frame' IS NOT NULL
    ), shadows AS (
      SELECT DISTINCT ON (device, name, imager, boot, frame) * FROM measured
      WHERE role <> 'live' AND revision = ${revision}
    ), live AS (
      SELECT DISTINCT ON (device, name, imager, boot, frame) * FROM measured WHERE role = 'live'
    )
    SELECT device, name, count(*) AS pairs, count(*) FILTER (WHERE s.value = l.value) AS equal,
      sum(abs(s.value - l.value)) AS difference
    FROM shadows s JOIN live l USING (device, name, imager, boot, frame)
    GROUP BY 1, 2 ORDER BY 1, 2`,
  )
  return rows.map((row) => ({
    device: String(row.device) as DeviceId,
    name: String(row.name),
    pairs: Number(row.pairs),
    equal: Number(row.equal),
    difference: Number(row.difference),
  }))
}

export async function deleteRollouts(tx: Database, deployment: DeploymentId): Promise<void> {
  await tx.delete(rollouts).where(eq(rollouts.deployment, deployment))
}
