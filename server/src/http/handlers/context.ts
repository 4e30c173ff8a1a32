/** What the handlers need beside the actions. */
import type { Retention } from '@ocelli/schemas/api/alert'
import type { Status } from '@ocelli/schemas/api/status'
import type { ProjectId } from '@ocelli/schemas/ids'
import type { ActionContext, IdentityContext } from '../../actions/context.ts'
import type { LiveBackups } from '../../backup/live.ts'
import type { Images } from '../../loops/images.ts'
import type { Problems } from '../../loops/problems.ts'
import type { Names } from '../views/names.ts'

export interface HandlerContext {
  readonly actions: ActionContext
  readonly identity: IdentityContext
  readonly problems: Problems
  readonly images: Images
  readonly names: Names
  /** When this process looked at an alert rule last. */
  readonly evaluatedAtMs: (project: ProjectId, rule: string) => number | undefined
  /** How long history is kept where a project says nothing else. */
  readonly retention: Retention
  /** Absent where the data cannot be backed up: in memory. */
  readonly backups?: LiveBackups
  /** The part of the status that is about this process. */
  readonly serverStatus: () => Promise<Pick<Status, 'server' | 'telemetry'>>
}
