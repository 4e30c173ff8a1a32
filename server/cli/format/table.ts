/** Plain tables: columns as wide as their widest cell, the last one unbounded; colour only on a terminal. */

export interface Column<T> {
  readonly title: string
  readonly value: (row: T) => string | number | undefined
  readonly align?: 'left' | 'right'
  /** Shown with `-o wide` alone. */
  readonly wide?: boolean
}

/** Stands for a value that is not there; an empty text stays empty. */
const ABSENT = '-'

export function table<T>(rows: readonly T[], columns: readonly Column<T>[], wide = false): string {
  const shown = columns.filter((column) => wide || !column.wide)
  const cells = [
    shown.map((column) => column.title),
    ...rows.map((row) => shown.map((column) => cell(column.value(row)))),
  ]
  const widths = shown.map((_, index) => Math.max(...cells.map((line) => displayWidth(line[index] ?? ''))))
  return cells
    .map((line) =>
      line
        .map((text, index) => pad(text, widths[index] ?? 0, shown[index]?.align ?? 'left'))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Characters on screen: escape sequences take none. */
export function displayWidth(text: string): number {
  let width = 0
  for (const _ of text.replace(ESCAPES, '')) width++
  return width
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences of terminals start with this character
const ESCAPES = /\u001b\[[0-9;]*m/g

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)))
  return align === 'right' ? space + text : text + space
}

function cell(value: string | number | undefined): string {
  return value === undefined ? ABSENT : String(value)
}
