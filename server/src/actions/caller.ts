/** Who asks: a token's holder, or the server itself. Every change names its caller in the audit log. */
import type { ProjectId } from '@ocelli/schemas/ids'
import type { AuditRow, Role } from '../domain/records.ts'

export interface Caller {
  readonly project: ProjectId
  /** Name in the audit log. */
  readonly actor: string
  readonly tokenId: string
  readonly role: Role
}

/** Actor of what the server does by itself. */
export const SERVER_ACTOR = 'ocelli'

export function audited(
  caller: Pick<Caller, 'project' | 'actor'>,
  atMs: number,
  action: string,
  subject: string,
  detail: AuditRow['detail'] = {},
): AuditRow {
  return { atMs, project: caller.project, actor: caller.actor, action, subject, detail }
}
