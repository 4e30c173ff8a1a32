import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './class-names.ts'

export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'idle' | 'accent'

export const TEXT: Record<Tone, string> = {
  ok: 'text-ok',
  warn: 'text-warn',
  bad: 'text-bad',
  info: 'text-info',
  idle: 'text-muted',
  accent: 'text-accent',
}
const SOFT: Record<Tone, string> = {
  ok: 'bg-ok-soft text-ok',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  info: 'bg-info-soft text-info',
  idle: 'bg-hover text-muted',
  accent: 'bg-accent-soft text-accent',
}
/** For bars and dots, where words stand beside. */
export const FILL: Record<Tone, string> = {
  ok: 'bg-ok',
  warn: 'bg-warn',
  bad: 'bg-bad',
  info: 'bg-info',
  idle: 'bg-line-strong',
  accent: 'bg-accent',
}

interface Props {
  readonly tone?: Tone
  readonly icon?: LucideIcon
  readonly children: ReactNode
  readonly title?: string
}

/** A state: picture, word and colour together. */
export function Badge({ tone = 'idle', icon: Icon, children, title }: Props) {
  return (
    <span
      title={title}
      className={cx(
        'inline-flex h-5 items-center gap-1 rounded px-1.5 align-top text-xs font-medium whitespace-nowrap',
        SOFT[tone],
      )}
    >
      {Icon && <Icon aria-hidden className="size-3 shrink-0" />}
      {children}
    </span>
  )
}

/** The same without a ground, for tables. */
export function State({ tone = 'idle', icon: Icon, children, title }: Props) {
  return (
    <span title={title} className={cx('inline-flex items-center gap-1.5 align-top whitespace-nowrap', TEXT[tone])}>
      {Icon && <Icon aria-hidden className="size-3.5 shrink-0" />}
      <span>{children}</span>
    </span>
  )
}

/** A fact without a judgement: a label, a version. */
export function Chip({ children, title }: { readonly children: ReactNode; readonly title?: string }) {
  return (
    <span
      title={title}
      className="inline-flex h-5 align-top max-w-full shrink-0 items-center truncate rounded border border-line bg-sunken px-1.5 font-mono text-2xs text-muted"
    >
      {children}
    </span>
  )
}
