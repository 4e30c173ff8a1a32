/** The first token: without it nobody could make another. */
import { chmodSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProjectId } from '@ocelli/schemas/ids'
import { audited, SERVER_ACTOR } from './actions/caller.ts'
import { makeAccessToken } from './identity/access-tokens.ts'
import type { Clock, Random } from './ports.ts'
import type { IdentityStore } from './store/store.ts'

export const ADMIN_TOKEN_FILE = 'admin.token'

/**
 * Makes an administrator's token where the project has none at all, in a file that its owner alone can read. The file
 * is written first: a crash in between leaves a file that the next start overwrites, never a token that nobody has.
 */
export async function ensureAdminToken(deps: {
  readonly store: Pick<IdentityStore, 'accessTokens' | 'addAccessToken'>
  readonly clock: Clock
  readonly random: Random
  readonly project: ProjectId
  readonly dataDir: string
}): Promise<{ readonly file: string; readonly created: string | undefined }> {
  const { store, clock, random, project, dataDir } = deps
  const file = join(dataDir, ADMIN_TOKEN_FILE)
  if ((await store.accessTokens(project)).length > 0) return { file, created: undefined }
  const createdAtMs = clock.wallMs()
  const { row, text } = makeAccessToken(random, { project, name: 'bootstrap', role: 'admin', createdAtMs })
  writeAdminToken(dataDir, text)
  const caller = { project, actor: SERVER_ACTOR }
  await store.addAccessToken(row, audited(caller, createdAtMs, 'accessToken.create', row.id, { role: 'admin' }))
  return { file, created: text }
}

/** Answers the file. */
export function writeAdminToken(dataDir: string, text: string): string {
  const file = join(dataDir, ADMIN_TOKEN_FILE)
  const scratch = `${file}.new`
  writeFileSync(scratch, `${text}\n`, { mode: 0o600, flush: true })
  chmodSync(scratch, 0o600)
  renameSync(scratch, file)
  return file
}
