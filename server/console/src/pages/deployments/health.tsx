import { Link } from '@tanstack/react-router'
import { CircleAlert, CircleCheck, CircleDashed, Loader, type LucideIcon } from 'lucide-react'
import type { Deployment } from '../../api/queries.ts'
import { State, type Tone } from '../../design/badge.tsx'
import { Shares } from '../../design/progress.tsx'
import type { Column } from '../../design/table.tsx'

type Summary = Pick<Deployment, 'instances' | 'devices'>

export function DeploymentHealth({ deployment: { instances } }: { readonly deployment: Summary }) {
  const [tone, icon, word] = healthOf(instances)
  return (
    <State tone={tone} icon={icon}>
      {word}
    </State>
  )
}

function healthOf({ placed, healthy, failing }: Deployment['instances']): readonly [Tone, LucideIcon, string] {
  if (placed === 0) return ['idle', CircleDashed, 'No device']
  if (failing > 0) return ['bad', CircleAlert, `${failing} failing`]
  if (healthy < placed) return ['info', Loader, 'Under way']
  return ['ok', CircleCheck, 'Healthy']
}

/** Instances that run, of those that should. */
function InstancesBar({ deployment: { instances } }: { readonly deployment: Summary }) {
  const { placed, running, healthy, failing } = instances
  return (
    <div className="flex min-w-28 items-center gap-2.5">
      <div className="min-w-12 flex-1">
        <Shares
          thin
          label="Instances"
          parts={[
            { label: 'healthy', count: healthy, tone: 'ok' },
            { label: 'running', count: running - healthy, tone: 'info' },
            { label: 'failing', count: failing, tone: 'bad' },
            { label: 'not running', count: Math.max(0, placed - running - failing), tone: 'idle' },
          ]}
        />
      </div>
      <span className="whitespace-nowrap">
        {running}
        <span className="text-muted"> of {placed}</span>
      </span>
    </div>
  )
}

/** How a deployment is, first on every list of them. */
export const HEALTH_COLUMNS: readonly Column<Deployment>[] = [
  {
    id: 'name',
    title: 'Deployment',
    className: 'sm:whitespace-nowrap',
    cell: ({ name }) => (
      <Link to="/deployments/$name" params={{ name }} className="font-medium hover:underline">
        {name}
      </Link>
    ),
  },
  { id: 'health', title: 'Health', cell: (row) => <DeploymentHealth deployment={row} /> },
  {
    id: 'instances',
    title: 'Instances running',
    cell: (row) => <InstancesBar deployment={row} />,
    className: 'w-44',
  },
]
