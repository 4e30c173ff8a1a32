/** Progress of each device, live; failed ones with their last log lines. */
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Camera } from 'lucide-react'
import { type RolloutDetail, type RolloutDevice, rolloutDevices } from '../../api/queries.ts'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Select } from '../../design/field.tsx'
import { Panel } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { PresenceState } from '../../design/states.tsx'
import { type VirtualColumn, VirtualTable } from '../../design/virtual-table.tsx'
import { PROGRESS, PROGRESS_ORDER, ProgressState } from './looks.tsx'

const route = getRouteApi('/rollouts/$name')
const ALL = ''
const MOST = 10_000

export function DevicesPanel({ rollout }: { readonly rollout: RolloutDetail }) {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/rollouts/$name' })
  const progress = PROGRESS_ORDER.find((one) => one === search.progress)
  const { data, error, refetch } = useQuery(
    rolloutDevices(rollout.name, {
      limit: MOST,
      revision: rollout.revision,
      ...(progress !== undefined && { progress }),
    }),
  )
  const failed = (data?.items ?? []).filter((one) => one.error !== undefined || one.logs.length > 0)
  return (
    <>
      {failed.length > 0 && <Failures devices={failed} />}
      <Panel
        title="Devices"
        icon={Camera}
        flush
        aside={
          <Select
            label="Only devices that are"
            value={progress ?? ALL}
            onChange={(value) =>
              void navigate({
                search: (before) => ({ ...before, progress: value === ALL ? undefined : value }),
                replace: true,
              })
            }
            options={[
              { value: ALL, label: 'All' },
              ...PROGRESS_ORDER.map((one) => ({ value: one, label: `${PROGRESS[one].word} (${rollout.counts[one]})` })),
            ]}
          />
        }
      >
        {error !== null ? (
          <div className="p-4">
            <ErrorNotice error={error} onRetry={() => void refetch()} />
          </div>
        ) : data === undefined ? (
          <Loading />
        ) : data.items.length === 0 ? (
          <p className="px-4 py-8 text-center text-muted">None.</p>
        ) : (
          <VirtualTable
            label="Progress by device"
            columns={COLUMNS}
            rows={data.items}
            rowKey={({ device }) => device}
            height="420px"
          />
        )}
      </Panel>
    </>
  )
}

const COLUMNS: readonly VirtualColumn<RolloutDevice>[] = [
  {
    id: 'device',
    title: 'Device',
    track: 'flex-[2]',
    cell: ({ device, name }) => (
      <Link to="/devices/$device" params={{ device }} className="font-medium hover:underline">
        {name}
      </Link>
    ),
  },
  {
    id: 'progress',
    title: 'Progress',
    track: 'w-32 shrink-0',
    cell: ({ progress }) => <ProgressState progress={progress} />,
  },
  { id: 'wave', title: 'Wave', track: 'w-16 shrink-0', align: 'right', from: 'sm', cell: ({ wave }) => wave ?? '–' },
  {
    id: 'presence',
    title: 'Device is',
    track: 'w-28 shrink-0',
    from: 'md',
    cell: ({ presence }) => <PresenceState presence={presence} />,
  },
  {
    id: 'revision',
    title: 'Runs',
    track: 'w-20 shrink-0',
    align: 'right',
    from: 'md',
    cell: ({ revision }) => revision ?? '–',
  },
  { id: 'why', title: 'Why', track: 'flex-[4]', from: 'sm', cell: ({ why }) => <span title={why}>{why}</span> },
]

function Failures({ devices }: { readonly devices: readonly RolloutDevice[] }) {
  return (
    <Panel title="Why devices failed" flush>
      <ul>
        {devices.slice(0, 10).map(({ device, name, why, error, logs }) => (
          <li key={device} className="border-b border-line px-4 py-3 last:border-0">
            <p>
              <Link to="/devices/$device" params={{ device }} className="font-medium hover:underline">
                {name}
              </Link>{' '}
              {error?.message ?? why}{' '}
              {error !== undefined && <span className="font-mono text-2xs text-muted">{error.code}</span>}
            </p>
            {logs.length > 0 && (
              <pre className="mt-2 overflow-x-auto rounded-md bg-sunken p-3 font-mono text-xs">{logs.join('\n')}</pre>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
