import { useQuery } from '@tanstack/react-query'
import { status } from '../../api/queries.ts'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { PageHeader } from '../../design/panel.tsx'
import { Skeleton } from '../../design/progress.tsx'
import { duration, plural } from '../../design/text.ts'
import { AttentionPanel } from './attention.tsx'
import { DeploymentHealthPanel } from './deployment-health.tsx'
import { AlertsFigure, DeploymentsFigure, DevicesFigure, IngestFigure } from './figures.tsx'
import { FirstSteps } from './first-steps.tsx'
import { LatestAlerts } from './latest-alerts.tsx'
import { RunningRollouts } from './running-rollouts.tsx'

export function OverviewPage() {
  const { data, error, refetch } = useQuery(status)
  if (data === undefined) {
    return error === null ? <Placeholder /> : <ErrorNotice error={error} onRetry={() => void refetch()} />
  }
  const { server, devices, deployments, components } = data
  const isEmpty = devices.total === 0 || components === 0 || deployments.length === 0
  return (
    <>
      <PageHeader
        title="Overview"
        below={`${plural(devices.total, 'device')}, ${plural(deployments.length, 'deployment')}; control plane up for ${duration(server.nowMs - server.startedAtMs)}`}
      />
      {error !== null && (
        <div className="mb-4">
          <ErrorNotice error={error} />
        </div>
      )}
      <div className="space-y-4">
        {isEmpty && <FirstSteps status={data} />}
        {devices.total > 0 && <AttentionPanel items={data.attention} />}
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4 sm:grid-cols-2 xl:grid-cols-4">
          <DevicesFigure status={data} />
          <DeploymentsFigure status={data} />
          <AlertsFigure status={data} />
          <IngestFigure status={data} />
        </div>
        {deployments.length > 0 && (
          <div className="grid grid-cols-[minmax(0,1fr)] gap-4 xl:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)]">
            <DeploymentHealthPanel deployments={deployments} />
            <div className="space-y-4">
              <RunningRollouts />
              <LatestAlerts />
            </div>
          </div>
        )}
      </div>
    </>
  )
}

function Placeholder() {
  return (
    <div role="status">
      <span className="sr-only">Loading the overview</span>
      <Skeleton className="mb-6 h-8 w-44" />
      <Skeleton className="mb-4 h-24 w-full" />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 sm:grid-cols-2 xl:grid-cols-4">
        {['devices', 'deployments', 'alerts', 'ingest'].map((one) => (
          <Skeleton key={one} className="h-32" />
        ))}
      </div>
    </div>
  )
}
