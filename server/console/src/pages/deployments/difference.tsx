import { cx } from '../../design/class-names.ts'
import { lineDifference } from './line-difference.ts'

const MARKS = { same: ' ', added: '+', removed: '−' } as const
const LOOKS = { same: '', added: 'bg-ok-soft text-ok', removed: 'bg-bad-soft text-bad' } as const

/** Two texts as one, with what came and what went marked by sign and colour. */
export function Difference({
  before,
  after,
  label,
}: {
  readonly before: string
  readonly after: string
  readonly label: string
}) {
  const lines = lineDifference(before, after)
  if (lines.every(({ kind }) => kind === 'same')) return <p className="px-4 py-6 text-muted">No line differs.</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled with the arrow keys
    <section tabIndex={0} aria-label={label} className="max-h-[60dvh] overflow-auto py-2 font-mono text-xs">
      {lines.map(({ kind, text }, index) => (
        <div
          key={`${index.toString()}/${kind}`}
          className={cx('flex gap-3 px-4 leading-5 whitespace-pre', LOOKS[kind])}
        >
          <span className="w-2 shrink-0 select-none">{MARKS[kind]}</span>
          <span>{text}</span>
        </div>
      ))}
    </section>
  )
}
