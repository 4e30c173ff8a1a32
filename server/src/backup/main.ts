/**
 * Backup and restore without a server: `node server/src/backup/main.ts backup|restore FILE`, which `ocelli backup` and
 * `ocelli restore` start. Progress goes to standard error, the outcome as one line of JSON to standard output.
 */
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type BackupHeader, linesOf } from '@ocelli/schemas/backup'
import { OcelliError } from '@ocelli/schemas/errors'
import { dump, type KeyFile } from './dump.ts'
import { writeBackupFile } from './file.ts'
import { openPlace, type Place } from './place.ts'
import { restore } from './restore.ts'

const EXIT_FAILED = 1
const EXIT_USAGE = 64
const PROGRESS_EVERY_MS = 1_000

async function main(): Promise<void> {
  const { verb, file, place, values } = readArguments(process.argv.slice(2))
  if (verb === 'backup') return await backUp(file, place, values['with-keys'] ?? false)
  const progress = createProgress()
  const restored = await restore({
    file,
    place,
    force: values.force ?? false,
    sealingKeyFile: values['sealing-key'],
    nowMs: Date.now(),
    random: { bytes: (_purpose, count) => randomBytes(count) },
    onHeader: (header) => progress.expect(header),
    onProgress: (step, lines) => progress.at(step === 'check' ? 'checked' : 'restored', lines),
  })
  const { header, epoch, destroyed, adminToken } = restored
  tell({ file, epoch, createdAtMs: header.createdAtMs, tables: header.tables, destroyed, adminToken })
}

async function backUp(file: string, place: Place, withKeys: boolean): Promise<void> {
  if (withKeys && place.dataDir === undefined) throw usage('--with-keys needs --data-dir, where the keys are')
  const opened = await openPlace(place, 'mustExist')
  try {
    const progress = createProgress()
    let bytesWritten = 0
    const header = await writeBackupFile(file, (write) =>
      dump({
        database: opened.database,
        version: serverVersion(),
        nowMs: Date.now(),
        keys: withKeys && place.dataDir !== undefined ? keysIn(join(place.dataDir, 'keys')) : [],
        async write(bytes) {
          await write(bytes)
          bytesWritten += bytes.byteLength
          progress.at('wrote bytes', bytesWritten)
        },
      }),
    )
    tell({ file, createdAtMs: header.createdAtMs, tables: header.tables, keys: header.keys })
  } finally {
    await opened.close()
  }
}

function readArguments(args: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const options = { 'data-dir': text, 'database-url': text, 'sealing-key': text, force: flag, 'with-keys': flag }
  let parsed: ReturnType<typeof parse>
  const parse = () => parseArgs({ args: [...args], strict: true, allowPositionals: true, options })
  try {
    parsed = parse()
  } catch (cause) {
    throw usage(cause instanceof Error ? cause.message : String(cause))
  }
  const { positionals, values } = parsed
  const [verb, file] = positionals
  if ((verb !== 'backup' && verb !== 'restore') || file === undefined || positionals.length > 2) {
    throw usage('backup FILE or restore FILE is needed')
  }
  const dataDir = values['data-dir']
  const place: Place = {
    dataDir: dataDir === undefined ? undefined : resolve(dataDir),
    databaseUrl: values['database-url'],
  }
  return { verb, file: resolve(file), place, values } as const
}

/** Every key file of an installation; in development the operator's and the publisher's are among them. */
function keysIn(folder: string): KeyFile[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.key'))
  return names.map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
}

/** Says every second how far it is. */
function createProgress() {
  let total: number | undefined
  let saidAtMs = performance.now()
  return {
    expect(header: BackupHeader) {
      total = linesOf(header)
    },
    at(what: string, count: number) {
      if (performance.now() - saidAtMs < PROGRESS_EVERY_MS) return
      saidAtMs = performance.now()
      process.stderr.write(`${what} ${count}${total === undefined ? '' : ` of ${total}`} …\n`)
    },
  }
}

function serverVersion(): string {
  const json: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  const version = typeof json === 'object' && json !== null && 'version' in json ? json.version : undefined
  return typeof version === 'string' ? version : '0.0.0'
}

function tell(outcome: unknown): void {
  process.stdout.write(`${JSON.stringify(outcome)}\n`)
}

function usage(message: string): OcelliError {
  return new OcelliError('flag.invalid', message)
}

main().catch((error: unknown) => {
  const isExpected = error instanceof OcelliError
  if (isExpected) process.stderr.write(`error: ${error.message} [${error.code}]\n`)
  else process.stderr.write(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = isExpected && error.code === 'flag.invalid' ? EXIT_USAGE : EXIT_FAILED
})
