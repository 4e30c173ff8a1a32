import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Cable, Camera, CircleAlert, CircleCheck, RefreshCw, SearchX } from 'lucide-react'
import { useMemo } from 'react'
import { type Device, type DeviceQuery, devices } from '../../api/queries.ts'
import { Chip, State } from '../../design/badge.tsx'
import { LinkButton } from '../../design/button.tsx'
import { EmptyState } from '../../design/empty-state.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { PageHeader, Panel } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { PresenceState } from '../../design/states.tsx'
import { number, plural } from '../../design/text.ts'
import { Ago } from '../../design/time.tsx'
import { type VirtualColumn, VirtualTable } from '../../design/virtual-table.tsx'
import { Filters, type Search } from './filters.tsx'
import { SavedViews } from './saved-views.tsx'

const route = getRouteApi('/devices')

export function DevicesPage() {
  const search = route.useSearch()
  const query = useMemo(() => queryOf(search), [search])
  const list = useInfiniteQuery(devices(query))
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  const total = list.data?.pages[0]?.total
  const isFiltered = Object.keys(query).length > 1
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list
  return (
    <>
      <PageHeader
        title="Devices"
        below={
          total === undefined ? 'Loading' : isFiltered ? `${number(total)} match` : `${plural(total, 'device')} in all`
        }
        actions={
          <>
            <SavedViews search={search} />
            <LinkButton to="/enrol" icon={Cable} variant="primary">
              Enrol a device
            </LinkButton>
          </>
        }
      />
      <Filters search={search} />
      {list.error !== null && (
        <div className="mb-4">
          <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
        </div>
      )}
      <Panel flush>
        {list.data === undefined ? (
          list.error === null && <Loading rows={10} />
        ) : rows.length > 0 ? (
          <VirtualTable
            label="Devices"
            columns={COLUMNS}
            rows={rows}
            rowKey={(row) => row.id}
            total={total}
            onEnd={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
          />
        ) : isFiltered ? (
          <EmptyState icon={SearchX} title="No device matches these filters">
            <Link to="/devices" className="text-accent underline">
              Clear all filters
            </Link>
          </EmptyState>
        ) : (
          <EmptyState
            icon={Camera}
            title="No device has enrolled yet"
            command="npm run ocelli -- enroll"
            actions={
              <LinkButton to="/enrol" icon={Cable} variant="primary">
                Enrol a device
              </LinkButton>
            }
          >
            A device joins with a token and then tells what it can do. Make one here or in a terminal:
          </EmptyState>
        )}
      </Panel>
    </>
  )
}

const SORTS = ['id', 'name', 'presence', '-name', '-presence'] as const
const PRESENCES = ['online', 'offline', 'lost', 'unknown'] as const
const HEALTHS = ['healthy', 'degraded', 'notConverged'] as const

function several<V extends string>(text: string | undefined, known: readonly V[]): V[] {
  return (text ?? '').split(',').flatMap((one) => known.filter((value) => value === one))
}

function queryOf(search: Search): DeviceQuery {
  const presence = several(search.presence, PRESENCES)
  const health = several(search.health, HEALTHS)
  const label = (search.label ?? '').split(',').filter(Boolean)
  return {
    sort: SORTS.find((one) => one === search.sort) ?? 'presence',
    ...(search.q !== undefined && { text: search.q }),
    ...(presence.length > 0 && { presence }),
    ...(health.length > 0 && { health }),
    ...(label.length > 0 && { label }),
    ...(search.fleet !== undefined && { fleet: search.fleet }),
    ...(search.interface !== undefined && { interface: [search.interface] }),
    ...(search.version !== undefined && { agentVersion: search.version }),
  }
}

const COLUMNS: readonly VirtualColumn<Device>[] = [
  {
    id: 'name',
    title: 'Device',
    track: 'flex-[3]',
    cell: ({ id, name }) => (
      <Link to="/devices/$device" params={{ device: id }} className="font-medium hover:underline">
        {name}
      </Link>
    ),
  },
  {
    id: 'presence',
    title: 'Presence',
    track: 'w-24 shrink-0 sm:w-28',
    cell: ({ presence }) => <PresenceState presence={presence} />,
  },
  {
    id: 'since',
    title: 'Since',
    track: 'w-28 shrink-0',
    from: 'lg',
    cell: ({ presenceAtMs }) => (
      <span className="text-muted">
        <Ago atMs={presenceAtMs} />
      </span>
    ),
  },
  { id: 'instances', title: 'Instances', track: 'w-32 shrink-0', cell: (row) => <Instances device={row} /> },
  {
    id: 'labels',
    title: 'Labels',
    track: 'flex-[4]',
    from: 'md',
    cell: ({ labels }) => (
      <span className="flex gap-1 overflow-hidden">
        {Object.entries(labels).map(([key, value]) => (
          <Chip key={key} title={`${key}=${value}`}>
            {key}={value}
          </Chip>
        ))}
      </span>
    ),
  },
  {
    id: 'imagers',
    title: 'Imagers',
    track: 'w-20 shrink-0',
    align: 'right',
    from: 'lg',
    cell: ({ imagers }) => imagers.length,
  },
  {
    id: 'agent',
    title: 'Agent',
    track: 'w-20 shrink-0',
    align: 'right',
    from: 'xl',
    cell: ({ agentVersion }) => <span className="text-muted">{agentVersion ?? ''}</span>,
  },
]

function Instances({ device: { instances, converged } }: { readonly device: Device }) {
  const { desired, running, failing } = instances
  if (failing > 0) {
    return (
      <State tone="bad" icon={CircleAlert}>
        {failing} of {desired} failing
      </State>
    )
  }
  if (desired === 0) return <span className="text-muted">None</span>
  const settled = converged && running === desired
  return (
    <State tone={settled ? 'ok' : 'info'} icon={settled ? CircleCheck : RefreshCw}>
      {running} of {desired} run
    </State>
  )
}
