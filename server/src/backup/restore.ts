/** From a file to an installation that a server can be started on. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BackupHeader } from '@ocelli/schemas/backup'
import { OcelliError } from '@ocelli/schemas/errors'
import type { ProjectId } from '@ocelli/schemas/ids'
import { eq } from 'drizzle-orm'
import { ADMIN_TOKEN_FILE, writeAdminToken } from '../bootstrap.ts'
import { checkAccessToken, makeAccessToken } from '../identity/access-tokens.ts'
import { KEY_FILE_NAMES, type KeyFiles, openKeyFiles } from '../identity/key-files.ts'
import { createSealer } from '../identity/sealing.ts'
import type { Random } from '../ports.ts'
import { type Database, present } from '../store/sql/database.ts'
import { accessTokens, sealed } from '../store/sql/schema.ts'
import { type OnProgress, readBackupFile, type VerifiedBackup, verifyBackupFile } from './file.ts'
import { type Loaded, load } from './load.ts'
import { openPlace, type Place } from './place.ts'

export interface RestoreOptions {
  readonly file: string
  readonly place: Place
  /** Destroys what is there. */
  readonly force: boolean
  /** The sealing key of the installation that was backed up, where neither backup nor data directory hold it. */
  readonly sealingKeyFile?: string | undefined
  readonly nowMs: number
  readonly random: Random
  readonly onHeader?: (header: BackupHeader) => void
  readonly onProgress?: (step: 'check' | 'restore', lines: number) => void
}

export interface Restored extends Loaded {
  readonly header: BackupHeader
  /** File with a new administrator's token, where the data directory had none that the backup knows. */
  readonly adminToken: string | undefined
}

/**
 * Throws OcelliError `backup.*`, `storage.locked`, `database.version` or `request.notFound`; then nothing was changed
 * but a data directory that was made.
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { file, place, force, nowMs, random } = options
  const onProgress =
    (step: 'check' | 'restore'): OnProgress =>
    (lines) =>
      options.onProgress?.(step, lines)
  const backup = await verifyBackupFile(file, onProgress('check'))
  options.onHeader?.(backup.header)
  const { dataDir } = place
  const keyFiles = dataDir === undefined ? undefined : openKeyFiles(join(dataDir, 'keys'))
  const sealingKey = keyFiles && sealingKeyOf(keyFiles, backup, options.sealingKeyFile)
  const opened = await openPlace(place, 'make')
  try {
    let adminToken: string | undefined
    const loaded = await load({
      database: opened.database,
      header: backup.header,
      lines: counted(readBackupFile(file), onProgress('restore')),
      nowMs,
      force,
      async finish(tx) {
        if (sealingKey !== undefined) await checkKey(tx, sealingKey, random)
        if (keyFiles !== undefined) putKeys(keyFiles, backup, sealingKey)
        if (dataDir !== undefined) adminToken = await putAdminToken(tx, dataDir, nowMs, random)
      },
    })
    return { ...loaded, header: backup.header, adminToken }
  } finally {
    await opened.close()
  }
}

/** A server that found no key would make one, and could never open the secrets of the backup with it. */
function sealingKeyOf(keyFiles: KeyFiles, backup: VerifiedBackup, given: string | undefined): string {
  const name = KEY_FILE_NAMES.sealing
  const held = keyFiles.read(name)
  const brought = given === undefined ? backup.keys.get(name) : readFileSync(given, 'utf8')
  if (held !== undefined && brought !== undefined && held.trim() !== brought.trim()) {
    throw new OcelliError('backup.key', `keys/${name} is the key of another installation: move it away first`)
  }
  const key = held ?? brought
  if (key !== undefined) return key
  throw new OcelliError(
    'backup.key',
    `The backup holds no key file: give the ${name} of its installation by --sealing-key`,
  )
}

/** Opens every secret, as the server will at its start. */
async function checkKey(tx: Database, text: string, random: Random): Promise<void> {
  const key = Buffer.from(text.trim(), 'base64')
  try {
    const sealer = createSealer(key, random)
    for (const row of await tx.select().from(sealed)) sealer.open(row.name, row.sealed)
  } catch (cause) {
    throw new OcelliError('backup.key', 'The sealing key is not that of the backup', { cause })
  }
}

function putKeys(keyFiles: KeyFiles, backup: VerifiedBackup, sealingKey: string | undefined): void {
  if (sealingKey !== undefined) keyFiles.create(KEY_FILE_NAMES.sealing, sealingKey)
  for (const [name, text] of backup.keys) {
    if (/^[a-z0-9][a-z0-9.-]*\.key$/.test(name)) keyFiles.create(name, text)
  }
}

/** Tokens are in a backup as hashes alone: whoever restores on a new machine could not ask the server for anything. */
async function putAdminToken(
  tx: Database,
  dataDir: string,
  createdAtMs: number,
  random: Random,
): Promise<string | undefined> {
  const file = join(dataDir, ADMIN_TOKEN_FILE)
  const held = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
  const accessToken = async (id: string) => {
    const [row] = await tx.select().from(accessTokens).where(eq(accessTokens.id, id))
    return row && present(row)
  }
  if ((await checkAccessToken({ accessToken }, held, createdAtMs)) !== undefined) return undefined
  const project = 'default' as ProjectId
  const { row, text } = makeAccessToken(random, { project, name: 'restored', role: 'admin', createdAtMs })
  await tx.insert(accessTokens).values(row)
  return writeAdminToken(dataDir, text)
}

async function* counted<T>(lines: AsyncIterable<T>, onProgress: OnProgress): AsyncGenerator<T> {
  let count = 0
  for await (const line of lines) {
    yield line
    onProgress(++count)
  }
}
