/** What the device puts out now: last values with their recent run, pictures where they are granted, detections. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Activity, ExternalLink, Image as ImageIcon } from 'lucide-react'
import { useMemo } from 'react'
import { type DeviceDetail, images, outputs } from '../../api/queries.ts'
import { EmptyState } from '../../design/empty-state.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Panel } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { Sparkline } from '../../design/sparkline.tsx'
import { number, unitText } from '../../design/text.ts'
import { Ago, useNowMs } from '../../design/time.tsx'
import { Picture } from '../sensors/picture.tsx'
import { useRecent } from '../sensors/recent.ts'
import { Seen } from '../sensors/seen.tsx'

const WINDOW_MS = 120_000
const GAP_MS = 15_000

export function OutputsPanel({ device }: { readonly device: DeviceDetail }) {
  const { data, error, refetch } = useQuery(outputs({ device: device.id }))
  const pictures = useQuery(images(device.id))
  const filter = useMemo(() => ({ kind: ['measurement', 'detections'], device: device.id }), [device.id])
  const recent = useRecent(filter, WINDOW_MS)
  const nowMs = useNowMs()
  if (error !== null) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Loading />
  const seen = device.placements.filter(({ instance }) => recent.detections.has(instance))
  return (
    <div className="space-y-4">
      <Panel title="Last values" icon={Activity} flush>
        {data.items.length === 0 ? (
          <EmptyState
            icon={Activity}
            title="Nothing measured yet"
            command={`npm run ocelli -- outputs --device ${device.name} -f`}
          >
            When an instance with the grant <code className="font-mono text-xs">measurements</code> runs, its values
            show here. In a terminal:
          </EmptyState>
        ) : (
          <ul className="grid overflow-hidden rounded-b-lg sm:grid-cols-2 xl:grid-cols-3">
            {data.items.map(({ instance, name, unit, value, observedAtMs, deploymentName, imager }) => {
              const points = recent.measurements.get(`${instance}/${name}`) ?? []
              const last = points.at(-1)
              return (
                <li key={`${instance}/${name}`} className="p-4 shadow-[0_0_0_1px_var(--color-line)]">
                  <div className="flex items-baseline justify-between gap-2">
                    <span className="truncate font-medium">{name}</span>
                    <Link
                      to="/sensors"
                      search={{
                        name,
                        device: device.id,
                        ...(deploymentName !== undefined && { deployment: deploymentName }),
                      }}
                      aria-label={`${name} over time`}
                      className="text-muted hover:text-text"
                    >
                      <ExternalLink aria-hidden className="size-3.5" />
                    </Link>
                  </div>
                  <div className="mt-1 flex items-end justify-between gap-4">
                    <span className="text-2xl font-semibold tracking-tight">
                      {number(last?.value ?? value)}{' '}
                      <span className="text-sm font-normal text-muted">{unitText(unit)}</span>
                    </span>
                    <Sparkline
                      points={points}
                      fromMs={nowMs - WINDOW_MS}
                      toMs={nowMs}
                      gapMs={GAP_MS}
                      className="h-8 w-32 text-accent"
                    />
                  </div>
                  <div className="mt-1 truncate text-xs text-muted">
                    {deploymentName}
                    {imager !== undefined && ` on ${imager}`} · <Ago atMs={last?.atMs ?? observedAtMs} />
                  </div>
                </li>
              )
            })}
          </ul>
        )}
      </Panel>
      {seen.length > 0 && (
        <div className="grid gap-4 lg:grid-cols-2">
          {seen.map(({ instance, deploymentName, imager }) => {
            const detections = recent.detections.get(instance)
            return (
              detections && (
                <Panel
                  key={instance}
                  title={`${deploymentName}${imager === undefined ? '' : ` on ${imager}`}`}
                  aside={<Ago atMs={detections.atMs} />}
                >
                  <Seen device={device.id} imager={imager} detections={detections} />
                </Panel>
              )
            )
          })}
        </div>
      )}
      {(pictures.data?.items.length ?? 0) > 0 && (
        <Panel
          title="Pictures"
          icon={ImageIcon}
          aside="The last one of each name; only instances with the grant images send any"
        >
          <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
            {pictures.data?.items.map(({ instance, name, receivedAtMs }) => (
              <li key={`${instance}/${name}`}>
                <Picture device={device.id} instance={instance} name={name} version={receivedAtMs} />
                <p className="mt-1 flex justify-between text-xs text-muted">
                  {name} <Ago atMs={receivedAtMs} />
                </p>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </div>
  )
}
