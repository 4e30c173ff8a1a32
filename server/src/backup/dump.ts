/** Writes a database as the lines of a backup, from one snapshot: writers go on meanwhile and leave no trace in it. */
import { createHash } from 'node:crypto'
import { BACKUP_FORMAT, BACKUP_VERSION, type BackupEnd, type BackupHeader } from '@ocelli/schemas/backup'
import { OcelliError } from '@ocelli/schemas/errors'
import { sql } from 'drizzle-orm'
import { type Database, rowsOf } from '../store/sql/database.ts'
import { readMigrations } from '../store/sql/migrate.ts'
import { migrationsOf, partitionsOf, quoted, sequencesOf, type Table, tablesOf } from './catalogue.ts'

export interface KeyFile {
  readonly name: string
  readonly text: string
}

export interface DumpOptions {
  readonly database: Database
  /** Version of this server. */
  readonly version: string
  readonly nowMs: number
  /** Key files to put into the backup. */
  readonly keys?: readonly KeyFile[]
  /** Takes the next bytes; resolves when more may come. What it throws ends the backup. */
  readonly write: (bytes: Uint8Array) => Promise<void>
}

/** Text gathered before it is handed on. */
const CHUNK_BYTES = 256 * 1024
/** Aimed at with each read of rows; a row of bytes comes alone, as one may be a component of many megabytes. */
const PAGE_BYTES = 1024 * 1024
const MAX_PAGE_ROWS = 2_000

/** Answers the header. Throws OcelliError `database.newer`, or `request.notFound` where there is no data at all. */
export async function dump(options: DumpOptions): Promise<BackupHeader> {
  const { database, keys = [] } = options
  const out = new Output(options.write)
  return database.transaction(
    async (tx) => {
      const tables = await tablesOf(tx)
      const header = await headerOf(tx, tables, options)
      await out.line(JSON.stringify(header))
      for (const table of tables) await dumpTable(tx, table, (line) => out.line(line))
      for (const { name, text } of keys) await out.line(JSON.stringify({ key: name, text }))
      await out.end()
      return header
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  )
}

async function headerOf(tx: Database, tables: readonly Table[], options: DumpOptions): Promise<BackupHeader> {
  const schema = await migrationsOf(tx)
  const known = readMigrations().map(({ version }) => version)
  const unknown = schema.filter((version) => !known.includes(version))
  if (schema.length === 0) throw new OcelliError('request.notFound', 'There is no database to back up')
  if (unknown.length > 0) {
    throw new OcelliError('database.newer', `The database has schema ${unknown.join(', ')}, which this server lacks`)
  }
  const [meta] = await rowsOf(tx, sql`SELECT epoch FROM meta`)
  const newestTransaction = await newestTransactionOf(tx, tables)
  const counted: BackupHeader['tables'] = []
  for (const { name } of tables) {
    const [row] = await rowsOf(tx, sql.raw(`SELECT count(*) AS rows FROM ${quoted(name)}`))
    counted.push({ name, rows: Number(row?.rows) })
  }
  return {
    format: BACKUP_FORMAT,
    version: BACKUP_VERSION,
    server: options.version,
    schema: [...schema],
    epoch: Number(meta?.epoch ?? 1),
    createdAtMs: options.nowMs,
    ...(newestTransaction !== undefined && { newestTransaction }),
    sequences: await sequencesOf(tx),
    partitions: await partitionsOf(tx),
    tables: counted,
    keys: (options.keys ?? []).map(({ name }) => name),
  }
}

/** Transaction numbers stand in cursors; another database counts its own. */
async function newestTransactionOf(tx: Database, tables: readonly Table[]): Promise<string | undefined> {
  let newest: bigint | undefined
  for (const { name, columns } of tables) {
    if (!columns.some((column) => column.name === 'txid')) continue
    const [row] = await rowsOf(tx, sql.raw(`SELECT max(txid)::text AS newest FROM ${quoted(name)}`))
    if (typeof row?.newest !== 'string') continue
    const found = BigInt(row.newest)
    if (newest === undefined || found > newest) newest = found
  }
  return newest?.toString()
}

async function dumpTable(
  tx: Database,
  { name, columns }: Table,
  write: (line: string) => Promise<void>,
): Promise<void> {
  const list = columns.map((column) => quoted(column.name)).join(', ')
  // Within JSON text a line break is white space between tokens, and would end the line here.
  const select = `SELECT replace(row_to_json(r)::text, E'\\n', ' ') AS line FROM (SELECT ${list} FROM ${quoted(name)}) r`
  await tx.execute(sql.raw(`DECLARE backup NO SCROLL CURSOR FOR ${select}`))
  const most = columns.some(({ type }) => type === 'bytea') ? 1 : MAX_PAGE_ROWS
  let count = Math.min(most, 16)
  for (;;) {
    const rows = await rowsOf(tx, sql.raw(`FETCH ${count} FROM backup`))
    let bytes = 0
    for (const { line } of rows) {
      if (typeof line !== 'string') throw new Error(`a row of ${name} came without its text`)
      bytes += line.length
      await write(line)
    }
    if (rows.length < count) break
    if (bytes < PAGE_BYTES / 2) count = Math.min(most, count * 2)
    else if (bytes > PAGE_BYTES * 2) count = Math.max(1, Math.floor(count / 2))
  }
  await tx.execute(sql.raw('CLOSE backup'))
}

/** Gathers lines, and keeps the hash of all that was written. */
class Output {
  readonly #write: (bytes: Uint8Array) => Promise<void>
  readonly #hash = createHash('sha256')
  #lines: string[] = []
  #length = 0

  constructor(write: (bytes: Uint8Array) => Promise<void>) {
    this.#write = write
  }

  async line(text: string): Promise<void> {
    this.#lines.push(text, '\n')
    this.#length += text.length + 1
    if (this.#length >= CHUNK_BYTES) await this.#flush()
  }

  async end(): Promise<void> {
    await this.#flush()
    const end: BackupEnd = { end: BACKUP_FORMAT, sha256: this.#hash.digest('hex') }
    await this.#write(Buffer.from(`${JSON.stringify(end)}\n`))
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#lines.join(''))
    this.#lines = []
    this.#length = 0
    this.#hash.update(bytes)
    await this.#write(bytes)
  }
}
