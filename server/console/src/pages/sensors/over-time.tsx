/** One measurement over time: history from the server's sums, followed live, several devices over one another. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Activity, Download, ListFilter, ZoomOut } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useMemo, useState } from 'react'
import { authorisedFetch } from '../../api/client.ts'
import { type Output, type RangeSeries, ranges, records } from '../../api/queries.ts'
import type { OutputRecord } from '../../api/records.ts'
import { Badge } from '../../design/badge.tsx'
import { Button } from '../../design/button.tsx'
import { Chart, ChartLegend, type ChartSeries } from '../../design/chart.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Segmented } from '../../design/field.tsx'
import { Panel } from '../../design/panel.tsx'
import { Skeleton } from '../../design/progress.tsx'
import { dateTime, duration, number, unitText } from '../../design/text.ts'
import { useNowMs } from '../../design/time.tsx'
import { EventList } from './event-list.tsx'
import { type Happening, useRecent } from './recent.ts'
import { Seen } from './seen.tsx'

const MINUTE_MS = 60_000
const SPANS = {
  '15m': 15 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '6h': 360 * MINUTE_MS,
  '1d': 1_440 * MINUTE_MS,
  '7d': 10_080 * MINUTE_MS,
}
type Span = keyof typeof SPANS
/** More lines than this are a tangle: choose devices, or look at all of them as one. */
const MOST_LINES = 4
const POINTS = 600
const HISTORY_MS = 10_000
const LIVE_WINDOW_MS = 120_000
/** Of a longer time with more of them, the newest. */
const MOST_EVENTS = 1_000
/** Beyond twice the usual distance of points. */
const GAPS = 2.5

interface Props {
  readonly name: string
  readonly deployment: string | undefined
  readonly outputs: readonly Output[]
  /** Devices by id; none: the first few. */
  readonly chosen: readonly string[]
  /** A span, or `from-to` in milliseconds since 1970. */
  readonly range: string | undefined
  readonly onChange: (part: { readonly device?: string | undefined; readonly range?: string | undefined }) => void
}

