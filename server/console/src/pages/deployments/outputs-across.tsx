/** What a deployment measures over the fleet: last values of each name, side by side. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Activity } from 'lucide-react'
import { useMemo } from 'react'
import { type Output, outputs } from '../../api/queries.ts'
import { LinkButton } from '../../design/button.tsx'
import { EmptyState } from '../../design/empty-state.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Panel } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { number, plural, unitText } from '../../design/text.ts'
import { Ago } from '../../design/time.tsx'
import { type VirtualColumn, VirtualTable } from '../../design/virtual-table.tsx'

export function OutputsAcross({ name }: { readonly name: string }) {
  const { data, error, refetch } = useQuery(outputs({ deployment: name }))
  const groups = useMemo(() => [...Map.groupBy(data?.items ?? [], (output) => output.name)], [data])
  if (error !== null) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Loading />
  if (groups.length === 0) {
    return (
      <Panel>
        <EmptyState
          icon={Activity}
          title="It has measured nothing yet"
          command={`npm run ocelli -- outputs ${name} -f`}
        >
          Values show here when an instance with the grant <code className="font-mono text-xs">measurements</code> runs.
        </EmptyState>
      </Panel>
    )
  }
  return (
    <div className="space-y-4">
      {groups.map(([measurement, list]) => (
        <Measurement key={measurement} deployment={name} name={measurement} outputs={list} />
      ))}
    </div>
  )
}

interface MeasurementProps {
  readonly deployment: string
  readonly name: string
  readonly outputs: readonly Output[]
}

function Measurement({ deployment, name, outputs: list }: MeasurementProps) {
  const values = list.map(({ value }) => value)
  const low = Math.min(...values)
  const high = Math.max(...values)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const unit = unitText(list[0]?.unit ?? '')
  const sorted = useMemo(() => [...list].sort((a, b) => b.value - a.value), [list])
  const columns: readonly VirtualColumn<Output>[] = [
    {
      id: 'device',
      title: 'Device',
      track: 'flex-[2]',
      cell: ({ device, deviceName, imager }) => (
        <>
          <Link
            to="/devices/$device"
            params={{ device }}
            search={{ tab: 'outputs' }}
            className="font-medium hover:underline"
          >
            {deviceName}
          </Link>{' '}
          <span className="text-muted">{imager}</span>
        </>
      ),
    },
    {
      id: 'bar',
      title: '',
      track: 'flex-[3]',
      from: 'sm',
      cell: ({ value }) => (
        <span className="block h-1.5 rounded-full bg-line">
          <span
            className="block h-full min-w-0.5 rounded-full bg-accent"
            style={{ width: `${high === low ? 100 : ((value - Math.min(0, low)) / (high - Math.min(0, low))) * 100}%` }}
          />
        </span>
      ),
    },
    {
      id: 'value',
      title: 'Last value',
      track: 'w-32 shrink-0',
      align: 'right',
      cell: ({ value }) => (
        <>
          {number(value)} <span className="text-muted">{unit}</span>
        </>
      ),
    },
    {
      id: 'at',
      title: 'Measured',
      track: 'w-28 shrink-0',
      align: 'right',
      cell: ({ observedAtMs }) => (
        <span className="text-muted">
          <Ago atMs={observedAtMs} />
        </span>
      ),
    },
  ]
  return (
    <Panel
      title={name}
      icon={Activity}
      flush
      aside={
        <>
          <span>
            {plural(list.length, 'instance')}: mean {number(mean)}, from {number(low)} to {number(high)} {unit}
          </span>
          <LinkButton size="sm" to="/sensors" search={{ deployment, name }}>
            Over time
          </LinkButton>
        </>
      }
    >
      <VirtualTable
        label={`${name} by device`}
        columns={columns}
        rows={sorted}
        rowKey={({ instance }) => instance}
        height="360px"
      />
    </Panel>
  )
}
