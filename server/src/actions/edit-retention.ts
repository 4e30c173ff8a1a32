/** How long history of a project is kept. What is older than before the change wants goes with the next round. */
import type { Retention } from '@ocelli/schemas/api/alert'
import { audited, type Caller } from './caller.ts'
import type { ActionContext } from './context.ts'

export async function editRetention(
  { store, clock }: ActionContext,
  caller: Caller,
  change: Partial<Retention>,
): Promise<Partial<Retention>> {
  const policy = { ...(await store.retention(caller.project)), ...change }
  await store.putRetention(
    caller.project,
    policy,
    audited(caller, clock.wallMs(), 'retention.edit', caller.project, { ...change }),
  )
  return policy
}
