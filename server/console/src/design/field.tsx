import { ChevronDown } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { cx } from './class-names.ts'

interface FieldProps {
  readonly label: string
  readonly hint?: ReactNode
  readonly error?: string | undefined
  readonly children: (props: { readonly id: string; readonly 'aria-describedby': string | undefined }) => ReactNode
}

export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId()
  const below = error ?? hint
  const describedBy = below === undefined ? undefined : `${id}-below`
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      {children({ id, 'aria-describedby': describedBy })}
      {below !== undefined && (
        <p id={describedBy} className={cx('mt-1 text-xs', error === undefined ? 'text-muted' : 'text-bad')}>
          {below}
        </p>
      )}
    </div>
  )
}

interface SelectProps<V extends string> {
  readonly value: V
  readonly options: readonly { readonly value: V; readonly label: string }[]
  readonly onChange: (value: V) => void
  readonly id?: string
  /** Said where no label stands beside it. */
  readonly label?: string
  readonly className?: string
}

/** The browser's own list of choices: it works with any keyboard, on any phone. */
export function Select<V extends string>({ value, options, onChange, id, label, className }: SelectProps<V>) {
  return (
    <span className={cx('relative inline-block', className)}>
      <select
        id={id}
        aria-label={label}
        value={value}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.target.value)
          if (chosen !== undefined) onChange(chosen.value)
        }}
        className="input appearance-none truncate pr-8"
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown aria-hidden className="pointer-events-none absolute top-2.5 right-2.5 size-3.5 text-faint" />
    </span>
  )
}

interface SegmentedProps<V extends string> {
  readonly label: string
  readonly value: V
  readonly options: readonly { readonly value: V; readonly label: ReactNode; readonly name?: string }[]
  readonly onChange: (value: V) => void
}

export function Segmented<V extends string>({ label, value, options, onChange }: SegmentedProps<V>) {
  return (
    <fieldset className="inline-flex rounded-md border border-line-strong bg-sunken p-0.5">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          aria-label={option.name}
          onClick={() => onChange(option.value)}
          className={cx(
            'inline-flex h-6.5 items-center gap-1.5 rounded px-2.5 text-xs font-medium',
            option.value === value ? 'bg-raised text-text shadow-sm' : 'text-muted hover:text-text',
          )}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  )
}
