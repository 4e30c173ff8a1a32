/**
 * The one way in which intent or placements change: snapshot, plan, commit. A commit that another was faster than is
 * decided again on what is there then. A change that reaches too far is stored and waits for a person.
 */

import type { ChangePlan } from '@ocelli/schemas/api/plan'
import { type ErrorCode, OcelliError } from '@ocelli/schemas/errors'
import { type DeviceId, idText } from '@ocelli/schemas/ids'
import { DEPLOYMENT_DEFAULTS } from '@ocelli/schemas/manifest/deployment'
import { sameJson } from '@ocelli/schemas/same-json'
import type { Change } from '../domain/change.ts'
import type { PendingChangeRow } from '../domain/records.ts'
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts'
import type { Snapshot } from '../domain/snapshot.ts'
import { missingGrants, type PlannedChange, type PlanOptions, planChange, planDevices } from '../scheduler/schedule.ts'
import type { Caller } from './caller.ts'
import { takeWholeMoment } from './commit-rest.ts'
import type { ActionContext } from './context.ts'
import { heldBack } from './held-back.ts'
import { stageRollouts } from './stage-rollouts.ts'
import { tryCommit, type WriteOptions, type Written } from './try-commit.ts'

export interface CommitOptions extends WriteOptions {
  /** `check` of the plan that must still be true. */
  readonly ifPlan?: string | undefined
  /** The waiting change that a person has approved, and the devices it was shown to touch. */
  readonly approved?: { readonly id: string; readonly touched: ReadonlySet<DeviceId> } | undefined
  /** Only the facts of these devices changed: as far as it suffices, nothing else is looked at. */
  readonly affected?: ReadonlySet<DeviceId> | undefined
  /** Id of the waiting change, where there should be one at most. */
  readonly pendingId?: string | undefined
}

export type ChangeOutcome =
  | Written
  | { readonly outcome: 'pending'; readonly plan: ChangePlan; readonly pending: string }

/** More than a few in a row mean that something else is wrong. */
const MAX_ATTEMPTS = 20

export function plan(
  context: ActionContext,
  snapshot: Snapshot,
  change: Change,
  options: Pick<PlanOptions, 'approved' | 'byPerson' | 'frozen'> = {},
) {
  return planChange(snapshot, change, {
    maxTouched: DEPLOYMENT_DEFAULTS.maxTouched,
    classes: context.classes(),
    ...options,
  })
}

function planAffected(context: ActionContext, snapshot: Snapshot, devices: ReadonlySet<DeviceId>) {
  return planDevices(snapshot, devices, { maxTouched: DEPLOYMENT_DEFAULTS.maxTouched, classes: context.classes() })
}

export function commitChange(
  context: ActionContext,
  caller: Pick<Caller, 'project' | 'actor'>,
  change: Change,
  options: CommitOptions,
): Promise<ChangeOutcome | Refusal> {
  return context.turns.take(caller.project, () => decideAndCommit(context, caller, change, options))
}

async function decideAndCommit(
  context: ActionContext,
  caller: Pick<Caller, 'project' | 'actor'>,
  change: Change,
  options: CommitOptions,
): Promise<ChangeOutcome | Refusal> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const moment = await takeWholeMoment(context, caller.project)
    const { snapshot } = moment
    const planned =
      (options.affected && planAffected(context, snapshot, options.affected)) ??
      plan(context, snapshot, change, {
        approved: options.approved !== undefined,
        byPerson: options.approved !== undefined,
        frozen: await heldBack(context, caller.project, change),
      })
    if (isRefusal(planned)) return planned
    const refused = notAllowed(change, planned, options)
    if (refused) return refused
    if (planned.plan.needsApproval) return keepPending(context, caller, change, planned.plan, options)
    const staged = await stageRollouts(context, caller, moment, planned)
    if (isRefusal(staged)) return staged
    const done = await tryCommit(context, caller, moment, staged.planned, options, staged.rollouts)
    if (isRefusal(done)) return done
    // Shown is how far the rollout will reach, though it may be done step by step.
    if (done !== 'stale') return { ...done, plan: planned.plan }
  }
  throw new OcelliError('server.busy', `${options.subject}: ${MAX_ATTEMPTS} changes by others came first`)
}

function notAllowed(change: Change, { plan: shown }: PlannedChange, options: CommitOptions): Refusal | undefined {
  const missing = change.kind === 'applyDeployment' ? missingGrants(shown, change.id) : undefined
  if (missing) return missing
  if (options.ifPlan !== undefined && options.ifPlan !== shown.check) {
    return refusal('change.planMoved', `${options.subject}: the plan is ${shown.check} now, not ${options.ifPlan}`, {
      check: shown.check,
    })
  }
  const known = options.approved?.touched
  const more = known === undefined ? [] : shown.touched.filter(({ device }) => !known.has(device))
  if (more.length === 0) return undefined
  const names = more.slice(0, 5).map(({ name }) => name)
  return refusal(
    'change.planMoved' satisfies ErrorCode,
    `${options.subject}: it would touch ${more.length} devices more than were shown (${names.join(', ')})`,
    { touched: shown.touched.length, shown: known?.size ?? 0 },
  )
}

async function keepPending(
  { store, clock, random }: ActionContext,
  { project, actor }: Pick<Caller, 'project' | 'actor'>,
  change: Change,
  shown: ChangePlan,
  { pendingId }: CommitOptions,
): Promise<ChangeOutcome> {
  const pending = await store.pending(project)
  // Asked again while it waits, the same change waits once.
  const same = pending.find((row) => row.id === pendingId || sameJson(row.change, change))
  const id = pendingId ?? same?.id ?? `ch-${idText(random.bytes('change-id', 10))}`
  if (same?.plan.check !== shown.check) {
    const createdAtMs = same?.createdAtMs ?? clock.wallMs()
    const row: PendingChangeRow = { id, project, change, plan: shown, actor, createdAtMs }
    await store.putPending(row)
  }
  return { outcome: 'pending', plan: shown, pending: id }
}
