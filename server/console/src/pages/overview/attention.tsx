/** What needs a person, the most severe first; and calm where nothing does. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ChevronRight, CircleCheck } from 'lucide-react'
import { type Rollout, rollouts, type Status } from '../../api/queries.ts'
import { TEXT } from '../../design/badge.tsx'
import { cx } from '../../design/class-names.ts'
import { lookOf, SEVERITY } from '../../design/states.tsx'
import { plural, told } from '../../design/text.ts'
import { Ago } from '../../design/time.tsx'

type Item = Status['attention'][number]
type Line = Pick<Item, 'severity' | 'text' | 'sinceMs'> & { readonly to: string }
const SEVERITIES = ['critical', 'warning', 'info']

export function AttentionPanel({ items: found }: { readonly items: readonly Item[] }) {
  const navigate = useNavigate()
  const { data } = useQuery(rollouts('active'))
  const items = [
    ...found.map((item): Line => ({ ...item, to: addressOf(item) })),
    ...(data?.items ?? []).flatMap(waiting),
  ].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
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
            <li key={`${item.to}/${item.text}`} className="border-b border-line last:border-0">
              <button
                type="button"
                onClick={() => void navigate({ to: item.to })}
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

/** A rollout that goes on only when a person says so. */
function waiting({ name, phase, reasons, phaseAtMs }: Rollout): readonly Line[] {
  if (phase !== 'paused' && phase !== 'approval') return []
  const [why = phase === 'paused' ? 'paused' : 'a wave waits for approval'] = reasons
  return [
    { severity: 'warning', text: `Rollout of ${name}: ${told(why)}`, sinceMs: phaseAtMs, to: `/rollouts/${name}` },
  ]
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
