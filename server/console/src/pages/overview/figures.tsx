/** The four numbers of the fleet, each with what it is made of, and each a way into its page. */
import { Link } from '@tanstack/react-router'
import { Activity, Bell, Camera, CircleCheck, CircleX, type LucideIcon, Waypoints } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Status } from '../../api/queries.ts'
import { FILL, type Tone } from '../../design/badge.tsx'
import { cx } from '../../design/class-names.ts'
import { type Part, Shares } from '../../design/progress.tsx'
import { Sparkline } from '../../design/sparkline.tsx'
import { compact, number, rate } from '../../design/text.ts'

const MINUTE_MS = 60_000

interface Props {
  readonly status: Status
}

function Card(props: {
  readonly title: string
  readonly icon: LucideIcon
  readonly to: string
  readonly value: ReactNode
  readonly children: ReactNode
}) {
  const { title, icon: Icon, to, value, children } = props
  return (
    <section className="flex min-w-0 flex-col rounded-lg border border-line bg-surface p-4">
      <h2 className="text-sm">
        <Link to={to} className="flex items-center gap-2 font-medium text-muted hover:text-text">
          <Icon aria-hidden className="size-4 text-faint" />
          {title}
        </Link>
      </h2>
      <div className="mt-2 mb-3 text-2xl font-semibold tracking-tight">{value}</div>
      <div className="mt-auto">{children}</div>
    </section>
  )
}

function Legend({ parts }: { readonly parts: readonly (Part & { readonly to?: string })[] }) {
  return (
    <ul className="mt-2.5 flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
      {parts
        .filter(({ count }) => count > 0)
        .map(({ label, count, tone, to }) => (
          <li key={label} className="flex items-center gap-1.5">
            <span aria-hidden className={cx('size-2 rounded-full', FILL[tone])} />
            {to === undefined ? (
              `${number(count)} ${label}`
            ) : (
              <Link to={to} className="hover:text-text hover:underline">
                {number(count)} {label}
              </Link>
            )}
          </li>
        ))}
    </ul>
  )
}

export function DevicesFigure({ status: { devices } }: Props) {
  const part = (label: string, count: number, tone: Tone, to: string) => ({ label, count, tone, to })
  const parts = [
    part('online', devices.online - devices.degraded, 'ok', '/devices?presence=online'),
    part('degraded', devices.degraded, 'warn', '/devices?health=degraded'),
    part('lost', devices.lost, 'bad', '/devices?presence=lost'),
    part('unknown', devices.unknown, 'info', '/devices?presence=unknown'),
    part('offline', devices.offline, 'idle', '/devices?presence=offline'),
  ]
  return (
    <Card
      title="Devices online"
      icon={Camera}
      to="/devices"
      value={
        <>
          {compact(devices.online)}
          <span className="text-base font-normal text-muted"> of {compact(devices.total)}</span>
        </>
      }
    >
      <Shares parts={parts} label="Devices by state" />
      <Legend parts={parts} />
    </Card>
  )
}

export function DeploymentsFigure({ status: { deployments, deploymentHealth: health } }: Props) {
  const parts: Part[] = [
    { label: 'healthy', count: health.healthy, tone: 'ok' },
    { label: 'under way', count: health.progressing, tone: 'info' },
    { label: 'degraded', count: health.degraded, tone: 'bad' },
    { label: 'without a device', count: health.empty, tone: 'idle' },
  ]
  return (
    <Card
      title="Deployments healthy"
      icon={Waypoints}
      to="/deployments"
      value={
        <>
          {health.healthy}
          <span className="text-base font-normal text-muted"> of {deployments.length}</span>
        </>
      }
    >
      <Shares parts={parts} label="Deployments by health" />
      <Legend parts={parts} />
    </Card>
  )
}

export function AlertsFigure({ status: { alerts } }: Props) {
  return (
    <Card title="Alerts firing" icon={Bell} to="/alerts" value={compact(alerts.firing)}>
      <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-xs text-muted">
        {alerts.firing === 0 ? (
          <span className="flex items-center gap-1.5">
            <CircleCheck aria-hidden className="size-3.5 text-ok" />
            None fires
          </span>
        ) : (
          <span className="flex items-center gap-1.5">
            <CircleX aria-hidden className="size-3.5 text-bad" />
            {number(alerts.critical)} critical, {number(alerts.unacknowledged)} nobody has taken on
          </span>
        )}
        {alerts.pending > 0 && <span>{number(alerts.pending)} may fire soon</span>}
      </p>
    </Card>
  )
}

export function IngestFigure({ status: { telemetry, server } }: Props) {
  const { history, recordsPerSecond, records, refused } = telemetry
  const points = history.map((value, index) => ({ atMs: server.nowMs - (history.length - index) * MINUTE_MS, value }))
  return (
    <Card
      title="Records a second"
      icon={Activity}
      to="/sensors"
      value={
        <span className="flex items-end justify-between gap-4">
          {rate(recordsPerSecond)}
          {points.length > 1 && (
            <Sparkline
              points={points}
              fromMs={points[0]?.atMs ?? 0}
              toMs={points.at(-1)?.atMs ?? 1}
              gapMs={MINUTE_MS * 2}
              className="h-8 w-full max-w-36 text-accent"
            />
          )}
        </span>
      }
    >
      <p className="text-xs text-muted">
        {compact(records)} since the start{refused > 0 && `, ${compact(refused)} refused`}
      </p>
    </Card>
  )
}