export function OverTime({ name, deployment, outputs, chosen, range, onChange }: Props) {
  const nowMs = useNowMs()
  const [together, setTogether] = useState(false)
  const zoomed = /^(\d+)-(\d+)$/.exec(range ?? '')
  const span = Object.keys(SPANS).find((one): one is Span => one === range) ?? '15m'
  const isLive = zoomed === null
  const toMs = zoomed === null ? nowMs : Number(zoomed[2])
  const fromMs = zoomed === null ? nowMs - SPANS[span] : Number(zoomed[1])
  const devices = useMemo(() => [...new Map(outputs.map(({ device, deviceName }) => [device, deviceName]))], [outputs])
  const shownDevices = chosen.length > 0 ? chosen : together ? [] : devices.slice(0, MOST_LINES).map(([id]) => id)

  // The same devices in a new list are the same question.
  const deviceKey = shownDevices.join()
  const query = useMemo(
    () => ({
      name: [name],
      maxPoints: POINTS,
      ...(deployment !== undefined && { deployment }),
      ...(deviceKey !== '' && { device: deviceKey.split(',') }),
      ...(together && { groupBy: 'none' }),
    }),
    [name, deployment, together, deviceKey],
  )
  // The history is read again every some seconds; in between the live records go on.
  const stepMs = isLive ? Math.floor(nowMs / HISTORY_MS) * HISTORY_MS : 0
  const history = useQuery(
    ranges({ ...query, fromMs: isLive ? stepMs - SPANS[span] : fromMs, toMs: isLive ? stepMs + HISTORY_MS : toMs }),
  )
  const filter = useMemo(
    () => ({ kind: ['measurement', 'detections', 'event'], ...(deployment !== undefined && { deployment }) }),
    [deployment],
  )
  // Of the time before the live window; read again each minute, as the live ones are kept for two.
  const eventsFromMs = isLive ? Math.floor(nowMs / MINUTE_MS) * MINUTE_MS - SPANS[span] : Math.floor(fromMs)
  const past = useQuery({
    ...records({
      kind: ['event'],
      ...(deployment !== undefined && { deployment }),
      fromMs: eventsFromMs,
      ...(!isLive && { toMs: Math.ceil(toMs) }),
      limit: MOST_EVENTS,
    }),
    enabled: !together,
    placeholderData: keepPreviousData,
  })
  const recent = useRecent(isLive && !together ? filter : undefined, LIVE_WINDOW_MS)

  const series = useMemo(
    () => (history.data?.items ?? []).slice(0, MOST_LINES * 4).map((one) => withLive(one, recent.measurements)),
    [history.data, recent.measurements],
  )
  const unit = unitText(outputs[0]?.unit ?? '')
  const shown = new Set(shownDevices)
  const happened = useMemo(() => allEvents(past.data ?? [], recent.events), [past.data, recent.events])
  const events = happened.filter(
    ({ device, atMs }) => (shown.size === 0 || shown.has(device)) && atMs >= fromMs && atMs <= toMs,
  )
  const seen = outputs.filter(({ device, instance }) => shown.has(device) && recent.detections.has(instance))
  return (
    <div className="space-y-4">
      <Panel
        title={name}
        icon={Activity}
        flush
        aside={
          <>
            {isLive ? (
              recent.live && (
                <Badge tone="ok" icon={Activity}>
                  Live
                </Badge>
              )
            ) : (
              <Button size="sm" icon={ZoomOut} onClick={() => onChange({ range: undefined })}>
                Back to live
              </Button>
            )}
            <DevicePicker
              devices={devices}
              chosen={shownDevices}
              onChange={(next) => onChange({ device: next.length === 0 ? undefined : next.join(',') })}
            />
            <Button size="sm" pressed={together} onClick={() => setTogether(!together)}>
              {together ? 'As one line' : 'One line each'}
            </Button>
            <Segmented
              label="Span of time"
              value={isLive ? span : ''}
              onChange={(value) => onChange({ range: value })}
              options={Object.keys(SPANS).map((value) => ({ value, label: value }))}
            />
            <ExportButton query={{ ...query, fromMs: Math.round(fromMs), toMs: Math.round(toMs) }} name={name} />
          </>
        }
      >
        {history.error !== null ? (
          <div className="p-4">
            <ErrorNotice error={history.error} onRetry={() => void history.refetch()} />
          </div>
        ) : history.data === undefined ? (
          <Skeleton className="m-4 h-72" />
        ) : (
          <>
            <div className="px-2 pt-3">
              <Chart
                label={`${name} over ${duration(toMs - fromMs)}`}
                unit={unit}
                series={series}
                marks={events.map(({ atMs, name: what, severity }) => ({ atMs, label: what, severity }))}
                fromMs={fromMs}
                toMs={toMs}
                onZoom={(from, to) => onChange({ range: `${Math.round(from)}-${Math.round(to)}` })}
              />
            </div>
            <ChartLegend series={series} unit={unit} />
            <p className="border-t border-line px-4 py-2 text-xs text-muted">
              {!isLive && `${dateTime(fromMs)} to ${dateTime(toMs)}. `}
              {resolutionText(history.data.resolution, history.data.intervalMs)} Drag over the chart to zoom. A gap in a
              line is a time in which nothing was measured.
              {devices.length > shownDevices.length &&
                !together &&
                ` ${shownDevices.length} of ${number(devices.length)} devices are shown.`}
            </p>
          </>
        )}
      </Panel>
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        {seen.length > 0 && (
          <Panel
            title="What the imagers see"
            aside="Boxes of the last frame with detections; pixels leave only where images are granted"
          >
            <ul className="grid gap-4 sm:grid-cols-2">
              {seen.slice(0, 4).map(({ device, instance, deviceName, imager }) => {
                const detections = recent.detections.get(instance)
                return (
                  detections && (
                    <li key={instance}>
                      <Seen device={device} imager={imager} detections={detections} />
                      <p className="mt-1 text-xs text-muted">
                        {deviceName} {imager}
                      </p>
                    </li>
                  )
                )
              })}
            </ul>
          </Panel>
        )}
        {!together && <EventList events={events} />}
      </div>
    </div>
  )
}

