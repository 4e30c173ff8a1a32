import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { FlaskConical } from 'lucide-react'
import { type DeviceDetail, device as deviceQuery } from '../../api/queries.ts'
import { Badge } from '../../design/badge.tsx'
import { CopyButton } from '../../design/command.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { PageHeader } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { PresenceState } from '../../design/states.tsx'
import { Tabs } from '../../design/tabs.tsx'
import { Ago } from '../../design/time.tsx'
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
          <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 xl:grid-cols-[minmax(0,1.5fr)_minmax(0,1fr)]">
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
