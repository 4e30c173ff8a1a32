import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { ScrollText } from 'lucide-react'
import { useMemo } from 'react'
import type { Item } from '../../api/client.ts'
import { audit } from '../../api/queries.ts'
import { Chip } from '../../design/badge.tsx'
import { EmptyState } from '../../design/empty-state.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Select } from '../../design/field.tsx'
import { PageHeader, Panel } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { clockTime, dateTime, number } from '../../design/text.ts'
import { type VirtualColumn, VirtualTable } from '../../design/virtual-table.tsx'

type Entry = Item<'listAudit'> & { readonly key: string }

const route = getRouteApi('/audit')
const MOST = 2_000
const ALL = ''

export function AuditPage() {
  const { q = '', actor } = route.useSearch()
  const navigate = useNavigate({ from: '/audit' })
  const filter = { ...(actor !== undefined && { actor }), ...(q !== '' && { text: q }) }
  const { data, error, refetch } = useQuery(audit({ limit: MOST, ...filter }))
  const { data: all } = useQuery(audit({ limit: MOST }))
  const entries = useMemo(
    () => (data?.items ?? []).map((entry, index): Entry => ({ ...entry, key: `${entry.atMs}/${index}` })),
    [data],
  )
  const actors = [...new Set(all?.items.map((entry) => entry.actor))].sort()
  const isFiltered = Object.keys(filter).length > 0
  const set = (part: { readonly q?: string | undefined; readonly actor?: string | undefined }) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true })
  return (
    <>
      <PageHeader
        title="Audit log"
        below={`Every change, who made it and when${data === undefined ? '' : `. The newest ${number(entries.length)}${isFiltered ? ' that match' : ''}`}`}
      />
      <div className="mb-4 flex flex-wrap gap-2">
        <input
          type="search"
          aria-label="Search in action, subject and detail"
          placeholder="Search in action, subject and detail"
          value={q}
          maxLength={128}
          onChange={(event) => set({ q: event.target.value || undefined })}
          className="input max-w-md flex-1"
        />
        <Select
          label="Who"
          value={actor ?? ALL}
          onChange={(value) => set({ actor: value === ALL ? undefined : value })}
          options={[{ value: ALL, label: 'Everybody' }, ...actors.map((one) => ({ value: one, label: one }))]}
        />
      </div>
      {error !== null && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      <Panel flush>
        {data === undefined ? (
          error === null && <Loading rows={10} />
        ) : entries.length === 0 ? (
          <EmptyState icon={ScrollText} title={isFiltered ? 'No entry matches' : 'Nothing was changed yet'}>
            Enrolments, pushes, applies, commands, tokens: each leaves an entry here.
          </EmptyState>
        ) : (
          <VirtualTable label="Audit log" columns={COLUMNS} rows={entries} rowKey={(row) => row.key} />
        )}
      </Panel>
    </>
  )
}

const COLUMNS: readonly VirtualColumn<Entry>[] = [
  {
    id: 'at',
    title: 'When',
    track: 'w-24 shrink-0 sm:w-44',
    cell: ({ atMs }) => (
      <span className="text-muted">
        <span className="max-sm:hidden">{dateTime(atMs)}</span>
        <time dateTime={new Date(atMs).toISOString()} className="sm:hidden">
          {clockTime(atMs)}
        </time>
      </span>
    ),
  },
  {
    id: 'actor',
    title: 'Who',
    track: 'flex-[2] sm:w-40 sm:flex-none lg:w-56',
    cell: ({ actor }) => <span className="font-medium">{actor}</span>,
  },
  {
    id: 'action',
    title: 'Action',
    track: 'flex-[3] sm:w-52 sm:flex-none',
    cell: ({ action }) => <Chip>{action}</Chip>,
  },
  {
    id: 'subject',
    title: 'What',
    track: 'flex-[3] sm:flex-[2]',
    cell: ({ subject }) => <span title={subject}>{subject}</span>,
  },
  {
    id: 'detail',
    title: 'Detail',
    track: 'flex-[3]',
    from: 'lg',
    cell: ({ detail }) => {
      const text = Object.entries(detail)
        .map(([key, value]) => `${key}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
        .join(', ')
      return (
        <span className="text-muted" title={text}>
          {text}
        </span>
      )
    },
  },
]
