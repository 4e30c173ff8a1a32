/** `-o table|wide|json|yaml|name`: results go to standard output, everything else to standard error. */
import { Option } from 'commander'
import { stringify } from 'yaml'
import { type Column, table } from './table.ts'

const FORMATS = ['table', 'wide', 'json', 'yaml', 'name'] as const
export type Format = (typeof FORMATS)[number]

export const formatOption = () => new Option('-o, --output <format>', 'how to print').choices(FORMATS).default('table')

export interface Listing<T> {
  readonly rows: readonly T[]
  readonly columns: readonly Column<T>[]
  readonly name: (row: T) => string
  /** Said on standard error where there is nothing: what it means and the next command. */
  readonly empty: string
}

export function printList<T>(format: Format, listing: Listing<T>): void {
  if (format === 'json') print(JSON.stringify(listing.rows, null, 2))
  else if (format === 'yaml') print(stringify(listing.rows).trimEnd())
  else if (format === 'name') for (const row of listing.rows) print(listing.name(row))
  else if (listing.rows.length === 0) note(listing.empty)
  else print(table(listing.rows, listing.columns, format === 'wide'))
}

/** One thing: structured as it is, or as the text that `toText` makes. */
export function printOne<T>(format: Format, value: T, name: string, toText: (value: T) => string): void {
  if (format === 'json') print(JSON.stringify(value, null, 2))
  else if (format === 'yaml') print(stringify(value).trimEnd())
  else print(format === 'name' ? name : toText(value))
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** For people: progress, hints, warnings. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`)
}
