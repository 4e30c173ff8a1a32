/** One scheduling decision in one transaction: set based, so that a hundred thousand placements are a few statements. */
import type { Placement } from '@ocelli/schemas/api/plan'
import type { DeviceId, ProjectId } from '@ocelli/schemas/ids'
import { and, eq, max, type SQL, sql } from 'drizzle-orm'
import type { DecisionCommit, IntentWrite } from '../../domain/records.ts'
import { DECISIONS_KEPT_MS } from '../decision-rule.ts'
import { isStorable, storableJson } from '../storable.ts'
import { type CopyTransaction, copyField } from './copy.ts'
import { chunksOf, type Database, INTENT_CHANNEL, rowsOf } from './database.ts'
import { DESIRED_STAMP, type StampedDesired } from './device-cache.ts'
import { noteDesired } from './history.ts'
import { knowProject, revokeCertificates, writeAudit } from './identity.ts'
import { deleteRollouts, putRollout } from './rollouts.ts'
import {
  decisions,
  deployments,
  devices,
  fleets,
  lastValues,
  meta,
  pastDecisions,
  pendingChanges,
  pins,
  placements,
  projects,
  revisions,
  trust,
} from './schema.ts'

export async function commitDecision(
  copying: CopyTransaction,
  decision: DecisionCommit,
): Promise<{ readonly kind: 'committed'; readonly desired: readonly StampedDesired[] } | { readonly kind: 'stale' }> {
  const tx = copying.database
  const { project, basedOn } = decision
  if (basedOn === 0) await knowProject(tx, project)
  const issuedAtMs = decision.rest === 'due' ? await afterAll(tx, decision) : decision.atMs
  const restDueMs = { due: issuedAtMs, done: null }
  const moved = await tx
    .update(projects)
    .set({ version: basedOn + 1, ...(decision.rest && { restDueMs: restDueMs[decision.rest] }) })
    .where(and(eq(projects.id, project), eq(projects.version, basedOn)))
    .returning({ id: projects.id })
  if (moved.length === 0) return { kind: 'stale' }
  for (const write of decision.intent) {
    if (write.kind !== 'setLabels' && write.kind !== 'setTaints') await writeIntent(tx, decision, write)
  }
  for (const rollout of decision.rollouts ?? []) {
    if (!(await putRollout(tx, rollout))) throw new StaleRollout()
  }
  await writeLabels(tx, decision)
  await writeTaints(tx, decision)
  await removePlacements(tx, decision)
  await putPlacements(copying, decision)
  await putDecisions(tx, decision)
  const rows = await putDesired(tx, decision, issuedAtMs)
  await noteDesired(
    tx,
    project,
    rows.map((row) => row.desired),
  )
  if (decision.pendingDone !== undefined) {
    await tx.delete(pendingChanges).where(eq(pendingChanges.id, decision.pendingDone))
  }
  await writeAudit(tx, decision.audit)
  await tx.execute(sql`SELECT pg_notify(${INTENT_CHANNEL}, '')`)
  return { kind: 'committed', desired: rows }
}

/** Another was first to move on a rollout: the transaction is undone and what it was for is decided again. */
export class StaleRollout extends Error {}

type SingleWrite = Exclude<IntentWrite, { readonly kind: 'setLabels' | 'setTaints' }>

async function writeIntent(tx: Database, { project, atMs }: DecisionCommit, write: SingleWrite): Promise<void> {
  switch (write.kind) {
    case 'putDeployment': {
      const { id, name, revision, spec, components, actor } = write
      const row = { id, project, name, revision, spec, components, createdAtMs: atMs, updatedAtMs: atMs }
      const { createdAtMs: _, ...set } = row
      await tx.insert(deployments).values(row).onConflictDoUpdate({ target: deployments.id, set })
      await tx
        .insert(revisions)
        .values({ deployment: id, revision, spec, components, createdAtMs: atMs, actor })
        .onConflictDoNothing()
      return
    }
    case 'deleteDeployment': {
      const where = and(eq(deployments.id, write.id), eq(deployments.project, project))
      const deleted = await tx.delete(deployments).where(where).returning({ id: deployments.id })
      if (deleted.length === 0) return
      await tx.delete(decisions).where(eq(decisions.deployment, write.id))
      await tx.delete(pastDecisions).where(eq(pastDecisions.deployment, write.id))
      await tx.delete(pins).where(eq(pins.deployment, write.id))
      await deleteRollouts(tx, write.id)
      await dropPlacements(tx, eq(placements.deployment, write.id))
      await tx.delete(lastValues).where(eq(lastValues.deployment, write.id))
      return
    }
    case 'setAgreed': {
      const where = and(eq(deployments.id, write.deployment), eq(deployments.project, project))
      await tx.update(deployments).set({ agreedDevices: write.devices }).where(where)
      return
    }
    case 'putFleet': {
      const row = { project, name: write.name, manifest: write.manifest }
      const set = { manifest: write.manifest }
      await tx
        .insert(fleets)
        .values(row)
        .onConflictDoUpdate({ target: [fleets.project, fleets.name], set })
      return
    }
    case 'deleteFleet':
      await tx.delete(fleets).where(and(eq(fleets.project, project), eq(fleets.name, write.name)))
      return
    case 'setPin':
      await setPin(tx, project, write)
      return
    case 'deleteDevice':
      await deleteDevice(tx, project, write.device, atMs)
  }
}

