/**
 * Takes changes of one project in turn within this process: two that are decided at once would only make each other's
 * plans stale. Between processes the store's version decides.
 */
import type { ProjectId } from '@ocelli/schemas/ids'

export interface Turns {
  /** Runs `work` after all that was asked before it has ended, however it ended. */
  take<T>(project: ProjectId, work: () => Promise<T>): Promise<T>
}

export function createTurns(): Turns {
  const last = new Map<ProjectId, Promise<unknown>>()
  return {
    take(project, work) {
      const before = last.get(project) ?? Promise.resolve()
      const own = before.then(work, work)
      last.set(project, own)
      const forget = () => {
        if (last.get(project) === own) last.delete(project)
      }
      own.then(forget, forget)
      return own
    },
  }
}
