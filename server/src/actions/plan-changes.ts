/** Shows what a request would do, and changes nothing. */
import type { PlannedChange as PlannedChangeView, PlanRequest, PlanResponse } from '@ocelli/schemas/api/change'
import { isRefusal, type Refusal } from '../domain/refusal.ts'
import { sha256Hex } from '../domain/sha256.ts'
import type { Snapshot } from '../domain/snapshot.ts'
import { touchedBetween, upgradesOf } from '../scheduler/schedule.ts'
import { checkAlerts, plannedAlerts, wantedAlerts } from './apply-alerts.ts'
import type { Caller } from './caller.ts'
import { plan } from './commit-change.ts'
import type { ActionContext } from './context.ts'
import { placementsAfter } from './decision.ts'
import { heldBack } from './held-back.ts'
import { previewRollout } from './stage-rollouts.ts'
import { takeSnapshot } from './take-snapshot.ts'
import { type WantedChange, wantedChanges } from './wanted-changes.ts'

export async function planChanges(
  context: ActionContext,
  caller: Caller,
  request: PlanRequest,
): Promise<PlanResponse | Refusal> {
  const alerts = wantedAlerts(caller, request)
  if (isRefusal(alerts)) return alerts
  const wanted = wantedChanges(context, caller.project, request)
  if (isRefusal(wanted)) return wanted
  const wrong = await checkAlerts(context, caller, alerts)
  if (wrong !== undefined) return wrong
  const planned = await planWanted(context, caller, wanted, { withRollouts: true })
  return isRefusal(planned) ? planned : { ...planned, changes: [...planned.changes, ...plannedAlerts(alerts)] }
}

/** Each change is planned on what the one before it leaves behind. */
export async function planWanted(
  context: ActionContext,
  caller: Caller,
  wanted: readonly WantedChange[],
  options: { readonly withRollouts?: boolean } = {},
): Promise<PlanResponse | Refusal> {
  const before = await takeSnapshot(context, caller.project)
  let snapshot: Snapshot = before
  const changes: PlannedChangeView[] = []
  for (const { kind, name, resolve } of wanted) {
    const change = await resolve(snapshot)
    if (isRefusal(change)) return change
    const planned = plan(context, snapshot, change, { frozen: await heldBack(context, caller.project, change) })
    if (isRefusal(planned)) return planned
    const own =
      change.kind === 'applyDeployment' && planned.plan.deployments.find((one) => one.deployment === change.id)
    const upgrades = own ? upgradesOf(snapshot, planned.after, own) : []
    const rollout =
      options.withRollouts && own ? await previewRollout(context, caller, snapshot, planned, own.deployment) : undefined
    snapshot = { ...planned.after, placements: placementsAfter(planned) }
    changes.push({
      kind,
      name,
      plan: planned.plan,
      ...(upgrades.length > 0 && { upgrades }),
      ...(rollout && { rollout }),
    })
  }
  return { check: checkOf(changes), changes, touched: touchedBetween(before, snapshot) }
}

/** One plan keeps its own name; several are named together. */
function checkOf(changes: readonly PlannedChangeView[]): string {
  const [first, ...others] = changes.map((change) => change.plan.check)
  return others.length === 0 ? (first ?? '') : sha256Hex([first, ...others].join('/')).slice(0, 16)
}
