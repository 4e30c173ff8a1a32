import { Link } from '@tanstack/react-router'
import { Waypoints } from 'lucide-react'
import type { Deployment } from '../../api/queries.ts'
import { Panel } from '../../design/panel.tsx'
import { Table } from '../../design/table.tsx'
import { Ago } from '../../design/time.tsx'
import { HEALTH_COLUMNS } from '../deployments/health.tsx'

const MOST = 12

export function DeploymentHealthPanel({ deployments }: { readonly deployments: readonly Deployment[] }) {
  const rows = [...deployments].sort(
    (a, b) => b.instances.failing - a.instances.failing || a.name.localeCompare(b.name),
  )
  return (
    <Panel
      title="Deployments"
      icon={Waypoints}
      flush
      aside={
        <Link to="/deployments" className="text-accent hover:underline">
          All {deployments.length}
        </Link>
      }
    >
      <Table
        label="Deployments by health"
        rows={rows.slice(0, MOST)}
        rowKey={(row) => row.id}
        columns={[
          ...HEALTH_COLUMNS,
          {
            id: 'refused',
            title: 'Refused',
            align: 'right',
            from: 'md',
            cell: ({ devices }) => devices.refused || '0',
          },
          {
            id: 'revision',
            title: 'Revision',
            align: 'right',
            from: 'lg',
            cell: ({ revision, updatedAtMs }) => (
              <>
                {revision}{' '}
                <span className="text-muted">
                  · <Ago atMs={updatedAtMs} />
                </span>
              </>
            ),
          },
        ]}
      />
    </Panel>
  )
}
