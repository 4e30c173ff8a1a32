/** Which realisation each device got, and what it reports. */
import { Link } from '@tanstack/react-router'
import { CircleAlert, Waypoints } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { DeploymentDetail } from '../../api/queries.ts'
import { Chip } from '../../design/badge.tsx'
import { LinkButton } from '../../design/button.tsx'
import { EmptyState } from '../../design/empty-state.tsx'
import { Segmented } from '../../design/field.tsx'
import { Panel } from '../../design/panel.tsx'
import { InstanceState, PresenceState } from '../../design/states.tsx'
import { number, plural } from '../../design/text.ts'
import { Tooltip } from '../../design/tooltip.tsx'
import { type VirtualColumn, VirtualTable } from '../../design/virtual-table.tsx'

type Instance = DeploymentDetail['placements'][number]

const FAILING = new Set(['backoff', 'crashLoop', 'refused'])
const failing = ({ state }: Instance) => state !== undefined && FAILING.has(state.state)
const settling = (one: Instance) => !failing(one) && one.state?.state !== 'running' && one.state?.state !== 'completed'

export function PlacementsPanel({ deployment }: { readonly deployment: DeploymentDetail }) {
  const [only, setOnly] = useState<'all' | 'failing' | 'settling'>('all')
  const { placements } = deployment
  const shown = useMemo(
    () => placements.filter((one) => only === 'all' || (only === 'failing' ? failing(one) : settling(one))),
    [placements, only],
  )
  const byRealisation = Map.groupBy(placements, ({ placement }) => placement.realisation)
  if (placements.length === 0) {
    return (
      <Panel>
        <EmptyState
          icon={Waypoints}
          title="No device runs it"
          command={`npm run ocelli -- explain deployment ${deployment.name}`}
          actions={
            <LinkButton to="." search={{ tab: 'decisions' }}>
              See why
            </LinkButton>
          }
        >
          {plural(deployment.devices.refused, 'device')} in its target could not run it,{' '}
          {deployment.devices.notTargeted} are outside of its target.
        </EmptyState>
      </Panel>
    )
  }
  return (
    <Panel
      flush
      title={
        <span className="flex flex-wrap gap-x-3 font-normal text-muted">
          {[...byRealisation].map(([realisation, list]) => (
            <span key={realisation}>
              <span className="font-medium text-text">{list.length}</span> {realisation}
            </span>
          ))}
        </span>
      }
      aside={
        <Segmented
          label="Which instances"
          value={only}
          onChange={setOnly}
          options={[
            { value: 'all', label: `All ${placements.length}` },
            { value: 'failing', label: `Failing ${placements.filter(failing).length}` },
            { value: 'settling', label: `Not running ${placements.filter(settling).length}` },
          ]}
        />
      }
    >
      {shown.length === 0 ? (
        <p className="px-4 py-8 text-center text-muted">None.</p>
      ) : (
        <VirtualTable label="Instances" columns={COLUMNS} rows={shown} rowKey={({ placement }) => placement.instance} />
      )}
    </Panel>
  )
}

const COLUMNS: readonly VirtualColumn<Instance>[] = [
  {
    id: 'device',
    title: 'Device',
    track: 'flex-[3]',
    cell: ({ deviceName, placement }) => (
      <Link to="/devices/$device" params={{ device: placement.device }} className="font-medium hover:underline">
        {deviceName}
      </Link>
    ),
  },
  {
    id: 'slot',
    title: 'On',
    track: 'w-24 shrink-0',
    from: 'sm',
    cell: ({ placement }) => <span className="font-mono text-xs">{placement.slot}</span>,
  },
  {
    id: 'realisation',
    title: 'Realisation',
    track: 'flex-[2]',
    from: 'md',
    cell: ({ placement }) => <Chip>{placement.realisation}</Chip>,
  },
  {
    id: 'components',
    title: 'Components',
    track: 'flex-[3]',
    from: 'lg',
    cell: ({ placement }) => (
      <span className="text-muted">{placement.components.map(({ reference }) => reference).join(' + ')}</span>
    ),
  },
  {
    id: 'presence',
    title: 'Device is',
    track: 'w-28 shrink-0',
    from: 'md',
    cell: ({ presence }) => <PresenceState presence={presence} />,
  },
  { id: 'state', title: 'State', track: 'w-32 shrink-0', cell: (row) => <StateCell instance={row} /> },
  {
    id: 'frames',
    title: 'Frames',
    track: 'w-24 shrink-0',
    align: 'right',
    from: 'xl',
    cell: ({ state }) => (state?.framesHandled === undefined ? '' : number(state.framesHandled)),
  },
  {
    id: 'score',
    title: 'Score',
    track: 'w-16 shrink-0',
    align: 'right',
    from: 'xl',
    cell: ({ placement }) => placement.score,
  },
]

function StateCell({ instance: { state } }: { readonly instance: Instance }) {
  const shown = <InstanceState state={state?.state} healthy={state?.healthy} />
  if (state?.error === undefined) return shown
  return (
    <Tooltip text={`${state.error.message} (${state.error.code})`}>
      <button type="button" className="inline-flex items-center gap-1">
        {shown}
        <CircleAlert aria-label={state.error.message} className="size-3 text-muted" />
      </button>
    </Tooltip>
  )
}
