/** Everything that happened to the device, in one list, newest first. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import {
  Bell,
  Bug,
  Cable,
  CircleDot,
  History,
  type LucideIcon,
  Megaphone,
  Rocket,
  Target,
  Terminal,
  UserPen,
  Wifi,
} from 'lucide-react'
import { timeline } from '../../api/queries.ts'
import { TEXT } from '../../design/badge.tsx'
import { Button } from '../../design/button.tsx'
import { cx } from '../../design/class-names.ts'
import { EmptyState } from '../../design/empty-state.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Select } from '../../design/field.tsx'
import { Panel } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { SEVERITY } from '../../design/states.tsx'
import { clockTime, date } from '../../design/text.ts'

const route = getRouteApi('/devices/$device')
const KINDS = {
  enrolled: ['Enrolled', Cable],
  presence: ['Presence', Wifi],
  desired: ['Desired', Target],
  reported: ['Reported', Megaphone],
  deployed: ['Deployed', Rocket],
  crashed: ['Crashed', Bug],
  alert: ['Alert', Bell],
  command: ['Command', Terminal],
  audit: ['Audit', UserPen],
} as const satisfies Record<string, readonly [string, LucideIcon]>
type Kind = keyof typeof KINDS
const ALL = ''

export function TimelinePanel({ device }: { readonly device: string }) {
  const { kind } = route.useSearch()
  const navigate = useNavigate({ from: '/devices/$device' })
  const known = Object.keys(KINDS).find((one): one is Kind => one === kind)
  const list = useInfiniteQuery(timeline(device, known === undefined ? {} : { kind: [known] }))
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Panel
      title="Timeline"
      icon={History}
      flush
      aside={
        <Select
          label="Only entries of this kind"
          value={known ?? ALL}
          onChange={(value) =>
            void navigate({
              search: (before) => ({ ...before, kind: value === ALL ? undefined : value }),
              replace: true,
            })
          }
          options={[
            { value: ALL, label: 'Everything' },
            ...Object.entries(KINDS).map(([value, [label]]) => ({ value, label })),
          ]}
        />
      }
    >
      {list.error !== null ? (
        <div className="p-4">
          <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
        </div>
      ) : list.data === undefined ? (
        <Loading rows={8} />
      ) : items.length === 0 ? (
        <EmptyState icon={History} title="Nothing happened yet" />
      ) : (
        <>
          <ol className="px-4 py-2">
            {items.map((entry, index) => {
              const [word, Icon] = KINDS[entry.kind] ?? ['Other', CircleDot]
              const day = date(entry.atMs)
              const newDay = index === 0 || date(items[index - 1]?.atMs ?? 0) !== day
              const tone = entry.severity === 'info' ? 'idle' : (SEVERITY[entry.severity]?.tone ?? 'idle')
              return (
                <li key={entry.id}>
                  {newDay && <h3 className="pt-3 pb-1 text-xs font-medium text-muted">{day}</h3>}
                  <div className="flex gap-3 py-1.5">
                    <span className="w-16 shrink-0 text-xs leading-5 text-muted">{clockTime(entry.atMs)}</span>
                    <span className={cx('flex w-24 shrink-0 items-center gap-1.5 self-start', TEXT[tone])}>
                      <Icon aria-hidden className="size-3.5 shrink-0" />
                      {word}
                    </span>
                    <span className="min-w-0 flex-1 break-words">
                      {entry.text}
                      {entry.actor !== undefined && <span className="text-muted"> by {entry.actor}</span>}
                    </span>
                  </div>
                </li>
              )
            })}
          </ol>
          {list.hasNextPage && (
            <div className="border-t border-line p-3 text-center">
              <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                Show older entries
              </Button>
            </div>
          )}
        </>
      )}
    </Panel>
  )
}
