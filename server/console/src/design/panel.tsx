import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './class-names.ts'

interface Props {
  readonly title?: ReactNode
  readonly icon?: LucideIcon
  readonly aside?: ReactNode
  readonly children: ReactNode
  /** Without the inner margin, for tables. */
  readonly flush?: boolean
  readonly className?: string
}

export function Panel({ title, icon: Icon, aside, children, flush = false, className }: Props) {
  return (
    <section className={cx('min-w-0 rounded-lg border border-line bg-surface', className)}>
      {(title !== undefined || aside !== undefined) && (
        <header className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-1.5">
          {title !== undefined && (
            <h2 className="flex items-center gap-2 text-sm font-semibold">
              {Icon && <Icon aria-hidden className="size-4 text-faint" />}
              {title}
            </h2>
          )}
          <div className="ml-auto flex flex-wrap items-center gap-2 text-xs text-muted">{aside}</div>
        </header>
      )}
      <div className={flush ? undefined : 'p-4'}>{children}</div>
    </section>
  )
}

export function PageHeader(props: {
  readonly title: ReactNode
  readonly above?: ReactNode
  readonly below?: ReactNode
  readonly actions?: ReactNode
}) {
  return (
    <header className="mb-5 flex flex-wrap items-end gap-x-6 gap-y-3">
      <div className="min-w-0 flex-1 max-sm:basis-full">
        {props.above !== undefined && <div className="mb-1 text-xs text-muted">{props.above}</div>}
        <h1 className="text-xl font-semibold tracking-tight break-words">{props.title}</h1>
        {props.below !== undefined && <div className="mt-1 max-w-3xl text-sm text-muted">{props.below}</div>}
      </div>
      {props.actions !== undefined && <div className="flex flex-wrap items-center gap-2">{props.actions}</div>}
    </header>
  )
}

/** Facts in two columns: what it is, and its value. */
export function Facts({ items }: { readonly items: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[fit-content(42%)_minmax(0,1fr)] gap-x-6 gap-y-2">
      {items.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
