import type { ReactNode } from 'react'
import { cx } from './class-names.ts'

export interface Column<Row> {
  readonly id: string
  readonly title: string
  readonly cell: (row: Row) => ReactNode
  readonly align?: 'right'
  /** Left out below this width of the window. */
  readonly from?: 'sm' | 'md' | 'lg' | 'xl'
  readonly className?: string
}

export const FROM = { sm: 'max-sm:hidden', md: 'max-md:hidden', lg: 'max-lg:hidden', xl: 'max-xl:hidden' } as const

interface Props<Row> {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
}

/** A list that is short enough to be drawn whole. */
export function Table<Row>({ label, columns, rows, rowKey }: Props<Row>) {
  return (
    <div className="overflow-x-auto">
      <table className="w-full border-collapse text-left">
        <caption className="sr-only">{label}</caption>
        <thead>
          <tr className="border-b border-line">
            {columns.map(({ id, title, align, from }) => (
              <th
                key={id}
                scope="col"
                className={cx(
                  'h-9 px-4 text-xs font-medium whitespace-nowrap text-muted first:pl-4',
                  align === 'right' && 'text-right',
                  from && FROM[from],
                )}
              >
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className="border-b border-line last:border-0 hover:bg-hover">
              {columns.map(({ id, cell, align, from, className }) => (
                <td
                  key={id}
                  className={cx(
                    'px-4 py-2 align-top',
                    align === 'right' && 'text-right',
                    from && FROM[from],
                    className,
                  )}
                >
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
