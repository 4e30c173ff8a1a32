/** Alert rules of a request: they touch no device, so there is nothing to plan or approve. */
import type { AppliedChange, PlannedChange, PlanRequest } from '@ocelli/schemas/api/change'
import type { AlertManifest } from '@ocelli/schemas/manifest/alert'
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts'
import { audited, type Caller } from './caller.ts'
import type { ActionContext } from './context.ts'
import { readManifests } from './wanted-changes.ts'

export type WantedAlert =
  | { readonly kind: 'applyAlert'; readonly name: string; readonly manifest: AlertManifest }
  | { readonly kind: 'deleteAlert'; readonly name: string }

/** In the order in which they are made: manifests, then removals. */
export function wantedAlerts(caller: Caller, request: PlanRequest): readonly WantedAlert[] | Refusal {
  const manifests = request.manifests === undefined ? [] : readManifests(caller.project, request.manifests)
  if (isRefusal(manifests)) return manifests
  return [
    ...manifests.flatMap((manifest): WantedAlert[] =>
      manifest.kind === 'Alert' ? [{ kind: 'applyAlert', name: manifest.metadata.name, manifest }] : [],
    ),
    ...(request.remove ?? []).flatMap(({ kind, name }): WantedAlert[] =>
      kind === 'Alert' ? [{ kind: 'deleteAlert', name }] : [],
    ),
  ]
}

/** `request.notFound` where a receiver or a rule to remove is not there. */
export async function checkAlerts(
  { store }: ActionContext,
  caller: Caller,
  wanted: readonly WantedAlert[],
): Promise<Refusal | undefined> {
  if (wanted.length === 0) return undefined
  const receivers = new Set((await store.receivers(caller.project)).map(({ name }) => name))
  const rules = new Set((await store.alertRules(caller.project)).map(({ name }) => name))
  for (const one of wanted) {
    if (one.kind === 'deleteAlert' && !rules.has(one.name)) {
      return refusal('request.notFound', `there is no alert ${one.name}`)
    }
    const missing =
      one.kind === 'applyAlert' ? one.manifest.spec.notify?.find((name) => !receivers.has(name)) : undefined
    if (missing !== undefined) {
      return refusal('request.notFound', `alert ${one.name}: there is no receiver ${missing}; an admin makes one first`)
    }
  }
  return undefined
}

export function plannedAlerts(wanted: readonly WantedAlert[]): PlannedChange[] {
  const plan = { check: '', deployments: [], touched: [], maxTouched: 0, needsApproval: false }
  return wanted.map(({ kind, name }) => ({ kind, name, plan }))
}

export async function applyAlerts(
  context: ActionContext,
  caller: Caller,
  wanted: readonly WantedAlert[],
): Promise<AppliedChange[]> {
  const changes: AppliedChange[] = []
  for (const one of wanted) {
    const { kind, name } = one
    const applied =
      kind === 'applyAlert' ? await put(context, caller, one.manifest) : await deleteRule(context, caller, name)
    changes.push({ kind, name, outcome: applied ? 'applied' : 'unchanged' })
  }
  if (wanted.length > 0) context.wake.alerts()
  return changes
}

function put({ store, clock }: ActionContext, caller: Caller, { metadata, spec }: AlertManifest): Promise<boolean> {
  const atMs = clock.wallMs()
  const rule = { project: caller.project, name: metadata.name, spec }
  return store.putAlertRule(rule, atMs, audited(caller, atMs, 'alert.apply', metadata.name))
}

/** Its open alerts resolve, and nobody is told. */
export async function deleteRule(context: ActionContext, caller: Caller, name: string): Promise<boolean> {
  const atMs = context.clock.wallMs()
  const audit = audited(caller, atMs, 'alert.delete', name)
  const deleted = await context.store.deleteAlertRule(caller.project, name, atMs, audit)
  if (deleted) context.wake.alerts()
  return deleted
}