/** Its records stay, as they are history; its certificates stay revoked, as an id is never given again. */
async function deleteDevice(tx: Database, project: ProjectId, device: DeviceId, atMs: number): Promise<void> {
  const where = and(eq(devices.id, device), eq(devices.project, project))
  const deleted = await tx.delete(devices).where(where).returning({ id: devices.id })
  if (deleted.length === 0) return
  await revokeCertificates(tx, device, atMs)
  await tx.delete(decisions).where(eq(decisions.device, device))
  await tx.delete(pastDecisions).where(eq(pastDecisions.device, device))
  await dropPlacements(tx, eq(placements.device, device))
  await tx.delete(lastValues).where(eq(lastValues.device, device))
}

async function writeLabels(tx: Database, { project, intent }: DecisionCommit): Promise<void> {
  const byDevice = new Map<string, unknown>()
  for (const write of intent) {
    if (write.kind === 'setLabels') byDevice.set(write.device, { device: write.device, labels: write.labels })
  }
  for (const rows of chunksOf([...byDevice.values()])) {
    await tx.execute(sql`
      UPDATE devices SET labels = w.labels
      FROM json_to_recordset(${storableJson(rows)}::json) AS w (device text, labels jsonb)
      WHERE devices.id = w.device AND devices.project = ${project}`)
  }
}

async function writeTaints(tx: Database, { project, intent }: DecisionCommit): Promise<void> {
  for (const write of intent) {
    if (write.kind !== 'setTaints') continue
    const taints = Object.keys(write.taints).length === 0 ? null : write.taints
    await tx
      .update(devices)
      .set({ taints })
      .where(and(eq(devices.id, write.device), eq(devices.project, project)))
  }
}

async function setPin(
  tx: Database,
  project: ProjectId,
  { deployment, device, revision }: Extract<IntentWrite, { readonly kind: 'setPin' }>,
): Promise<void> {
  const owned = await tx
    .select({ id: devices.id })
    .from(devices)
    .innerJoin(deployments, and(eq(deployments.id, deployment), eq(deployments.project, project)))
    .where(and(eq(devices.id, device), eq(devices.project, project)))
  if (owned.length === 0) return
  if (revision === undefined) {
    await tx.delete(pins).where(and(eq(pins.deployment, deployment), eq(pins.device, device)))
    return
  }
  await tx
    .insert(pins)
    .values({ deployment, device, revision })
    .onConflictDoUpdate({ target: [pins.deployment, pins.device], set: { revision } })
}

async function removePlacements(tx: Database, { project, remove }: DecisionCommit): Promise<void> {
  for (const instances of chunksOf(remove)) {
    const gone = sql`${placements.instance} IN (SELECT json_array_elements_text(${storableJson(instances)}::json))`
    await dropPlacements(tx, sql`${placements.project} = ${project} AND ${gone}`)
  }
}

/** Whose the instances were is kept: their records may arrive long afterwards. */
async function dropPlacements(tx: Database, where: SQL): Promise<void> {
  await tx.execute(sql`
    WITH gone AS (DELETE FROM placements WHERE ${where} RETURNING instance, deployment, device)
    INSERT INTO instances (instance, deployment, device) SELECT instance, deployment, device FROM gone
    ON CONFLICT (instance) DO UPDATE SET deployment = excluded.deployment, device = excluded.device`)
}

/**
 * The commit holds its project, so nobody else puts placements there: what is replaced is deleted, and all are copied.
 * That costs a third of INSERT with ON CONFLICT, where most are new, and no more where all are replaced.
 */
