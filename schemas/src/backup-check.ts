/** Reads a backup line by line and holds it to its header and its closing line. Whoever keeps a backup reads it with this. */
import {
  BACKUP_FORMAT,
  BACKUP_VERSION,
  type BackupHeader,
  linesOf,
  readBackupEnd,
  readBackupHeader,
  readBackupKey,
} from './backup.ts'
import { OcelliError } from './errors.ts'

export type BackupLine =
  | { readonly kind: 'header'; readonly header: BackupHeader }
  /** The text is one JSON object; it is not looked into, as its numbers may be too large for JSON.parse. */
  | { readonly kind: 'row'; readonly table: string; readonly text: string }
  | { readonly kind: 'key'; readonly name: string; readonly text: string }
  | { readonly kind: 'end' }

/** SHA-256 over what it was given so far. */
export interface RunningHash {
  update(bytes: Uint8Array): unknown
  /** Hexadecimal; asked once. */
  digest(encoding: 'hex'): string
}

const NEWLINE = 0x0a
const decoder = new TextDecoder('utf-8', { fatal: true })

export class BackupCheck {
  readonly #hash: RunningHash
  #header: BackupHeader | undefined
  #ended = false
  /** Lines read after the header, of all that there must be. */
  #lines = 0
  #total = 0
  #tableAt = 0
  #leftInTable = 0

  constructor(hash: RunningHash) {
    this.#hash = hash
  }

  get header(): BackupHeader | undefined {
    return this.#header
  }

  /** Takes the next line with its newline. Throws OcelliError `backup.damaged` or `backup.newer`. */
  take(bytes: Uint8Array): BackupLine {
    if (bytes.at(-1) !== NEWLINE) throw damaged('it breaks off in the middle of a line')
    if (this.#ended) throw damaged('something follows its closing line')
    const text = textOf(bytes)
    if (this.#header === undefined) {
      this.#header = headerOf(text)
      this.#hash.update(bytes)
      this.#leftInTable = this.#header.tables[0]?.rows ?? 0
      this.#total = linesOf(this.#header)
      return { kind: 'header', header: this.#header }
    }
    const { tables, keys } = this.#header
    if (this.#lines === this.#total) return this.#end(text)
    this.#lines++
    this.#hash.update(bytes)
    while (this.#leftInTable === 0 && this.#tableAt < tables.length) {
      this.#leftInTable = tables[++this.#tableAt]?.rows ?? 0
    }
    const table = tables[this.#tableAt]?.name
    if (table === undefined) return keyOf(text, keys)
    this.#leftInTable--
    if (!text.startsWith('{')) throw damaged(`a row of ${table} is none`)
    return { kind: 'row', table, text }
  }

  /** To be called when nothing follows: throws OcelliError `backup.damaged` where lines are missing. */
  finish(): void {
    if (this.#header === undefined) throw damaged('it is empty')
    if (this.#ended) return
    throw damaged(`it ends after ${this.#lines} of ${this.#total} lines: it was cut off`)
  }

  #end(text: string): BackupLine {
    const read = readBackupEnd(jsonOf(text))
    if (!read.ok) throw damaged('its closing line is missing')
    if (read.value.sha256 !== this.#hash.digest('hex')) throw damaged('its bytes are not those that were written')
    this.#ended = true
    return { kind: 'end' }
  }
}

/** Cuts a stream of bytes into lines, each with its newline; what is left at the end has none. */
export async function* linesIn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let open: Uint8Array[] = []
  for await (const chunk of chunks) {
    let from = 0
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      yield joined([...open, chunk.subarray(from, at + 1)])
      open = []
      from = at + 1
    }
    if (from < chunk.byteLength) open.push(chunk.subarray(from))
  }
  if (open.length > 0) yield joined(open)
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}

function headerOf(text: string): BackupHeader {
  const json = jsonOf(text)
  const isBackup = typeof json === 'object' && json !== null && 'format' in json && json.format === BACKUP_FORMAT
  if (!isBackup) throw damaged('its first line is no header of a backup')
  if ('version' in json && typeof json.version === 'number' && json.version > BACKUP_VERSION) {
    throw new OcelliError('backup.newer', `The backup has format ${json.version}, this version reads ${BACKUP_VERSION}`)
  }
  const read = readBackupHeader(json)
  if (!read.ok) throw damaged(`its header: ${read.message}`)
  return read.value
}

function keyOf(text: string, names: readonly string[]): BackupLine {
  const read = readBackupKey(jsonOf(text))
  if (!read.ok || !names.includes(read.value.key)) throw damaged('a key file that its header does not name')
  return { kind: 'key', name: read.value.key, text: read.value.text }
}

function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes.subarray(0, -1))
  } catch (cause) {
    throw damaged('a line is no text', cause)
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function damaged(why: string, cause?: unknown): OcelliError {
  return new OcelliError('backup.damaged', `This is no whole backup: ${why}`, { cause })
}
