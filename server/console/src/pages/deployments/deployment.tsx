import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Pencil, Rocket, Trash2 } from 'lucide-react'
import { api, ask } from '../../api/client.ts'
import { type DeploymentDetail, deployment, explanation } from '../../api/queries.ts'
import { useDenied } from '../../api/session.ts'
import { LinkButton } from '../../design/button.tsx'
import { ConfirmButton } from '../../design/dialog.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { PageHeader, Panel } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { Tabs } from '../../design/tabs.tsx'
import { plural } from '../../design/text.ts'
import { Ago } from '../../design/time.tsx'
import { toast } from '../../design/toast.tsx'
import { DeploymentHealth } from './health.tsx'
import { OutputsAcross } from './outputs-across.tsx'
import { PlacementsPanel } from './placements.tsx'
import { AgreedReach, WaitingGrowth } from './reach.tsx'
import { Refusals } from './refusals.tsx'
import { RevisionsPanel } from './revisions.tsx'

const route = getRouteApi('/deployments/$name')
const TABS = ['placements', 'decisions', 'outputs', 'revisions'] as const
type Tab = (typeof TABS)[number]

export function DeploymentPage() {
  const { name } = route.useParams()
  const { tab } = route.useSearch()
  const { data, error, refetch } = useQuery(deployment(name))
  const denied = useDenied('operator')
  if (data === undefined) {
    return error === null ? <Loading rows={8} /> : <ErrorNotice error={error} onRetry={() => void refetch()} />
  }
  const current: Tab = TABS.find((one) => one === tab) ?? 'placements'
  return (
    <>
      <PageHeader
        above={
          <Link to="/deployments" className="hover:underline">
            Deployments
          </Link>
        }
        title={name}
        below={
          <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <DeploymentHealth deployment={data} />
            <span>
              {data.instances.running} of {plural(data.instances.placed, 'instance')} run
            </span>
            <span>
              Revision {data.revision}, <Ago atMs={data.updatedAtMs} />
            </span>
            <AgreedReach deployment={data} />
          </span>
        }
        actions={
          <>
            <LinkButton to="/rollouts/$name" params={{ name }} icon={Rocket}>
              Rollout
            </LinkButton>
            <LinkButton
              to="/deployments/$name/edit"
              params={{ name }}
              icon={Pencil}
              variant={denied === undefined ? 'primary' : 'secondary'}
            >
              {denied === undefined ? 'Edit' : 'Try a change'}
            </LinkButton>
            <DeleteButton deployment={data} />
          </>
        }
      />
      <WaitingGrowth deployment={name} />
      <Tabs
        label="Parts of the deployment"
        current={current}
        tabs={[
          { id: 'placements', label: 'Devices', count: data.placements.length },
          { id: 'decisions', label: 'Why and why not', count: data.devices.refused },
          { id: 'outputs', label: 'Outputs' },
          { id: 'revisions', label: 'Revisions', count: data.revision },
        ]}
      />
      {current === 'placements' && <PlacementsPanel deployment={data} />}
      {current === 'decisions' && <DecisionsPanel name={name} />}
      {current === 'outputs' && <OutputsAcross name={name} />}
      {current === 'revisions' && <RevisionsPanel deployment={data} />}
    </>
  )
}

function DecisionsPanel({ name }: { readonly name: string }) {
  const { data, error, refetch } = useQuery(explanation(name))
  return (
    <Panel title="Decisions for each device" flush aside={data && `On revision ${data.revision}`}>
      {error !== null ? (
        <div className="p-4">
          <ErrorNotice error={error} onRetry={() => void refetch()} />
        </div>
      ) : data === undefined ? (
        <Loading />
      ) : (
        <Refusals decisions={data.decisions} />
      )}
    </Panel>
  )
}

function DeleteButton({ deployment: { name, instances, devices } }: { readonly deployment: DeploymentDetail }) {
  const denied = useDenied('operator')
  const navigate = useNavigate()
  const queries = useQueryClient()
  return (
    <ConfirmButton
      variant="danger"
      icon={Trash2}
      denied={denied}
      action="Delete"
      title={`Delete the deployment ${name}?`}
      onConfirm={async () => {
        const { changes } = await ask(api.DELETE('/api/v1/deployments/{name}', { params: { path: { name } } }))
        const pending = changes.find(({ outcome }) => outcome === 'pending')?.pending
        await queries.invalidateQueries()
        if (pending !== undefined) return navigate({ to: '/changes/$id', params: { id: pending } })
        toast(`${name} is deleted; its instances stop.`)
        return navigate({ to: '/deployments' })
      }}
    >
      <p>
        {plural(instances.placed, 'instance')} on {plural(devices.placed, 'device')} stop. What they measured is kept. A
        deployment that is applied again under this name starts anew at revision 1.
      </p>
    </ConfirmButton>
  )
}
