/** All handlers of the API, each group in a file of its own. */
import type { Handlers } from '../operations.ts'
import { accessHandlers } from './access.ts'
import { alertHandlers } from './alerts.ts'
import { backupHandlers } from './backup.ts'
import { brokerHandlers } from './broker.ts'
import { changeHandlers } from './changes.ts'
import { componentHandlers } from './components.ts'
import type { HandlerContext } from './context.ts'
import { deploymentHandlers } from './deployments.ts'
import { deviceHandlers } from './devices.ts'
import { historyHandlers } from './history.ts'
import { recordHandlers } from './records.ts'
import { rolloutHandlers } from './rollouts.ts'
import { rootHandlers } from './roots.ts'
import { statusHandlers } from './status.ts'

export function createHandlers(context: HandlerContext): Handlers {
  return {
    ...accessHandlers(context),
    ...alertHandlers(context),
    ...backupHandlers(context),
    ...brokerHandlers(context),
    ...changeHandlers(context),
    ...componentHandlers(context),
    ...deploymentHandlers(context),
    ...deviceHandlers(context),
    ...historyHandlers(context),
    ...recordHandlers(context),
    ...rolloutHandlers(context),
    ...rootHandlers(context),
    ...statusHandlers(context),
  }
}
