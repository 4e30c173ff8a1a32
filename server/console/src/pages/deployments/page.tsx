import { useQuery } from '@tanstack/react-query'
import { Hourglass, Plus, Waypoints } from 'lucide-react'
import { deployments, pendingChanges } from '../../api/queries.ts'
import { useDenied } from '../../api/session.ts'
import { LinkButton } from '../../design/button.tsx'
import { EmptyState } from '../../design/empty-state.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { PageHeader, Panel } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { Table } from '../../design/table.tsx'
import { plural } from '../../design/text.ts'
import { Ago } from '../../design/time.tsx'
import { HEALTH_COLUMNS } from './health.tsx'
import { ExceededList } from './reach.tsx'

export function DeploymentsPage() {
  const { data, error, refetch } = useQuery(deployments)
  const denied = useDenied('operator')
  return (
    <>
      <PageHeader
        title="Deployments"
        below={
          data === undefined
            ? 'Loading'
            : `${plural(data.items.length, 'standing intent')}: what should run, where, and with which grants.`
        }
        actions={
          <LinkButton to="/deployments/new" icon={Plus} variant={denied === undefined ? 'primary' : 'secondary'}>
            New deployment
          </LinkButton>
        }
      />
      <WaitingChanges />
      {error !== null && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      <Panel flush>
        {data === undefined ? (
          error === null && <Loading />
        ) : data.items.length === 0 ? (
          <EmptyState
            icon={Waypoints}
            title="Nothing is deployed yet"
            command="npm run ocelli -- plan -f deployment.yaml"
            actions={
              <LinkButton to="/deployments/new" icon={Plus} variant="primary">
                New deployment
              </LinkButton>
            }
          >
            A deployment names a component and which devices should run it. The plan shows each device before anything
            changes.
          </EmptyState>
        ) : (
          <Table
            label="Deployments"
            rows={data.items}
            rowKey={(row) => row.id}
            columns={[
              ...HEALTH_COLUMNS,
              { id: 'placed', title: 'Devices', align: 'right', from: 'md', cell: ({ devices }) => devices.placed },
              { id: 'refused', title: 'Refused', align: 'right', from: 'md', cell: ({ devices }) => devices.refused },
              {
                id: 'out',
                title: 'Not targeted',
                align: 'right',
                from: 'lg',
                cell: ({ devices }) => devices.notTargeted,
              },
              { id: 'revision', title: 'Revision', align: 'right', from: 'sm', cell: ({ revision }) => revision },
              { id: 'updated', title: 'Changed', from: 'lg', cell: ({ updatedAtMs }) => <Ago atMs={updatedAtMs} /> },
            ]}
          />
        )}
      </Panel>
    </>
  )
}

/** Changes that reach further than they may by themselves: a person decides. */
function WaitingChanges() {
  const { data } = useQuery(pendingChanges)
  if (data === undefined || data.items.length === 0) return null
  return (
    <Panel
      className="mb-4 border-warn/50"
      title={`${plural(data.items.length, 'change')} ${data.items.length === 1 ? 'waits' : 'wait'} for a person`}
      icon={Hourglass}
      flush
    >
      <ul>
        {data.items.map(({ id, name, actor, plan, createdAtMs }) => (
          <li
            key={id}
            className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-2.5 last:border-0"
          >
            <div className="min-w-0 flex-1 basis-60">
              <ExceededList name={name} plan={plan} />
              <p className="text-xs text-muted">
                {actor === 'ocelli' ? 'Facts of devices changed' : `Asked by ${actor}`} <Ago atMs={createdAtMs} />
              </p>
            </div>
            <LinkButton size="sm" to="/changes/$id" params={{ id }}>
              Look at it
            </LinkButton>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
