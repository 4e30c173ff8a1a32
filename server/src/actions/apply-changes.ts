/** Makes the changes of a request, each in a transaction of its own; all are checked before the first is made. */
import type { AppliedChange, ApplyRequest, ApplyResponse } from '@ocelli/schemas/api/change'
import type { Change } from '../domain/change.ts'
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts'
import { missingGrants } from '../scheduler/schedule.ts'
import { applyAlerts, checkAlerts, wantedAlerts } from './apply-alerts.ts'
import type { Caller } from './caller.ts'
import { type ChangeOutcome, commitChange } from './commit-change.ts'
import type { ActionContext } from './context.ts'
import { planWanted } from './plan-changes.ts'
import { takeSnapshot } from './take-snapshot.ts'
import { type WantedChange, wantedChanges } from './wanted-changes.ts'

export async function applyChanges(
  context: ActionContext,
  caller: Caller,
  request: ApplyRequest,
): Promise<ApplyResponse | Refusal> {
  const alerts = wantedAlerts(caller, request)
  if (isRefusal(alerts)) return alerts
  const wanted = wantedChanges(context, caller.project, request)
  if (isRefusal(wanted)) return wanted
  const wrong = await checkAlerts(context, caller, alerts)
  if (wrong !== undefined) return wrong
  const done = await applyWanted(context, caller, wanted, request.ifPlan)
  return isRefusal(done) ? done : { changes: [...done.changes, ...(await applyAlerts(context, caller, alerts))] }
}

export async function applyWanted(
  context: ActionContext,
  caller: Caller,
  wanted: readonly WantedChange[],
  ifPlan?: string,
): Promise<ApplyResponse | Refusal> {
  const planned = await planWanted(context, caller, wanted)
  if (isRefusal(planned)) return planned
  if (ifPlan !== undefined && ifPlan !== planned.check) {
    return refusal('change.planMoved', `the plan is ${planned.check} now, not ${ifPlan}`, { check: planned.check })
  }
  for (const { name, plan } of planned.changes) {
    const own = plan.deployments.find((one) => one.name === name)
    const missing = own && missingGrants(plan, own.deployment)
    if (missing) return missing
  }
  const changes: AppliedChange[] = []
  for (const [index, { kind, name, resolve }] of wanted.entries()) {
    if (changes.some(({ outcome }) => outcome === 'pending')) {
      changes.push({ kind, name, outcome: 'skipped' })
      continue
    }
    const change = await resolve(await takeSnapshot(context, caller.project))
    const done = isRefusal(change)
      ? change
      : await commitChange(context, caller, change, {
          action: actionOf(kind),
          subject: name,
          ifPlan: ifPlan === undefined ? undefined : planned.changes[index]?.plan.check,
        })
    if (isRefusal(done)) return afterPart(done, changes)
    changes.push(applied(kind, name, done))
  }
  return { changes }
}

export function appliedView(kind: Change['kind'], name: string, done: ChangeOutcome): ApplyResponse {
  return { changes: [applied(kind, name, done)] }
}

function applied(kind: Change['kind'], name: string, done: ChangeOutcome): AppliedChange {
  const { outcome, plan } = done
  return outcome === 'pending' ? { kind, name, outcome, plan, pending: done.pending } : { kind, name, outcome, plan }
}

/** Name of a change in the audit log, as in `deployment.apply`. */
export function actionOf(kind: Change['kind']): string {
  return ACTIONS[kind]
}

const ACTIONS: Record<Change['kind'], string> = {
  applyDeployment: 'deployment.apply',
  deleteDeployment: 'deployment.delete',
  applyFleet: 'fleet.apply',
  deleteFleet: 'fleet.delete',
  editLabels: 'device.labels',
  editTaints: 'device.taints',
  editPins: 'deployment.pin',
  assume: 'assume',
  deleteDevice: 'device.delete',
  replan: 'replan',
}

/** Others changed something between the check and the change: what was made before is said along with the refusal. */
function afterPart(refused: Refusal, made: readonly AppliedChange[]): Refusal {
  if (made.length === 0) return refused
  const names = made.map(({ kind, name }) => `${kind} ${name}`)
  return {
    ...refused,
    message: `${refused.message} (made before: ${names.join(', ')})`,
    details: { ...refused.details, made: names },
  }
}
