import { FILL, type Tone } from './badge.tsx'
import { cx } from './class-names.ts'

/** Long work: how far it is. Without a value it only says that it goes on. */
export function Progress({ label, value }: { readonly label: string; readonly value?: number | undefined }) {
  return (
    <div>
      <div className="mb-1 flex justify-between text-xs text-muted">
        <span>{label}</span>
        {value !== undefined && <span>{Math.round(value * 100)} %</span>}
      </div>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={value === undefined ? undefined : Math.round(value * 100)}
        className="h-1.5 overflow-hidden rounded-full bg-line"
      >
        <div
          className={cx('h-full rounded-full bg-accent', value === undefined && 'w-1/3 animate-pulse')}
          style={value === undefined ? undefined : { width: `${value * 100}%` }}
        />
      </div>
    </div>
  )
}

export interface Part {
  readonly label: string
  readonly count: number
  readonly tone: Tone
}

/** Shares of a whole in one bar. The words and numbers stand beside it, so that no one must read colours. */
export function Shares({
  parts,
  label,
  thin = false,
}: {
  readonly parts: readonly Part[]
  readonly label: string
  readonly thin?: boolean
}) {
  const total = parts.reduce((sum, part) => sum + part.count, 0)
  const shown = parts.filter((part) => part.count > 0)
  return (
    <div
      role="img"
      aria-label={`${label}: ${shown.map((part) => `${part.count} ${part.label}`).join(', ') || 'none'}`}
      className={cx('flex w-full gap-0.5 overflow-hidden rounded-full bg-line', thin ? 'h-1.5' : 'h-2')}
    >
      {shown.map((part) => (
        <span
          key={part.label}
          className={cx('h-full min-w-1', FILL[part.tone])}
          style={{ width: `${(part.count / total) * 100}%` }}
        />
      ))}
    </div>
  )
}

export function Skeleton({ className }: { readonly className?: string }) {
  return <div aria-hidden className={cx('animate-pulse rounded bg-line/70', className)} />
}

export function Loading({ rows = 4 }: { readonly rows?: number }) {
  return (
    <div role="status" className="space-y-3 p-4">
      <span className="sr-only">Loading</span>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton
          key={`row-${row.toString()}`}
          className={cx('h-4', row % 3 === 0 ? 'w-2/3' : row % 3 === 1 ? 'w-full' : 'w-1/2')}
        />
      ))}
    </div>
  )
}