async function putPlacements({ rows, copy }: CopyTransaction, { project, put }: DecisionCommit): Promise<void> {
  const byInstance = new Map(put.map((placement) => [placement.instance, placement]))
  if (byInstance.size === 0) return
  for (const instances of chunksOf([...byInstance.keys()])) {
    await rows(sql`
      DELETE FROM placements USING json_array_elements_text(${storableJson(instances)}::json) AS new
      WHERE placements.project = ${project} AND placements.instance = new`)
  }
  await copy(
    'placements (instance, project, deployment, device, placement)',
    placementLines(project, byInstance.values()),
  )
}

/** Rows in one piece of what is copied: fits into the buffer of a socket. */
const PIECE_ROWS = 250

function* placementLines(project: ProjectId, placed: Iterable<Placement>): Generator<string> {
  let lines: string[] = []
  for (const placement of placed) {
    const { instance, deployment, device } = placement
    const fields = [instance, project, deployment, device, storableJson(placement)]
    lines.push(`${fields.map(copyField).join('\t')}\n`)
    if (lines.length < PIECE_ROWS) continue
    yield lines.join('')
    lines = []
  }
  yield lines.join('')
}

async function putDecisions(tx: Database, decision: DecisionCommit): Promise<void> {
  const { atMs } = decision
  for (const { deployment, decisions: all } of decision.decisions) {
    const byDevice = new Map(all.map((one) => [one.device, { device: one.device, decision: one }]))
    for (const rows of chunksOf([...byDevice.values()])) {
      await tx.execute(sql`
        WITH new AS MATERIALIZED (
          SELECT * FROM json_to_recordset(${storableJson(rows)}::json) AS d (device text, decision jsonb)
        ), kept AS (
          INSERT INTO past_decisions (deployment, device, since_ms, until_ms, decision)
          SELECT old.deployment, old.device, old.since_ms, ${atMs}, old.decision
          FROM decisions AS old JOIN new ON new.device = old.device AND old.deployment = ${deployment}
        ), forgotten AS (
          DELETE FROM past_decisions AS past USING new
          WHERE past.deployment = ${deployment} AND past.device = new.device
            AND past.until_ms < ${atMs - DECISIONS_KEPT_MS}
        )
        INSERT INTO decisions (deployment, device, decision, since_ms)
        SELECT ${deployment}, device, decision, ${atMs} FROM new
        ON CONFLICT (deployment, device) DO UPDATE SET decision = excluded.decision, since_ms = excluded.since_ms`)
    }
  }
}

/** A clock that was set back must not make an earlier desired state look like one of this decision. */
async function afterAll(tx: Database, { project, atMs }: DecisionCommit): Promise<number> {
  const [found] = await rowsOf(
    tx,
    sql`
    SELECT max(issued_at_ms) AS latest FROM desired JOIN devices ON id = device WHERE devices.project = ${project}`,
  )
  return Math.max(atMs, Number(found?.latest ?? 0) + 1)
}

async function putDesired(tx: Database, decision: DecisionCommit, issuedAtMs: number): Promise<StampedDesired[]> {
  if (decision.desired.length === 0) return []
  const { project } = decision
  // Shared with other commits, against a trust document that is put at the same time.
  const [held] = await tx.select().from(meta).for('share')
  const [newest] = await tx.select({ version: max(trust.version) }).from(trust)
  const epoch = held?.epoch ?? 1
  const trustVersion = newest?.version ?? 0
  const byDevice = new Map(decision.desired.map((row) => [row.device as string, row]))
  const written: StampedDesired[] = []
  for (const rows of chunksOf([...byDevice.values()])) {
    const text = JSON.stringify(rows)
    const isKept = isStorable(text)
    const answered = await rowsOf(
      tx,
      sql`
      INSERT INTO desired (device, epoch, counter, instances, issued_at_ms, trust_version)
      SELECT n.device, ${epoch}, 1, n.instances, ${issuedAtMs}, ${trustVersion}
      FROM json_to_recordset(${isKept ? text : storableJson(rows)}::json) AS n (device text, instances json)
      JOIN devices ON devices.id = n.device AND devices.project = ${project}
      ON CONFLICT (device) DO UPDATE SET epoch = excluded.epoch, counter = desired.counter + 1,
        instances = excluded.instances, issued_at_ms = excluded.issued_at_ms, trust_version = excluded.trust_version
      RETURNING device, counter, ${DESIRED_STAMP} AS stamp`,
    )
    for (const { device, counter, stamp } of answered) {
      const row = byDevice.get(String(device))
      if (row === undefined) continue
      const generation = { epoch, counter: Number(counter) }
      const desired = { device: row.device, generation, instances: row.instances, issuedAtMs, trustVersion }
      written.push({ desired, stamp: isKept ? String(stamp) : '' })
    }
  }
  return written.sort((a, b) => (a.desired.device < b.desired.device ? -1 : 1))
}
