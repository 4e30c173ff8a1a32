/** The snapshot that decisions are made on: with the time, so that who is silent for too long counts as absent. */
import type { ProjectId } from '@ocelli/schemas/ids'
import type { Snapshot } from '../domain/snapshot.ts'
import type { ActionContext } from './context.ts'

export async function takeSnapshot(
  { store, clock }: Pick<ActionContext, 'store' | 'clock'>,
  project: ProjectId,
): Promise<Snapshot> {
  return { ...(await store.snapshot(project)), atMs: clock.wallMs() }
}
