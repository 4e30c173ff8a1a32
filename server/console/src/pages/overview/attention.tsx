/** What needs a person, the most severe first; and calm where nothing does. */
import { useNavigate } from '@tanstack/react-router'
import { ChevronRight, CircleCheck } from 'lucide-react'
import type { Status } from '../../api/queries.ts'
import { TEXT } from '../../design/badge.tsx'
import { cx } from '../../design/class-names.ts'
import { lookOf, SEVERITY } from '../../design/states.tsx'
import { plural } from '../../design/text.ts'
import { Ago } from '../../design/time.tsx'

type Item = Status['attention'][number]

export function AttentionPanel({ items }: { readonly items: readonly Item[] }) {
  const navigate = useNavigate()
  if (items.length === 0) {
    return (
      <section className="flex items-center gap-3 rounded-lg border border-line bg-surface px-4 py-4">
        <CircleCheck aria-hidden className="size-5 text-ok" />
        <h2 className="font-semibold">Nothing needs you</h2>
      </section>
    )
  }
  return (
    <section className="overflow-hidden rounded-lg border border-line-strong bg-surface">
      <h2 className="flex h-11 items-center border-b border-line px-4 text-sm font-semibold">
        {plural(items.length, 'thing')} {items.length === 1 ? 'needs' : 'need'} you
      </h2>
      <ul>
        {items.map((item) => {
          const { tone, icon: Icon, word } = lookOf(SEVERITY, item.severity)
          return (
            <li key={`${item.kind}/${item.text}`} className="border-b border-line last:border-0">
              <button
                type="button"
                onClick={() => void navigate({ to: addressOf(item) })}
                className="flex w-full items-center gap-3 px-4 py-2.5 text-left hover:bg-hover"
              >
                <span className={cx('flex w-24 shrink-0 items-center gap-2 font-medium max-sm:w-auto', TEXT[tone])}>
                  <Icon aria-hidden className="size-4 shrink-0" />
                  <span className="max-sm:sr-only">{word}</span>
                </span>
                <span className="min-w-0 flex-1">{item.text}</span>
                {item.sinceMs !== undefined && (
                  <span className="text-xs text-muted max-sm:hidden">
                    <Ago atMs={item.sinceMs} />
                  </span>
                )}
                <ChevronRight aria-hidden className="size-4 shrink-0 text-faint" />
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function addressOf({ target }: Item): string {
  const { kind, id, query = {} } = target
  const search = new URLSearchParams(query).toString()
  const withQuery = (path: string) => (search === '' ? path : `${path}?${search}`)
  switch (kind) {
    case 'alert':
    case 'alerts':
      return withQuery('/alerts')
    case 'change':
      return id === undefined ? '/deployments' : `/changes/${id}`
    case 'deployment':
      return id === undefined ? '/deployments' : `/deployments/${id}`
    case 'device':
      return id === undefined ? '/devices' : `/devices/${id}`
    case 'devices':
      return withQuery('/devices')
    case 'deliveries':
      return '/alerts?tab=receivers'
    case 'status':
      return '/settings?tab=server'
  }
}
