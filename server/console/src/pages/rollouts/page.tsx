import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Rocket } from 'lucide-react'
import { rollouts } from '../../api/queries.ts'
import { EmptyState } from '../../design/empty-state.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Segmented } from '../../design/field.tsx'
import { PageHeader, Panel } from '../../design/panel.tsx'
import { Loading, Shares } from '../../design/progress.tsx'
import { Table } from '../../design/table.tsx'
import { Ago } from '../../design/time.tsx'
import { PhaseBadge, progressParts } from './looks.tsx'

const route = getRouteApi('/rollouts')

export function RolloutsPage() {
  const { all } = route.useSearch()
  const navigate = useNavigate({ from: '/rollouts' })
  const { data, error, refetch } = useQuery(rollouts(all === undefined ? 'newest' : 'all'))
  const rows = [...(data?.items ?? [])].sort(
    (a, b) => Number(a.ended) - Number(b.ended) || b.startedAtMs - a.startedAtMs,
  )
  return (
    <>
      <PageHeader
        title="Rollouts"
        below="The move of a deployment from one revision to the next: in waves, watched by gates, and stopped by itself when it goes wrong."
        actions={
          <Segmented
            label="Which rollouts"
            value={all === undefined ? 'newest' : 'all'}
            onChange={(value) => void navigate({ search: value === 'all' ? { all: 'yes' } : {} })}
            options={[
              { value: 'newest', label: 'Newest of each' },
              { value: 'all', label: 'All' },
            ]}
          />
        }
      />
      {error !== null && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      <Panel flush>
        {data === undefined ? (
          error === null && <Loading />
        ) : rows.length === 0 ? (
          <EmptyState icon={Rocket} title="No rollout yet" command="npm run ocelli -- rollout status my-deployment">
            Each revision of a deployment makes one. With{' '}
            <code className="font-mono text-xs">
              rollout: {'{'} waves: [1, 10%, 100%] {'}'}
            </code>{' '}
            in its manifest, the next revision moves in steps.
          </EmptyState>
        ) : (
          <Table
            label="Rollouts"
            rows={rows}
            rowKey={({ name, revision }) => `${name}/${revision}`}
            columns={[
              {
                id: 'name',
                title: 'Deployment',
                cell: ({ name, revision }) => (
                  <Link
                    to="/rollouts/$name"
                    params={{ name }}
                    search={all === undefined ? {} : { revision: String(revision) }}
                    className="font-medium hover:underline"
                  >
                    {name}
                  </Link>
                ),
              },
              {
                id: 'revision',
                title: 'Revision',
                from: 'sm',
                cell: ({ revision, from }) => (from === undefined ? `${revision}` : `${from} → ${revision}`),
              },
              { id: 'phase', title: 'Phase', cell: ({ phase }) => <PhaseBadge phase={phase} /> },
              {
                id: 'wave',
                title: 'Wave',
                align: 'right',
                from: 'md',
                cell: ({ wave, waves, staged }) => (staged ? `${wave} of ${waves}` : 'at once'),
              },
              {
                id: 'progress',
                title: 'Devices healthy',
                className: 'sm:w-52',
                cell: ({ counts, members }) => (
                  <div className="flex items-center gap-2.5">
                    <div className="min-w-12 flex-1 max-sm:hidden">
                      <Shares thin label="Devices by progress" parts={progressParts(counts)} />
                    </div>
                    <span className="whitespace-nowrap">
                      {counts.healthy}
                      <span className="text-muted"> of {members}</span>
                    </span>
                  </div>
                ),
              },
              { id: 'actor', title: 'By', from: 'lg', cell: ({ actor }) => actor },
              { id: 'started', title: 'Started', from: 'lg', cell: ({ startedAtMs }) => <Ago atMs={startedAtMs} /> },
            ]}
          />
        )}
      </Panel>
    </>
  )
}
