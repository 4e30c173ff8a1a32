/** One transaction for what was planned: placements, explanations, desired states, rollouts and the word in the audit log. */
import type { ChangePlan, DeviceDecision } from '@ocelli/schemas/api/plan'
import { type DeploymentId, type DeviceId, parseDigest } from '@ocelli/schemas/ids'
import type { DecisionCommit, DesiredRow, DeviceRow } from '../domain/records.ts'
import { isRefusal, type Refusal } from '../domain/refusal.ts'
import type { Rollout } from '../domain/rollout.ts'
import type { Snapshot } from '../domain/snapshot.ts'
import type { PlannedChange } from '../scheduler/schedule.ts'
import type { Moment } from '../store/store.ts'
import { audited, type Caller } from './caller.ts'
import type { ActionContext } from './context.ts'
import type { DecisionsByDevice } from './decided.ts'
import { decisionOf, isEmpty, type Writes } from './decision.ts'

export interface WriteOptions {
  /** Named in the audit log. */
  readonly action: string
  readonly subject: string
  /** The waiting change that a person has approved. */
  readonly approved?: { readonly id: string } | undefined
  /** Devices whose desired state is looked at beside those that the plan touches. */
  readonly lookAt?: ReadonlySet<DeviceId> | 'all' | undefined
  /** Written to the audit log though no placement moves. */
  readonly worthAudit?: boolean
  /** As of the commit. */
  readonly rest?: DecisionCommit['rest']
  /** What the audit log counts, where this is a part of it. */
  readonly whole?: PlannedChange
}

export interface Written {
  readonly outcome: 'applied' | 'unchanged'
  readonly plan: ChangePlan
  /** Deployments that facts would move too far: a person decides on each. */
  readonly waiting: PlannedChange['waiting']
}

/** `rollouts`: kept in the same transaction; a change that moves only them is one as well. */
export async function tryCommit(
  context: ActionContext,
  caller: Pick<Caller, 'project' | 'actor'>,
  { snapshot, rows }: Moment,
  planned: PlannedChange,
  options: WriteOptions,
  rollouts: readonly Rollout[] = [],
): Promise<Written | Refusal | 'stale'> {
  const { store, clock } = context
  const writes = decisionOf(
    {
      snapshot,
      decisions: await storedDecisions(context, snapshot, planned),
      desired: storedDesired(rows, planned, options.lookAt),
    },
    planned,
    caller.actor,
  )
  if (isRefusal(writes)) return writes
  const isNothing = isEmpty(writes) && rollouts.length === 0
  if (isNothing && options.approved === undefined && options.rest === undefined)
    return { outcome: 'unchanged', plan: planned.plan, waiting: planned.waiting }
  await storeArtifacts(context, writes)
  const atMs = clock.wallMs()
  const { intent, put, remove, decisions, desired } = writes
  const detail = countsOf(options.whole ?? planned)
  // A decision that only explains itself anew is nobody's change.
  const worthAudit = options.worthAudit === true || intent.length + put.length + remove.length > 0
  const committed = await store.commit({
    project: caller.project,
    basedOn: snapshot.version,
    atMs,
    intent,
    put,
    remove,
    decisions,
    desired,
    ...(rollouts.length > 0 && { rollouts }),
    ...(options.rest && { rest: options.rest }),
    ...(options.approved !== undefined && { pendingDone: options.approved.id }),
    audit: worthAudit ? [audited(caller, atMs, options.action, options.subject, detail)] : [],
  })
  if (committed.kind === 'stale') return 'stale'
  context.decided.remember(caller.project, snapshot.version, planned)
  context.wake.publish()
  if (rollouts.length > 0) context.wake.rollout()
  return { outcome: 'applied', plan: planned.plan, waiting: planned.waiting }
}

function countsOf({ plan: { touched } }: PlannedChange) {
  const sum = (of: (one: (typeof touched)[number]) => number) => touched.reduce((all, one) => all + of(one), 0)
  return {
    touched: touched.length,
    started: sum(({ start, change }) => start.length + change.length),
    stopped: sum(({ stop }) => stop.length),
  }
}

async function storedDecisions(
  { store, decided }: ActionContext,
  { project, version }: Snapshot,
  { plan: { deployments } }: PlannedChange,
): Promise<DecisionsByDevice> {
  const known = decided.at(project, version)
  if (known !== undefined) return known
  const found = new Map<DeploymentId, ReadonlyMap<DeviceId, DeviceDecision>>()
  for (const { deployment, decisions } of deployments) {
    const rows = decisions.length > FEW ? await store.decisions(deployment) : await few(store, deployment, decisions)
    found.set(deployment, new Map(rows.map((row) => [row.device, row])))
  }
  return found
}

/** Up to so many rows are read for themselves. */
const FEW = 50

async function few(
  store: ActionContext['store'],
  deployment: DeploymentId,
  decisions: readonly DeviceDecision[],
): Promise<DeviceDecision[]> {
  const rows = await Promise.all(decisions.map(({ device }) => store.decision(deployment, device)))
  return rows.filter((row) => row !== undefined)
}

function storedDesired(
  rows: readonly DeviceRow[],
  { plan: { touched }, after }: PlannedChange,
  lookAt: WriteOptions['lookAt'],
): Map<DeviceId, DesiredRow | undefined> {
  const devices =
    lookAt === 'all' ? after.devices.map(({ id }) => id) : [...touched.map(({ device }) => device), ...(lookAt ?? [])]
  const wanted = new Set(devices)
  return new Map(rows.flatMap(({ id, desired }) => (wanted.has(id) ? [[id, desired]] : [])))
}

async function storeArtifacts({ store }: ActionContext, { artifacts }: Writes): Promise<void> {
  for (const [name, text] of artifacts) {
    const digest = parseDigest(name)
    if (digest === undefined) throw new Error(`${name} is no digest`)
    await store.putArtifact(digest, new TextEncoder().encode(text))
  }
}
