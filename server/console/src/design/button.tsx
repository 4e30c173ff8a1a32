import { Link, type LinkProps } from '@tanstack/react-router'
import { Loader, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './class-names.ts'
import { Tooltip } from './tooltip.tsx'

type Variant = 'primary' | 'secondary' | 'ghost' | 'danger'

const BASE =
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap select-none transition-colors'
const VARIANTS: Record<Variant, string> = {
  primary: 'bg-accent-fill text-white hover:brightness-110 border border-transparent',
  secondary: 'bg-surface border border-line-strong text-text hover:bg-hover',
  ghost: 'border border-transparent text-muted hover:bg-hover hover:text-text',
  danger: 'bg-surface border border-line-strong text-bad hover:bg-bad-soft hover:border-bad',
}
const SIZES = { md: 'h-8 px-3 text-sm', sm: 'h-7 px-2 text-xs' } as const
/** Where there is a picture alone. */
const SQUARES = { md: 'size-8', sm: 'size-7' } as const
const OFF = 'cursor-not-allowed bg-sunken! text-faint! border-line! hover:brightness-100'

export interface ButtonProps {
  readonly children?: ReactNode
  readonly icon?: LucideIcon
  /** Said where there are no words on it. */
  readonly label?: string
  readonly variant?: Variant
  readonly size?: keyof typeof SIZES
  readonly type?: 'button' | 'submit'
  readonly busy?: boolean
  /** Why it cannot be used now. It keeps its place in the order of focus, so that the reason can be read. */
  readonly denied?: string | undefined
  readonly onClick?: () => void
  readonly pressed?: boolean
  readonly className?: string
}

export function Button(props: ButtonProps) {
  const { children, icon: Icon, label, variant = 'secondary', size = 'md', type = 'button' } = props
  const { busy = false, denied, onClick, pressed, className } = props
  const off = busy || denied !== undefined
  const button = (
    <button
      type={type}
      aria-label={label}
      aria-disabled={off || undefined}
      aria-pressed={pressed}
      onClick={(event) => {
        if (off) event.preventDefault()
        else onClick?.()
      }}
      className={cx(
        BASE,
        VARIANTS[variant],
        children === undefined ? SQUARES[size] : SIZES[size],
        off && OFF,
        className,
      )}
    >
      {busy ? (
        <Loader aria-hidden className="size-3.5 shrink-0 animate-spin" />
      ) : (
        Icon && <Icon aria-hidden className="size-3.5 shrink-0" />
      )}
      {children}
    </button>
  )
  const text = denied ?? (children === undefined ? label : undefined)
  return text === undefined ? button : <Tooltip text={text}>{button}</Tooltip>
}

export function LinkButton(
  props: LinkProps & Pick<ButtonProps, 'icon' | 'variant' | 'size' | 'className'> & { readonly children: ReactNode },
) {
  const { icon: Icon, variant = 'secondary', size = 'md', className, children, ...link } = props
  return (
    <Link {...link} className={cx(BASE, VARIANTS[variant], SIZES[size], className)}>
      {Icon && <Icon aria-hidden className="size-3.5 shrink-0" />}
      {children}
    </Link>
  )
}
