/** Deployments that facts would move too far: until a person decides, nobody else's change moves them along. */
import type { DeploymentId, ProjectId } from '@ocelli/schemas/ids'
import type { Change } from '../domain/change.ts'
import type { ActionContext } from './context.ts'

export async function heldBack(
  context: Pick<ActionContext, 'store'>,
  project: ProjectId,
  change: Change,
): Promise<ReadonlySet<DeploymentId>> {
  // Facts are decided on by themselves.
  if (change.kind === 'replan') return new Set()
  return waitingBut(context, project, change.kind === 'applyDeployment' ? [change.id] : [])
}

/** The same for who decides about deployments themselves, by a new revision or by a step of its rollout. */
export async function waitingBut(
  { store }: Pick<ActionContext, 'store'>,
  project: ProjectId,
  own: readonly DeploymentId[],
): Promise<ReadonlySet<DeploymentId>> {
  const pending = await store.pending(project)
  const waiting = pending.flatMap(({ change }) => (change.kind === 'replan' && change.only ? [change.only.id] : []))
  return new Set(waiting.filter((id) => !own.includes(id)))
}
