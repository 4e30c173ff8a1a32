import { audited } from '../../actions/caller.ts'
import { recordAudit } from '../../actions/record-audit.ts'
import { refusal } from '../../domain/refusal.ts'
import { type Handlers, ok } from '../operations.ts'
import type { HandlerContext } from './context.ts'

export function backupHandlers({ actions, backups }: HandlerContext): Pick<Handlers, 'readBackup'> {
  return {
    async readBackup({ caller }) {
      if (backups === undefined) return refusal('request.notFound', 'the data of this server cannot be backed up')
      const stream = backups.start()
      await recordAudit(actions, audited(caller, actions.clock.wallMs(), 'backup.read', 'installation', {}))
      return ok(stream)
    },
  }
}
