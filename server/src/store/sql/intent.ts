import type { Placement } from '@ocelli/schemas/api/plan'
import type { DeploymentId, DeviceId, InstanceId } from '@ocelli/schemas/ids'
import { and, asc, eq, gt, isNotNull, lte, sql } from 'drizzle-orm'
import type { DecidedRow, DecisionCommit, DeploymentRow, IntentWrite } from '../../domain/records.ts'
import type { DeploymentState, RevisionState, Snapshot } from '../../domain/snapshot.ts'
import { storableJson } from '../storable.ts'
import type { IntentStore, Moment } from '../store.ts'
import { commitDecision, StaleRollout } from './commit.ts'
import type { InCopyTransaction } from './copy.ts'
import { type Database, ONE_MOMENT, present, rowsOf } from './database.ts'
import type { DeviceCache } from './device-cache.ts'
import { desiredRow } from './devices.ts'
import { knowProject, writeAudit } from './identity.ts'
import type { RolloutCache } from './rollout-cache.ts'
import { staged } from './rollouts.ts'
import {
  decisions,
  deployments,
  desired,
  fleets,
  pastDecisions,
  pendingChanges,
  pins,
  projects,
  revisions,
} from './schema.ts'

type ProjectId = Parameters<IntentStore['snapshot']>[0]

/** False for what was issued before a decision of which the rest is due. */
const MAY_BE_TOLD = sql`NOT EXISTS (
  SELECT FROM projects JOIN devices AS told ON told.project = projects.id
  WHERE told.id = desired.device AND desired.issued_at_ms < rest_due_ms)`

/** What was read last. */
interface Caches {
  readonly devices: DeviceCache
  readonly rollouts: RolloutCache
}

export function intentStore(
  database: Database,
  begin: InCopyTransaction,
  caches: Caches,
  onIntent: IntentStore['onIntent'],
): IntentStore {
  const placed: Placed = new Map()
  const moment = (project: ProjectId) => database.transaction((tx) => momentOf(tx, caches, placed, project), ONE_MOMENT)
  return {
    projects: async () =>
      (await database.select({ id: projects.id }).from(projects).orderBy(projects.id)).map((row) => row.id),
    restDue: async () => {
      const due = await database.select({ id: projects.id }).from(projects).where(isNotNull(projects.restDueMs))
      return due.map((row) => row.id)
    },
    snapshot: async (project) => (await moment(project)).snapshot,
    moment,
    commit: async (decision) => {
      try {
        const done = await begin((tx) => commitDecision(tx, decision))
        if (done.kind === 'stale') return done
        caches.devices.noteDesired(done.desired)
        notePlaced(placed, decision)
        return { kind: 'committed', desired: done.desired.map(({ desired }) => desired) }
      } catch (error) {
        if (error instanceof StaleRollout) return { kind: 'stale' }
        throw error
      }
    },
    deployments: (project) => selectDeployments(database, project),
    revisions: (deployment) =>
      database.select().from(revisions).where(eq(revisions.deployment, deployment)).orderBy(revisions.revision),
    fleets: (project) => selectFleets(database, project),
    placements: (project) => selectPlacements(database, project),
    decisions: async (deployment) =>
      (
        await database
          .select({ decision: decisions.decision })
          .from(decisions)
          .where(eq(decisions.deployment, deployment))
          .orderBy(decisions.device)
      ).map((row) => row.decision),
    decision: async (deployment, device) => {
      const [row] = await database
        .select({ decision: decisions.decision })
        .from(decisions)
        .where(sql`${decisions.deployment} = ${deployment} AND ${decisions.device} = ${device}`)
      return row?.decision
    },
    decidedAt: (deployment, atMs, device) => selectDecidedAt(database, deployment, atMs, device),
    putPending: (row) =>
      database.transaction(async (tx) => {
        await knowProject(tx, row.project)
        await tx.insert(pendingChanges).values(row).onConflictDoUpdate({ target: pendingChanges.id, set: row })
      }),
    pending: (project) =>
      database
        .select()
        .from(pendingChanges)
        .where(eq(pendingChanges.project, project))
        .orderBy(asc(pendingChanges.createdAtMs), asc(pendingChanges.id)),
    removePending: (id, entry) =>
      database.transaction(async (tx) => {
        const removed = await tx
          .delete(pendingChanges)
          .where(eq(pendingChanges.id, id))
          .returning({ id: pendingChanges.id })
        if (removed.length > 0) await writeAudit(tx, [entry])
        return removed.length > 0
      }),
    desired: async (device) => {
      const [row] = await database.select().from(desired).where(eq(desired.device, device))
      return row && desiredRow(row)
    },
    desiredKeys: async (which) => {
      // The first cut reads no documents; as `isUnreported`.
      const open = sql`reported_generation IS DISTINCT FROM
          jsonb_build_object('epoch', desired.epoch, 'counter', desired.counter)
        OR reported_trust_version IS NULL OR reported_trust_version < desired.trust_version`
      const rows = await rowsOf(
        database,
        sql`
        SELECT desired.device, project, epoch, counter, trust_version FROM desired JOIN devices ON id = desired.device
        WHERE ${MAY_BE_TOLD} AND (${which === 'all' ? sql`true` : open}) ORDER BY desired.device`,
      )
      return rows.map((row) => ({
        device: row.device as DeviceId,
        project: row.project as ProjectId,
        generation: { epoch: Number(row.epoch), counter: Number(row.counter) },
        trustVersion: Number(row.trust_version),
      }))
    },
    desiredOf: async (ids) => {
      const rows = await database
        .select()
        .from(desired)
        .where(
          sql`${desired.device} IN (SELECT json_array_elements_text(${JSON.stringify(ids)}::json)) AND ${MAY_BE_TOLD}`,
        )
        .orderBy(desired.device)
      return rows.map(desiredRow)
    },
    onIntent,
  }
}

