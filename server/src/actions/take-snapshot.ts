/** The snapshot that decisions are made on: with the time, so that who is silent for too long counts as absent. */
import type { ProjectId } from '@ocelli/schemas/ids'
import type { Snapshot } from '../domain/snapshot.ts'
import type { Moment } from '../store/store.ts'
import type { ActionContext } from './context.ts'

export async function takeSnapshot(
  { store, clock }: Pick<ActionContext, 'store' | 'clock'>,
  project: ProjectId,
): Promise<Snapshot> {
  return { ...(await store.snapshot(project)), atMs: clock.wallMs() }
}

/** The same with the devices of that moment. */
export async function takeMoment(
  { store, clock }: Pick<ActionContext, 'store' | 'clock'>,
  project: ProjectId,
): Promise<Moment> {
  const { snapshot, rows } = await store.moment(project)
  return { snapshot: { ...snapshot, atMs: clock.wallMs() }, rows }
}
