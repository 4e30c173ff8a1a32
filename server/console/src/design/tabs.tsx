import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'
import { cx } from './class-names.ts'

interface Props<T extends string> {
  readonly label: string
  readonly tabs: readonly { readonly id: T; readonly label: string; readonly count?: number | undefined }[]
  readonly current: T
  readonly children?: ReactNode
}

/** Parts of a page. Each has an address of its own, so these are links and not buttons. */
export function Tabs<T extends string>({ label, tabs, current }: Props<T>) {
  const list = useRef<HTMLElement>(null)
  // Where there is no room for all of them the one in use is in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another one is in use
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [current])
  return (
    <nav ref={list} aria-label={label} className="mb-4 flex gap-1 overflow-x-auto border-b border-line">
      {tabs.map((tab) => (
        <Link
          key={tab.id}
          to="."
          search={(before: Record<string, unknown>) => ({ ...before, tab: tab.id })}
          replace
          aria-current={tab.id === current ? 'page' : undefined}
          className={cx(
            '-mb-px inline-flex h-9 items-center gap-1.5 border-b-2 px-2.5 font-medium whitespace-nowrap',
            tab.id === current ? 'border-accent text-text' : 'border-transparent text-muted hover:text-text',
          )}
        >
          {tab.label}
          {tab.count !== undefined && (
            <span className="rounded bg-hover px-1.5 text-2xs leading-4 text-muted">{tab.count}</span>
          )}
        </Link>
      ))}
    </nav>
  )
}
