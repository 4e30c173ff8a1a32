/** Deployments that facts would move too far: until a person decides, nobody else's change moves them along. */
import type { DeploymentId, ProjectId } from '@ocelli/schemas/ids'
import type { Change } from '../domain/change.ts'
import type { ActionContext } from './context.ts'

export async function heldBack(
  { store }: Pick<ActionContext, 'store'>,
  project: ProjectId,
  change: Change,
): Promise<ReadonlySet<DeploymentId>> {
  // Who changes the deployment itself decides about it; facts are decided on by themselves.
  const own = change.kind === 'applyDeployment' ? change.id : undefined
  const pending = change.kind === 'replan' ? [] : await store.pending(project)
  return new Set(
    pending.flatMap(({ change: waiting }) =>
      waiting.kind === 'replan' && waiting.only && waiting.only.id !== own ? [waiting.only.id] : [],
    ),
  )
}
