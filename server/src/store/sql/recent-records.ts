/**
 * The end of the records in memory, for a database that no other process writes to: who follows the tail, or comes back
 * after a moment, is answered without a query. What is older, or asked for by more than its place, is read.
 */
import type { RecordRow } from '../../domain/records.ts'
import type { RecordQuery } from '../store.ts'
import type { CommittedRecord } from './telemetry-commit.ts'

/** Half a second of the most that an embedded database takes: some megabytes. */
const KEPT = 8_192
/** Of records as large as a message may be, far fewer are held. */
const KEPT_CHARACTERS = 16 * 1024 * 1024

interface Held extends CommittedRecord {
  readonly place: Place
}

/** Transaction and row of a cursor. */
type Place = readonly [txid: bigint, row: number]

export class RecentRecords {
  #held: Held[] = []
  #characters = 0
  /** All that committed after this place is held. */
  #from: Place | undefined

  /** What one transaction wrote, in order; transactions in the order in which they committed. */
  add(written: readonly CommittedRecord[]): void {
    const added = written.map((one) => ({ ...one, place: placeOf(one.row.cursor) }))
    const [first] = added
    if (first === undefined || first.place === undefined) return
    this.#from ??= [first.place[0], 0]
    for (const { place, ...one } of added) {
      if (place === undefined) continue
      this.#held.push({ ...one, place })
      this.#characters += one.characters
    }
    // Not with each transaction: to cut an array costs as much as it holds.
    if (this.#held.length >= 2 * KEPT || this.#characters >= 2 * KEPT_CHARACTERS) this.#cut()
  }

  #cut(): void {
    let over = 0
    for (; this.#held.length - over > KEPT || this.#characters > KEPT_CHARACTERS; over++) {
      this.#characters -= this.#held[over]?.characters ?? 0
    }
    this.#from = this.#held[over - 1]?.place ?? this.#from
    this.#held = this.#held.slice(over)
  }

  /** The answer to a query that asks for what comes after a place that is still held; undefined: read the database. */
  read({ project, after, end, limit, ...filters }: RecordQuery): readonly RecordRow[] | undefined {
    if (this.#from === undefined || after === undefined || end !== 'oldest') return undefined
    if (Object.values(filters).some((filter) => filter !== undefined)) return undefined
    const place = placeOf(after)
    if (place === undefined || isBefore(place, this.#from)) return undefined
    const rows: RecordRow[] = []
    for (let index = this.#firstAfter(place); index < this.#held.length && rows.length < limit; index++) {
      const one = this.#held[index]
      if (one?.project === project) rows.push(one.row)
    }
    return rows
  }

  /** What is held may have been dropped from the database. */
  clear(): void {
    this.#held = []
    this.#characters = 0
    this.#from = undefined
  }

  #firstAfter(place: Place): number {
    let low = 0
    let high = this.#held.length
    while (low < high) {
      const middle = (low + high) >> 1
      const held = this.#held[middle]
      if (held !== undefined && isBefore(place, held.place)) high = middle
      else low = middle + 1
    }
    return low
  }
}

function isBefore([txid, row]: Place, [otherTxid, otherRow]: Place): boolean {
  return txid < otherTxid || (txid === otherTxid && row < otherRow)
}

function placeOf(cursor: string): Place | undefined {
  const [, txid, row] = /^(-?[0-9]{1,18})-([0-9]{1,9})$/.exec(cursor) ?? []
  return txid === undefined || row === undefined ? undefined : [BigInt(txid), Number(row)]
}
