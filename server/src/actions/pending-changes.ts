/** Changes that touch more devices than allowed: a person makes them or drops them. */
import type { ApplyResponse, PendingChange } from '@ocelli/schemas/api/change'
import type { PendingChangeRow } from '../domain/records.ts'
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts'
import { actionOf, appliedView } from './apply-changes.ts'
import { audited, type Caller } from './caller.ts'
import { commitChange } from './commit-change.ts'
import type { ActionContext } from './context.ts'

/** Makes the change, if it touches no device that was not shown. */
export async function approveChange(
  context: ActionContext,
  caller: Caller,
  id: string,
): Promise<ApplyResponse | Refusal> {
  const row = await findPending(context, caller, id)
  if (row === undefined) return notFound(id)
  const { change, plan } = row
  const { kind, name } = pendingView(row)
  const done = await commitChange(context, caller, change, {
    action: `${actionOf(change.kind)}.approve`,
    subject: name,
    approved: { id, touched: new Set(plan.touched.map(({ device }) => device)) },
  })
  if (isRefusal(done)) return done
  if (change.kind === 'deleteDevice') await context.wake.deviceGone(change.device)
  return appliedView(kind, name, done)
}

export async function rejectChange(context: ActionContext, caller: Caller, id: string): Promise<Refusal | undefined> {
  const row = await findPending(context, caller, id)
  if (row === undefined) return notFound(id)
  const audit = audited(caller, context.clock.wallMs(), 'change.reject', id, { kind: row.change.kind })
  return (await context.store.removePending(id, audit)) ? undefined : notFound(id)
}

export async function findPending(
  { store }: Pick<ActionContext, 'store'>,
  { project }: Pick<Caller, 'project'>,
  id: string,
): Promise<PendingChangeRow | undefined> {
  return (await store.pending(project)).find((row) => row.id === id)
}

export function pendingView({ id, change, plan, actor, createdAtMs }: PendingChangeRow): PendingChange {
  const { touched, maxTouched } = plan
  return { id, kind: change.kind, name: nameOf(change), actor, createdAtMs, touched: touched.length, maxTouched, plan }
}

function nameOf(change: PendingChangeRow['change']): string {
  switch (change.kind) {
    case 'applyDeployment':
    case 'applyFleet':
      return change.manifest.metadata.name
    case 'deleteDeployment':
    case 'deleteFleet':
      return change.name
    case 'editLabels':
    case 'editTaints':
      return `${change.edits.length} devices`
    case 'editPins':
      return `${change.pins.length} devices`
    case 'assume':
      return 'assumed facts'
    case 'deleteDevice':
      return change.device
    case 'replan':
      return change.only ? `${change.only.name} follows the facts` : 'facts of devices changed'
  }
}

function notFound(id: string): Refusal {
  return refusal('request.notFound', `there is no waiting change ${id}`)
}
