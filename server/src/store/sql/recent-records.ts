/**
 * The end of the records that this process wrote, in memory, as whole transactions in order of their numbers: who
 * follows the tail need not wait until the database has read back what was sent to it a moment ago. Where no other
 * process writes, the answer needs no query; else the database is asked for what lies between the held transactions.
 */
import type { RecordRow } from '../../domain/records.ts'
import type { RecordQuery } from '../store.ts'
import type { CommittedRecord } from './telemetry-commit.ts'

/** Half a second of the most that an embedded database takes: some megabytes. */
const KEPT = 8_192
/** Of records as large as a message may be, far fewer are held. */
const KEPT_CHARACTERS = 16 * 1024 * 1024
/** Another replica may drop what has expired: far longer than a tail lags, far shorter than any retention. */
const KEPT_MS = 60_000
/** What the database is asked for at once; each costs it a look at an index. */
const MAX_GAPS = 256

/** Transaction and row of a cursor. */
export type Place = readonly [txid: bigint, row: number]

/** Records after a place, in transactions below a number; absent: in all that have ended. */
export interface Gap {
  readonly after: Place
  readonly below: bigint | undefined
}

/** An answer of which this process has a part. */
export interface Beside {
  /** What it does not have. */
  readonly gaps: readonly Gap[]
  /** The answer: `others` are the rows in the gaps, of transactions below `horizon`, in order and up to the limit. */
  join(others: readonly RecordRow[], horizon: bigint): readonly RecordRow[]
}

interface Transaction {
  readonly txid: bigint
  readonly atMs: number
  /** The first is row 1 of the transaction. */
  readonly written: readonly CommittedRecord[]
  readonly characters: number
}

const AFTER_ALL_ROWS = 2_147_483_647

export class RecentRecords {
  #transactions: Transaction[] = []
  #count = 0
  #characters = 0
  /** All that this process wrote after this place is held. */
  #from: Place | undefined

  /** All that one transaction wrote, in order, once it has committed. */
  add(written: readonly CommittedRecord[], nowMs: number): void {
    const [first] = written
    const place = first === undefined ? undefined : placeOf(first.row.cursor)
    if (place === undefined) return
    const [txid] = place
    const characters = written.reduce((sum, one) => sum + one.characters, 0)
    // Of transactions side by side the older may end last.
    const before = this.#transactions.findLastIndex((one) => one.txid < txid)
    this.#transactions.splice(before + 1, 0, { txid, atMs: nowMs, written, characters })
    this.#from ??= [txid, 0]
    this.#count += written.length
    this.#characters += characters
    this.#drop(
      () => this.#transactions.length > 1 && (this.#count > 2 * KEPT || this.#characters > 2 * KEPT_CHARACTERS),
    )
  }

  /** The whole answer, where no other process writes; undefined: read the database. */
  read(query: RecordQuery): readonly RecordRow[] | undefined {
    const place = tailOf(query)
    if (place === undefined || this.#from === undefined || isBefore(place, this.#from)) return undefined
    return rowsAfter(this.#since(place), place, query)
  }

  /** A part of the answer, where others write as well; undefined: there is none. */
  beside(query: RecordQuery, nowMs: number): Beside | undefined {
    this.#drop(() => (this.#transactions[0]?.atMs ?? nowMs) < nowMs - KEPT_MS)
    const place = tailOf(query)
    if (place === undefined) return undefined
    const held = this.#since(place).slice(0, MAX_GAPS)
    if (held.length === 0) return undefined
    return {
      gaps: gapsBetween(place, held),
      join(others, horizon) {
        const ended = held.filter(({ txid }) => txid < horizon)
        return inOrder(rowsAfter(ended, place, query), others).slice(0, query.limit)
      },
    }
  }

  /** What is held may have been dropped from the database. */
  clear(): void {
    this.#transactions = []
    this.#count = 0
    this.#characters = 0
    this.#from = undefined
  }

  #drop(tooMuch: () => boolean): void {
    while (tooMuch()) {
      const oldest = this.#transactions.shift()
      if (oldest === undefined) return
      this.#count -= oldest.written.length
      this.#characters -= oldest.characters
      this.#from = [oldest.txid, AFTER_ALL_ROWS]
    }
  }

  #since([txid]: Place): readonly Transaction[] {
    const first = this.#transactions.findIndex((one) => one.txid >= txid)
    return first < 0 ? [] : this.#transactions.slice(first)
  }
}

/** The place after which a query reads everything of its project, oldest first. */
function tailOf({ project: _, after, end, limit: __, ...filters }: RecordQuery): Place | undefined {
  if (after === undefined || end !== 'oldest') return undefined
  if (Object.values(filters).some((filter) => filter !== undefined)) return undefined
  return placeOf(after)
}

function rowsAfter(held: readonly Transaction[], place: Place, { project, limit }: RecordQuery): RecordRow[] {
  const rows: RecordRow[] = []
  for (const { txid, written } of held) {
    for (let index = txid === place[0] ? place[1] : 0; index < written.length && rows.length < limit; index++) {
      const one = written[index]
      if (one?.project === project) rows.push(one.row)
    }
  }
  return rows
}

function gapsBetween(place: Place, held: readonly Transaction[]): readonly Gap[] {
  const gaps: Gap[] = []
  let after: Place = place
  for (const { txid } of held) {
    // Where the place is in this transaction, or the one before is its neighbour, nothing can be between them.
    if (txid > after[0] + (after[1] === AFTER_ALL_ROWS ? 1n : 0n)) gaps.push({ after, below: txid })
    after = [txid, AFTER_ALL_ROWS]
  }
  return [...gaps, { after, below: undefined }]
}

/** Two lists in order as one. */
function inOrder(ours: readonly RecordRow[], others: readonly RecordRow[]): readonly RecordRow[] {
  if (others.length === 0) return ours
  const placed = [...ours, ...others].map((row) => ({ row, place: placeOf(row.cursor) ?? ([0n, 0] as const) }))
  placed.sort((a, b) => (isBefore(a.place, b.place) ? -1 : 1))
  return placed.map(({ row }) => row)
}

function isBefore([txid, row]: Place, [otherTxid, otherRow]: Place): boolean {
  return txid < otherTxid || (txid === otherTxid && row < otherRow)
}

function placeOf(cursor: string): Place | undefined {
  const [, txid, row] = /^(-?[0-9]{1,18})-([0-9]{1,9})$/.exec(cursor) ?? []
  return txid === undefined || row === undefined ? undefined : [BigInt(txid), Number(row)]
}
