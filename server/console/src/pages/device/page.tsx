import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { FlaskConical, Trash2 } from 'lucide-react'
import { api, ask } from '../../api/client.ts'
import { type DeviceDetail, device as deviceQuery } from '../../api/queries.ts'
import { useDenied } from '../../api/session.ts'
import { Badge } from '../../design/badge.tsx'
import { CopyButton } from '../../design/command.tsx'
import { ConfirmButton } from '../../design/dialog.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { PageHeader } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { PresenceState } from '../../design/states.tsx'
import { Tabs } from '../../design/tabs.tsx'
import { Ago } from '../../design/time.tsx'
import { toast } from '../../design/toast.tsx'
import { CertificatePanel } from './certificates.tsx'
import { CapabilitiesPanel, FactsPanel, ImagersPanel } from './facts.tsx'
import { InstancesPanel } from './instances.tsx'
import { LabelsPanel } from './labels.tsx'
import { LogsPanel } from './logs.tsx'
import { OutputsPanel } from './outputs.tsx'
import { ProblemsPanel } from './problems.tsx'
import { StatusStrip } from './status-strip.tsx'
import { TimelinePanel } from './timeline.tsx'

const route = getRouteApi('/devices/$device')
const TABS = ['overview', 'outputs', 'timeline', 'logs', 'identity'] as const
type Tab = (typeof TABS)[number]

export function DevicePage() {
  const { device: id } = route.useParams()
  const { tab } = route.useSearch()
  const { data, error, refetch } = useQuery(deviceQuery(id))
  if (data === undefined) {
    return error === null ? <Loading rows={8} /> : <ErrorNotice error={error} onRetry={() => void refetch()} />
  }
  const current: Tab = TABS.find((one) => one === tab) ?? 'overview'
  return (
    <>
      <PageHeader
        above={
          <Link to="/devices" className="hover:underline">
            Devices
          </Link>
        }
        title={data.name}
        below={
          <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <PresenceState presence={data.presence} />
            <span>
              since <Ago atMs={data.presenceAtMs} />
            </span>
            {data.model !== undefined && <span>{data.model}</span>}
            <span className="inline-flex items-center font-mono text-xs">
              {data.id}
              <CopyButton text={data.id} label="Copy the id" />
            </span>
            {data.simulated && (
              <Badge tone="info" icon={FlaskConical}>
                Simulated
              </Badge>
            )}
          </span>
        }
        actions={<DeleteButton device={data} />}
      />
      <StatusStrip device={data.id} />
      <Tabs
        label="Parts of the device"
        current={current}
        tabs={[
          { id: 'overview', label: 'Overview' },
          { id: 'outputs', label: 'Live outputs' },
          { id: 'timeline', label: 'Timeline' },
          { id: 'logs', label: 'Logs' },
          { id: 'identity', label: 'Identity and trust' },
        ]}
      />
      <Part tab={current} device={data} />
    </>
  )
}

function Part({ tab, device }: { readonly tab: Tab; readonly device: DeviceDetail }) {
  switch (tab) {
    case 'overview':
      return (
        <div className="space-y-4">
          <InstancesPanel device={device} />
          {device.problems.length > 0 && <ProblemsPanel problems={device.problems} />}
          <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1.5fr)_minmax(0,1fr)]">
            <div className="space-y-4">
              <ImagersPanel inventory={device.inventory} />
              <CapabilitiesPanel inventory={device.inventory} />
            </div>
            <div className="space-y-4">
              <LabelsPanel device={device} />
              <FactsPanel device={device} />
            </div>
          </div>
        </div>
      )
    case 'outputs':
      return <OutputsPanel device={device} />
    case 'timeline':
      return <TimelinePanel device={device.id} />
    case 'logs':
      return <LogsPanel device={device} />
    case 'identity':
      return <CertificatePanel device={device} />
  }
}

function DeleteButton({ device }: { readonly device: DeviceDetail }) {
  const denied = useDenied('operator')
  const navigate = useNavigate()
  const queries = useQueryClient()
  return (
    <ConfirmButton
      variant="danger"
      icon={Trash2}
      denied={denied}
      action="Delete the device"
      title={`Delete ${device.name}?`}
      onConfirm={async () => {
        const { changes } = await ask(
          api.DELETE('/api/v1/devices/{device}', { params: { path: { device: device.id } } }),
        )
        const pending = changes.find(({ outcome }) => outcome === 'pending')?.pending
        await queries.invalidateQueries()
        if (pending !== undefined) return navigate({ to: '/changes/$id', params: { id: pending } })
        toast(`${device.name} is deleted.`)
        return navigate({ to: '/devices' })
      }}
    >
      <p>
        Its {device.placements.length} instances stop being wanted, its certificates are revoked and its connection
        ends. Deployments that spread replicas choose another device. This cannot be taken back: to return, it must
        enrol again.
      </p>
    </ConfirmButton>
  )
}
