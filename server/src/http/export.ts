/** Lists as NDJSON or CSV: written as they are read, so that a long one needs no memory. */
import type { OutputFormat } from '@ocelli/schemas/api/range'
import type { Streamed } from './operations.ts'

const TYPES = { ndjson: 'application/x-ndjson', csv: 'text/csv' } as const

/** What the client asks for: the parameter, else the first known type of the header. */
export function formatOf(format: OutputFormat | undefined, accept: string | undefined): OutputFormat {
  if (format !== undefined) return format
  for (const part of (accept ?? '').split(',')) {
    const type = part.split(';')[0]?.trim()
    if (type === TYPES.ndjson) return 'ndjson'
    if (type === TYPES.csv) return 'csv'
    if (type === 'application/json' || type === '*/*') return 'json'
  }
  return 'json'
}

export type Cells = Readonly<Record<string, unknown>>

/** `cells` makes the row of a CSV file; NDJSON has the items as they are. */
export function exported<T>(
  format: 'ndjson' | 'csv',
  items: AsyncIterable<T> | Iterable<T>,
  columns: readonly string[],
  cells: (item: T) => Cells,
): Streamed {
  const text = format === 'ndjson' ? jsonLines(items) : csvLines(items, columns, cells)
  return { stream: { type: `${TYPES[format]}; charset=utf-8`, text } }
}

async function* jsonLines<T>(items: AsyncIterable<T> | Iterable<T>): AsyncGenerator<string> {
  for await (const item of items) yield `${JSON.stringify(item)}\n`
}

async function* csvLines<T>(
  items: AsyncIterable<T> | Iterable<T>,
  columns: readonly string[],
  cells: (item: T) => Cells,
): AsyncGenerator<string> {
  yield `${columns.join(',')}\r\n`
  for await (const item of items) {
    const row = cells(item)
    yield `${columns.map((column) => csvCell(row[column])).join(',')}\r\n`
  }
}

/**
 * RFC 4180. A text that a spreadsheet would take for a formula gets a quote in front: what a device puts out must not
 * run on an operator's desk.
 */
export function csvCell(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
