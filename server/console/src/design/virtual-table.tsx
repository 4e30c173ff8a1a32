/** A list of any length: only the rows in sight are drawn. Rows have one height, so scrolling measures nothing. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, type ReactNode, useEffect, useRef } from 'react'
import { cx } from './class-names.ts'
import { FROM } from './table.tsx'

export interface VirtualColumn<Row> {
  readonly id: string
  readonly title: string
  readonly cell: (row: Row) => ReactNode
  /** Share of the width, as a grid track. */
  readonly track: string
  readonly align?: 'right'
  readonly from?: 'sm' | 'md' | 'lg' | 'xl'
}

interface Props<Row> {
  readonly label: string
  readonly columns: readonly VirtualColumn<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  /** All there are, where more can be loaded than are here. */
  readonly total?: number | undefined
  readonly onEnd?: (() => void) | undefined
  readonly height?: string
}

const ROW_PIXELS = 40
const HEAD_PIXELS = 36
const OVERSCAN = 12
/** Rows before the end at which more is asked for. */
const AHEAD = 60

export function VirtualTable<Row>(props: Props<Row>) {
  const { label, columns, rows, rowKey, total, onEnd, height = 'min(70dvh, 760px)' } = props
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PIXELS,
    overscan: OVERSCAN,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (last >= rows.length - AHEAD) onEnd?.()
  }, [last, rows.length, onEnd])
  const pixels = rows.length * ROW_PIXELS + HEAD_PIXELS
  return (
    <div
      ref={scroller}
      role="table"
      aria-label={label}
      aria-rowcount={(total ?? rows.length) + 1}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll what has focus
      tabIndex={0}
      className="relative overflow-y-auto overscroll-contain rounded-b-lg"
      style={{ height: `min(${height}, ${pixels}px)`, contain: 'strict' }}
    >
      <div role="rowgroup" className="sticky top-0 z-10 rounded-t-lg bg-surface">
        <div
          role="row"
          aria-rowindex={1}
          className="flex items-center border-b border-line text-xs font-medium text-muted"
          style={{ height: `${HEAD_PIXELS}px` }}
        >
          {columns.map((column) => (
            <div key={column.id} role="columnheader" className={cellClass(column)}>
              {column.title}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup">
        <div className="relative w-full" style={{ height: `${virtual.getTotalSize()}px` }}>
          {items.map((item) => {
            const row = rows[item.index]
            if (row === undefined) return null
            return (
              <DrawnRow key={rowKey(row)} columns={columns} row={row} index={item.index} startPixels={item.start} />
            )
          })}
        </div>
      </div>
    </div>
  )
}

interface RowProps<Row> {
  readonly columns: readonly VirtualColumn<Row>[]
  readonly row: Row
  readonly index: number
  readonly startPixels: number
}

/** While one scrolls, only the rows that come into sight are drawn; those that stay are not looked at again. */
const DrawnRow = memo(function DrawnRow<Row>({ columns, row, index, startPixels }: RowProps<Row>) {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className="absolute inset-x-0 top-0 flex items-center border-b border-line hover:bg-hover"
      style={{ height: `${ROW_PIXELS}px`, transform: `translateY(${startPixels}px)` }}
    >
      {columns.map((column) => (
        <div key={column.id} role="cell" className={cellClass(column)}>
          {column.cell(row)}
        </div>
      ))}
    </div>
  )
}) as <Row>(props: RowProps<Row>) => ReactNode

function cellClass<Row>({ align, from, track }: VirtualColumn<Row>): string {
  return cx('min-w-0 truncate px-2 first:pl-4 last:pr-4', align === 'right' && 'text-right', from && FROM[from], track)
}
