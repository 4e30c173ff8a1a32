/** A new revision makes a rollout: in the commit that makes the revision, as much of it is done as may be done at once. */
import type { PlannedRollout } from '@ocelli/schemas/api/rollout'
import type { DeploymentId, DeviceId } from '@ocelli/schemas/ids'
import { DEPLOYMENT_DEFAULTS } from '@ocelli/schemas/manifest/deployment'
import { isRefusal, type Refusal } from '../domain/refusal.ts'
import type { Rollout } from '../domain/rollout.ts'
import type { DeploymentState, RevisionState, Snapshot } from '../domain/snapshot.ts'
import { beginRollout } from '../rollout/begin.ts'
import { decide } from '../rollout/decide.ts'
import { previewOf } from '../rollout/preview.ts'
import { withRollout } from '../rollout/stage.ts'
import { hasEnded } from '../rollout/table.ts'
import { transition } from '../rollout/transition.ts'
import { limitOf, type PlannedChange, planChange } from '../scheduler/schedule.ts'
import type { Moment } from '../store/store.ts'
import type { Caller } from './caller.ts'
import type { ActionContext } from './context.ts'
import { waitingBut } from './held-back.ts'
import { rolloutFacts } from './rollout-facts.ts'

export interface Staged {
  /** What is done now; the plan that was shown reaches as far as the rollout will. */
  readonly planned: PlannedChange
  readonly rollouts: readonly Rollout[]
}

export async function stageRollouts(
  context: ActionContext,
  caller: Pick<Caller, 'project' | 'actor'>,
  moment: Moment,
  planned: PlannedChange,
): Promise<Staged | Refusal> {
  const rollouts: Rollout[] = []
  let after = planned.after
  for (const deployment of planned.after.deployments) {
    const before = moment.snapshot.deployments.find(({ id }) => id === deployment.id)
    if (before?.revision === deployment.revision) continue
    const made = await stage(context, caller, moment, planned, deployment, before)
    rollouts.push(...made.rollouts)
    after = replaced(after, made.deployment)
  }
  if (rollouts.every(({ reach }) => reach === 'all')) return { planned, rollouts }
  const own = rollouts.map(({ deployment }) => deployment)
  const now = await replanned(context, caller, after, own)
  return isRefusal(now) ? now : { planned: now, rollouts }
}

/**
 * The plan of a snapshot whose intent was changed already; it was agreed to when the revision of `own` was made. Other
 * deployments that wait for a person are not moved along.
 */
export async function replanned(
  context: Pick<ActionContext, 'classes' | 'store'>,
  { project }: Pick<Caller, 'project'>,
  after: Snapshot,
  own: readonly DeploymentId[],
): Promise<PlannedChange | Refusal> {
  const frozen = await waitingBut(context, project, own)
  return planChange(after, { kind: 'replan' }, { maxTouched: 0, classes: context.classes(), approved: true, frozen })
}

export function replaced(snapshot: Snapshot, deployment: DeploymentState): Snapshot {
  const deployments = snapshot.deployments.map((one) => (one.id === deployment.id ? deployment : one))
  return { ...snapshot, deployments }
}

/** Revisions of a deployment that the store knows. */
export async function revisionsOf(
  { store }: Pick<ActionContext, 'store'>,
  { id }: Pick<DeploymentState, 'id'>,
): Promise<(revision: number) => RevisionState | undefined> {
  const rows = new Map((await store.revisions(id)).map((row) => [row.revision, row]))
  return (revision) => {
    const row = rows.get(revision)
    return row && { revision, spec: row.spec, components: row.components }
  }
}

async function stage(
  context: ActionContext,
  caller: Pick<Caller, 'project' | 'actor'>,
  { snapshot, rows }: Moment,
  planned: PlannedChange,
  deployment: DeploymentState,
  before: DeploymentState | undefined,
): Promise<{ readonly deployment: DeploymentState; readonly rollouts: readonly Rollout[] }> {
  const nowMs = context.clock.wallMs()
  const { begun, placed, last } = await begin(context, caller, snapshot, planned, deployment, before, nowMs)
  const superseded = last && !hasEnded(last.phase) ? [supersede(last, deployment.revision, caller.actor, nowMs)] : []
  if (begun.reach === 'all') return { deployment, rollouts: [...superseded, begun] }
  const own = { snapshot: { ...snapshot, deployments: [deployment] }, rows }
  const facts = await rolloutFacts(context, begun, own, { would: placed })
  const { next } = decide(begun, facts, nowMs)
  const earlier = await revisionsOf(context, deployment)
  return { deployment: withRollout(deployment, next, earlier), rollouts: [...superseded, next] }
}

/** The rollout as it is when its revision is made, and who would get an instance of it in the end. */
async function begin(
  { store }: Pick<ActionContext, 'store'>,
  { project, actor }: Pick<Caller, 'project' | 'actor'>,
  snapshot: Snapshot,
  { plan, after }: PlannedChange,
  deployment: DeploymentState,
  before: DeploymentState | undefined,
  nowMs: number,
): Promise<{ readonly begun: Rollout; readonly placed: ReadonlySet<DeviceId>; readonly last: Rollout | undefined }> {
  const last = before && (await store.rollout(deployment.id))
  const placed = new Set<DeviceId>(
    plan.deployments.find((one) => one.deployment === deployment.id)?.placements.map(({ device }) => device),
  )
  const concerned = new Set(placed)
  for (const placement of snapshot.placements) {
    if (placement.deployment === deployment.id) concerned.add(placement.device)
  }
  const { id, name, revision, spec } = deployment
  const begun = beginRollout({
    project,
    deployment: id,
    name,
    revision,
    ...(before && { before: before.revision }),
    policy: spec.rollout ?? {},
    maxJoining: limitOf(deployment, snapshot, after) ?? DEPLOYMENT_DEFAULTS.maxTouched,
    ...(last && { last }),
    devices: after.devices.filter((device) => concerned.has(device.id)),
    actor,
    nowMs,
  })
  return { begun, placed, last }
}

/** How the rollout of a planned deployment would go; undefined where no revision would be made. */
export async function previewRollout(
  context: ActionContext,
  caller: Pick<Caller, 'project' | 'actor'>,
  snapshot: Snapshot,
  planned: PlannedChange,
  id: DeploymentId,
): Promise<PlannedRollout | undefined> {
  const deployment = planned.after.deployments.find((one) => one.id === id)
  const before = snapshot.deployments.find((one) => one.id === id)
  if (deployment === undefined || before?.revision === deployment.revision) return undefined
  const nowMs = context.clock.wallMs()
  const { begun, placed } = await begin(context, caller, snapshot, planned, deployment, before, nowMs)
  const known = new Map((await context.store.devices(caller.project)).map((row) => [row.id, row]))
  // Labels and devices may only be assumed: the store does not know those.
  const rows = planned.after.devices.map((device) => ({
    ...(known.get(device.id) ?? assumedRow(caller, nowMs)),
    ...device,
  }))
  const assumed = { snapshot: { ...snapshot, deployments: [deployment] }, rows }
  const facts = await rolloutFacts(context, begun, assumed, { would: placed })
  return previewOf(begun, deployment.spec, facts, nowMs)
}

function assumedRow({ project }: Pick<Caller, 'project'>, nowMs: number) {
  return { project, enrolledAtMs: nowMs, presenceAtMs: nowMs }
}

function supersede(last: Rollout, revision: number, actor: string, atMs: number): Rollout {
  const next = transition(last, 'supersede', { atMs, actor, text: `revision ${revision} was made` })
  return { ...(next ?? last), version: last.version + 1 }
}
