/** `backup` and `restore`: the whole installation as one file. What needs no server runs in a process of its own. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type BackupHeader, linesOf } from '@ocelli/schemas/backup'
import { BackupCheck, linesIn } from '@ocelli/schemas/backup-check'
import { OcelliError } from '@ocelli/schemas/errors'
import { type Command, Option } from 'commander'
import { Client } from '../client.ts'
import { CliError, usageError } from '../exit.ts'
import { note, print } from '../format/output.ts'
import { plural } from '../format/text.ts'

const OFFLINE = join(import.meta.dirname, '../../src/backup/main.ts')
const PROGRESS_EVERY_MS = 1_000

interface Place {
  readonly dataDir?: string
  readonly databaseUrl?: string
}

interface Outcome {
  readonly tables: BackupHeader['tables']
  readonly keys?: readonly string[]
  readonly epoch?: number
  readonly destroyed?: Readonly<Record<string, number>>
  readonly adminToken?: string
}

export function addBackup(program: Command): void {
  program
    .command('backup')
    .summary('write the whole installation into one file')
    .argument('<file>', 'a new file; nobody but its owner will be able to read it')
    .description(
      'Asks the running server for a snapshot of all projects. With --data-dir or --database-url no server is asked: the embedded database must not be in use then, PostgreSQL may be. Key files are not in a backup unless --with-keys puts them there: without keys/sealing.key a backup cannot be restored, so keep a copy of that file apart. It never changes.',
    )
    .option('--data-dir <folder>', 'data directory of a server that is stopped')
    .option('--database-url <url>', 'PostgreSQL database')
    .option('--with-keys', 'put the key files of --data-dir into the backup: it alone is then the installation')
    .action(async (file: string, options: Place & { withKeys?: boolean }) => {
      const offline = options.dataDir !== undefined || options.databaseUrl !== undefined
      if (options.withKeys && options.dataDir === undefined) {
        throw usageError('--with-keys needs --data-dir: keys never leave a server over the network')
      }
      if (!offline) return await fetchBackup(file)
      const flags = [...flagsOf(options), ...(options.withKeys ? ['--with-keys'] : [])]
      const { tables, keys = [] } = await runOffline(['backup', file, ...flags])
      tellBackup(file, tables, keys)
    })

  program
    .command('restore')
    .summary('bring a backup into an empty data directory or database')
    .argument('<file>', 'a file that `ocelli backup` wrote')
    .description(
      'Works on a server that is stopped, from either database to either. The whole file is checked first, and what fails changes nothing. What devices were told after the backup is forgotten: they are told anew, in a new epoch, and send what they still hold. What they had delivered after the backup is recorded as lost. Enrolment tokens that were still open are revoked.',
    )
    .option('--data-dir <folder>', 'data directory: embedded database and keys, or keys alone with --database-url')
    .option('--database-url <url>', 'PostgreSQL database')
    .option('--sealing-key <file>', 'keys/sealing.key of the installation that was backed up')
    .addOption(new Option('--force', 'destroy what is there; it is told first without this flag'))
    .action(async (file: string, options: Place & { sealingKey?: string; force?: boolean }) => {
      if (options.dataDir === undefined && options.databaseUrl === undefined) {
        throw usageError('restore where? --data-dir FOLDER or --database-url URL', 'ocelli restore --help')
      }
      const key = options.sealingKey === undefined ? [] : ['--sealing-key', options.sealingKey]
      const force = options.force ? ['--force'] : []
      const outcome = await runOffline(['restore', file, ...flagsOf(options), ...key, ...force])
      const destroyed = Object.entries(outcome.destroyed ?? {})
      if (destroyed.length > 0) note(`destroyed: ${destroyed.map(([table, rows]) => `${rows} ${table}`).join(', ')}`)
      print(
        `restored ${countOf(outcome.tables, 'devices')} and ${countOf(outcome.tables, 'records')}, epoch ${outcome.epoch}`,
      )
      if (outcome.adminToken !== undefined) note(`A new administrator's token is in ${outcome.adminToken}`)
      note(
        'Start the server. Then revoke again what was revoked since the backup, and replace the trust document if it was newer.',
      )
    })
}

/** Streams to a file beside, and renames it when it is known to be whole. */
async function fetchBackup(file: string): Promise<void> {
  if (existsSync(file)) throw new CliError('request.conflict', `${file} exists; a backup is never overwritten`)
  const scratch = `${file}.part`
  rmSync(scratch, { force: true })
  const check = new BackupCheck(createHash('sha256'))
  try {
    const bytes = await Client.fromEnvironment().bytes('/backup')
    await pipeline(
      linesIn(bytes),
      checked(check),
      createWriteStream(scratch, { mode: 0o600, flags: 'wx', flush: true }),
    )
    check.finish()
    renameSync(scratch, file)
  } catch (cause) {
    rmSync(scratch, { force: true })
    if (cause instanceof OcelliError) throw new CliError(cause.code, cause.message, { next: 'try again', cause })
    if (cause instanceof CliError) throw cause
    throw new CliError(
      'backup.damaged',
      `the server broke off: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        next: 'look at the log of the server',
        cause,
      },
    )
  }
  tellBackup(file, check.header?.tables ?? [], [])
}

function checked(check: BackupCheck) {
  let lines = 0
  let saidAtMs = performance.now()
  return async function* (source: AsyncIterable<Uint8Array>) {
    for await (const line of source) {
      check.take(line)
      lines++
      if (performance.now() - saidAtMs > PROGRESS_EVERY_MS && check.header !== undefined) {
        saidAtMs = performance.now()
        note(`${lines} of ${linesOf(check.header)} lines …`)
      }
      yield line
    }
  }
}

function tellBackup(file: string, tables: BackupHeader['tables'], keys: readonly string[]): void {
  print(`${file}: ${countOf(tables, 'devices')} and ${countOf(tables, 'records')}`)
  if (keys.length > 0)
    note(`It holds ${keys.join(', ')}: whoever has this file can be your server. Keep it as you keep keys.`)
  else note('It holds no key files: keep a copy of keys/sealing.key of the data directory apart from it.')
}

function countOf(tables: BackupHeader['tables'], name: string): string {
  return plural(tables.find((table) => table.name === name)?.rows ?? 0, name.replace(/s$/, ''))
}

function flagsOf({ dataDir, databaseUrl }: Place): string[] {
  return [
    ...(dataDir === undefined ? [] : ['--data-dir', dataDir]),
    ...(databaseUrl === undefined ? [] : ['--database-url', databaseUrl]),
  ]
}

/** Its progress and its errors are for the person, as they come; its outcome is one line of JSON. */
async function runOffline(args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [OFFLINE, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  // It has said why itself.
  if (code !== 0) process.exit(code ?? 1)
  return JSON.parse(output) as Outcome
}