/** What was read and what came live may overlap: the same event of a device at the same time is one. */
function allEvents(past: readonly OutputRecord[], live: readonly Happening[]): readonly Happening[] {
  const read = past.flatMap(({ record, observedAtMs: atMs, device, deviceName }): Happening[] =>
    record.kind === 'event' ? [{ atMs, name: record.name, severity: record.severity, device, deviceName }] : [],
  )
  const all = new Map([...read, ...live].map((one) => [`${one.atMs}/${one.device}/${one.name}`, one]))
  return [...all.values()].sort((a, b) => a.atMs - b.atMs)
}

function resolutionText(resolution: string, intervalMs: number): string {
  const each = duration(intervalMs)
  if (resolution === 'raw') return `Each point is the mean of ${each}, from single records.`
  return `Each point is the mean of ${each}, from sums by ${resolution}.`
}

function withLive(
  one: RangeSeries,
  live: ReadonlyMap<string, readonly { readonly atMs: number; readonly value: number }[]>,
): ChartSeries {
  const last = one.atMs.at(-1) ?? 0
  const points = (one.instance === undefined ? undefined : live.get(`${one.instance}/${one.name}`)) ?? []
  const newer = points.filter(({ atMs }) => atMs > last + one.expectedIntervalMs)
  const label =
    one.deviceName === undefined
      ? 'All devices'
      : one.imager === undefined
        ? one.deviceName
        : `${one.deviceName} ${one.imager}`
  return {
    id: one.instance ?? one.device ?? 'all',
    label,
    atMs: [...one.atMs, ...newer.map(({ atMs }) => atMs)],
    value: [...one.value, ...newer.map(({ value }) => value)],
    gapMs: one.expectedIntervalMs * GAPS,
  }
}

interface PickerProps {
  readonly devices: readonly (readonly [string, string])[]
  readonly chosen: readonly string[]
  readonly onChange: (chosen: readonly string[]) => void
}

const LISTED = 200

function DevicePicker({ devices, chosen, onChange }: PickerProps) {
  const [text, setText] = useState('')
  const found = devices.filter(([, name]) => name.toLowerCase().includes(text.toLowerCase())).slice(0, LISTED)
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button
          type="button"
          className="inline-flex h-7 items-center gap-1.5 rounded-md border border-line-strong bg-surface px-2 text-xs font-medium text-text hover:bg-hover"
        >
          <ListFilter aria-hidden className="size-3.5" />
          Devices ({chosen.length === 0 ? 'all' : chosen.length})
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content align="end" sideOffset={6} className="z-50 w-72 rounded-lg bg-raised p-2 text-sm shadow-pop">
          <input
            type="search"
            aria-label="Find a device"
            placeholder="Find a device"
            value={text}
            onChange={(event) => setText(event.target.value)}
            className="input mb-2"
          />
          <ul className="max-h-72 overflow-y-auto">
            {found.map(([id, name]) => (
              <li key={id}>
                <label className="flex h-8 items-center gap-2.5 rounded px-2 hover:bg-hover">
                  <input
                    type="checkbox"
                    checked={chosen.includes(id)}
                    onChange={(event) =>
                      onChange(event.target.checked ? [...chosen, id] : chosen.filter((one) => one !== id))
                    }
                    className="accent-accent-fill"
                  />
                  <span className="truncate">{name}</span>
                </label>
              </li>
            ))}
          </ul>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

/** The same points as a file. */
function ExportButton({ query, name }: { readonly query: Readonly<Record<string, unknown>>; readonly name: string }) {
  const [busy, setBusy] = useState(false)
  const save = async () => {
    setBusy(true)
    const search = new URLSearchParams({ format: 'csv' })
    for (const [key, value] of Object.entries(query)) for (const one of [value].flat()) search.append(key, String(one))
    try {
      const response = await authorisedFetch(new Request(`${location.origin}/api/v1/ranges?${search}`))
      const address = URL.createObjectURL(await response.blob())
      const link = document.createElement('a')
      link.href = address
      link.download = `${name}.csv`
      link.click()
      URL.revokeObjectURL(address)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button size="sm" icon={Download} busy={busy} onClick={() => void save()}>
      CSV
    </Button>
  )
}
