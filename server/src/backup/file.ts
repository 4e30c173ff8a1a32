/** A backup as a file: it comes into its place by one rename, readable by its owner only, and is read twice. */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import type { BackupHeader } from '@ocelli/schemas/backup'
import { BackupCheck, type BackupLine, linesIn } from '@ocelli/schemas/backup-check'
import { OcelliError } from '@ocelli/schemas/errors'

/** What was read of a whole and unaltered backup, without its rows. */
export interface VerifiedBackup {
  readonly header: BackupHeader
  readonly keys: ReadonlyMap<string, string>
}

/** Lines read or written so far. */
export type OnProgress = (lines: number) => void

/** Writes a file that nobody else can read. Throws OcelliError `request.conflict` where it exists. */
export async function writeBackupFile<T>(
  file: string,
  produce: (write: (bytes: Uint8Array) => Promise<void>) => Promise<T>,
): Promise<T> {
  if (existsSync(file)) throw new OcelliError('request.conflict', `${file} exists; a backup is never overwritten`)
  const scratch = `${file}.part`
  await rm(scratch, { force: true })
  let handle: FileHandle | undefined
  try {
    const opened = await open(scratch, 'wx', 0o600)
    handle = opened
    const made = await produce((bytes) => opened.appendFile(bytes))
    await opened.sync()
    await opened.close()
    handle = undefined
    await rename(scratch, file)
    return made
  } catch (cause) {
    await handle?.close()
    await rm(scratch, { force: true })
    throw cause
  }
}

/**
 * Reads the whole file before anything is done with it. Throws OcelliError `backup.damaged`, `backup.newer` or
 * `request.notFound`.
 */
export async function verifyBackupFile(file: string, onProgress: OnProgress = () => {}): Promise<VerifiedBackup> {
  const keys = new Map<string, string>()
  let header: BackupHeader | undefined
  let lines = 0
  for await (const line of readBackupFile(file)) {
    if (line.kind === 'header') header = line.header
    if (line.kind === 'key') keys.set(line.name, line.text)
    onProgress(++lines)
  }
  if (header === undefined) throw new Error('a backup without a header passed its check')
  return { header, keys }
}

/** Checked as it is read: the last line is answered only where all bytes before it were right. */
export async function* readBackupFile(file: string): AsyncGenerator<BackupLine> {
  if (!existsSync(file)) throw new OcelliError('request.notFound', `There is no file ${file}`)
  const check = new BackupCheck(createHash('sha256'))
  for await (const line of linesIn(createReadStream(file, { highWaterMark: 256 * 1024 }))) yield check.take(line)
  check.finish()
}
