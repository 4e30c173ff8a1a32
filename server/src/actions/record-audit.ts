/** Writes what was done to the audit log, where it changed nothing that is kept otherwise. */
import { OcelliError } from '@ocelli/schemas/errors'
import type { AuditRow } from '../domain/records.ts'
import type { ActionContext } from './context.ts'

const MAX_ATTEMPTS = 20

export function recordAudit({ store, turns }: Pick<ActionContext, 'store' | 'turns'>, row: AuditRow): Promise<void> {
  return turns.take(row.project, () => write(store, row))
}

async function write(store: ActionContext['store'], row: AuditRow): Promise<void> {
  const nothing = { intent: [], put: [], remove: [], decisions: [], desired: [] }
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const { version } = await store.snapshot(row.project)
    const commit = { project: row.project, basedOn: version, atMs: row.atMs, audit: [row], ...nothing }
    if ((await store.commit(commit)).kind === 'committed') return
  }
  throw new OcelliError('server.busy', `${row.action}: ${MAX_ATTEMPTS} changes by others came first`)
}