/** Placements by project, with the version that they are of: each commit that moves one makes another version. */
type Placed = Map<ProjectId, { readonly version: number; readonly placements: readonly Placement[] }>

/** What a commit made of placements that are known need not be read; a deletion takes more with it than it names. */
function notePlaced(placed: Placed, { project, basedOn, intent, put, remove }: DecisionCommit): void {
  const known = placed.get(project)
  if (known?.version !== basedOn || intent.some(({ kind }) => DELETES.has(kind))) {
    placed.delete(project)
    return
  }
  const gone = new Set<InstanceId>([...remove, ...put.map(({ instance }) => instance)])
  // As they would be read.
  const added = put.map((placement) => JSON.parse(storableJson(placement)) as Placement)
  const placements = [...known.placements.filter(({ instance }) => !gone.has(instance)), ...added]
  placed.set(project, { version: basedOn + 1, placements: placements.sort(byInstance) })
}

const DELETES: ReadonlySet<IntentWrite['kind']> = new Set(['deleteDeployment', 'deleteDevice'])

function byInstance(a: Placement, b: Placement): number {
  return a.instance < b.instance ? -1 : 1
}

async function momentOf(tx: Database, caches: Caches, placed: Placed, project: ProjectId): Promise<Moment> {
  const [held] = await tx.select().from(projects).where(eq(projects.id, project))
  const version = held?.version ?? 0
  const known = placed.get(project)
  const placements = known?.version === version ? known.placements : await selectPlacements(tx, project)
  placed.set(project, { version, placements })
  const deployed = await selectDeployments(tx, project)
  const devices = await caches.devices.read(tx, project)
  const snapshot: Snapshot = {
    project,
    version,
    ...(held?.restDueMs != null && { restDue: true as const }),
    devices: devices.map(({ facts }) => facts),
    fleets: await selectFleets(tx, project),
    deployments: await staged(
      tx,
      caches.rollouts,
      project,
      await withPins(
        tx,
        project,
        deployed.map(
          ({ id, name, revision, spec, components, agreedDevices }): DeploymentState =>
            present({ id, name, revision, spec, components, agreedDevices }),
        ),
      ),
    ),
    placements,
  }
  return { snapshot, rows: devices.map(({ row }) => row) }
}

async function selectDecidedAt(
  database: Database,
  deployment: DeploymentId,
  atMs: number,
  device: DeviceId | undefined,
): Promise<DecidedRow[]> {
  const now = await database
    .select({ decision: decisions.decision, sinceMs: decisions.sinceMs })
    .from(decisions)
    .where(
      and(eq(decisions.deployment, deployment), lte(decisions.sinceMs, atMs), device && eq(decisions.device, device)),
    )
  const past = await database
    .select({ decision: pastDecisions.decision, sinceMs: pastDecisions.sinceMs, untilMs: pastDecisions.untilMs })
    .from(pastDecisions)
    .where(
      and(
        eq(pastDecisions.deployment, deployment),
        lte(pastDecisions.sinceMs, atMs),
        gt(pastDecisions.untilMs, atMs),
        device && eq(pastDecisions.device, device),
      ),
    )
  return [...now, ...past].sort((a, b) => (a.decision.device < b.decision.device ? -1 : 1))
}

/** Each deployment with the revisions that its pinned devices keep. */
async function withPins(
  tx: Database,
  project: ProjectId,
  deployed: readonly DeploymentState[],
): Promise<DeploymentState[]> {
  const rows = await tx
    .select({
      deployment: pins.deployment,
      device: pins.device,
      revision: revisions.revision,
      spec: revisions.spec,
      components: revisions.components,
    })
    .from(pins)
    .innerJoin(deployments, and(eq(deployments.id, pins.deployment), eq(deployments.project, project)))
    .innerJoin(revisions, and(eq(revisions.deployment, pins.deployment), eq(revisions.revision, pins.revision)))
    .orderBy(pins.device)
  const found = new Map<DeploymentId, Record<DeviceId, RevisionState>>()
  for (const { deployment, device, ...revision } of rows) {
    const held = found.get(deployment) ?? {}
    held[device] = revision
    found.set(deployment, held)
  }
  return deployed.map((one) => {
    const held = found.get(one.id)
    return held ? { ...one, pins: held } : one
  })
}

async function selectDeployments(database: Database, project: ProjectId): Promise<DeploymentRow[]> {
  const rows = await database.select().from(deployments).where(eq(deployments.project, project)).orderBy(deployments.id)
  return rows.map((row) => present(row))
}

async function selectFleets(database: Database, project: ProjectId) {
  const rows = await database.select().from(fleets).where(eq(fleets.project, project)).orderBy(fleets.name)
  return rows.map((row) => row.manifest)
}

async function selectPlacements(database: Database, project: ProjectId): Promise<Placement[]> {
  const rows = await rowsOf(database, sql`SELECT placement FROM placements WHERE project = ${project}`)
  // In the same order whatever the database sorts by.
  return rows.map((row) => row.placement as Placement).sort(byInstance)
}
