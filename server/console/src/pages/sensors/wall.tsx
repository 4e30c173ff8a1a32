/** A wall of imagers. Tiles refresh slowly, all together; the one that has focus or the pointer goes live. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Activity } from 'lucide-react'
import { useMemo, useState } from 'react'
import { type Output, type RangeSeries, ranges, records } from '../../api/queries.ts'
import { Badge } from '../../design/badge.tsx'
import { Button } from '../../design/button.tsx'
import { type Point, Sparkline } from '../../design/sparkline.tsx'
import { number, unitText } from '../../design/text.ts'
import { Ago, useNowMs } from '../../design/time.tsx'
import { type Detections, detectionsOf, seenBy, useRecent } from './recent.ts'
import { Seen } from './seen.tsx'

const SLOW_MS = 10_000
const FOCUSED_MS = 1_000
const PAGE = 24
const MOST_RECORDS = 1_000
const WINDOW_MS = 120_000
const GAP_MS = 15_000
const SLOW_POINTS = 60

export function Wall({ outputs }: { readonly outputs: readonly Output[] }) {
  const [most, setMost] = useState(PAGE)
  const shown = outputs.slice(0, most)
  const { data } = useQuery({ ...records({ kind: ['detections'], limit: MOST_RECORDS }), refetchInterval: SLOW_MS })
  const devices = [...new Set(shown.map(({ device }) => device))]
  const name = outputs[0]?.name ?? ''
  const slowMs = Math.floor(useNowMs() / SLOW_MS) * SLOW_MS
  const history = useQuery(
    ranges({ name: [name], device: devices, fromMs: slowMs - WINDOW_MS, toMs: slowMs, maxPoints: SLOW_POINTS }),
  )
  const runs = useMemo(
    () => new Map((history.data?.items ?? []).map((one) => [one.instance, pointsOf(one)])),
    [history.data],
  )
  const lastSeen = useMemo(() => {
    const found = new Map<string, Detections>()
    for (const output of data ?? []) {
      const { record } = output
      if (record.kind === 'detections') found.set(record.instance, detectionsOf(output, record))
    }
    return found
  }, [data])
  return (
    <>
      <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3 2xl:grid-cols-4">
        {shown.map((output) => (
          <Tile
            key={`${output.instance}/${output.name}`}
            output={output}
            slow={seenBy(lastSeen.values(), output)}
            run={runs.get(output.instance) ?? []}
          />
        ))}
      </ul>
      {outputs.length > shown.length && (
        <div className="mt-4 text-center">
          <Button onClick={() => setMost(most + PAGE)}>Show more of {outputs.length}</Button>
        </div>
      )}
    </>
  )
}

function pointsOf({ atMs, value }: RangeSeries): readonly Point[] {
  return atMs.map((at, index) => ({ atMs: at, value: value[index] ?? 0 }))
}

interface TileProps {
  readonly output: Output
  /** As it was at the last slow refresh. */
  readonly slow: Detections | undefined
  readonly run: readonly Point[]
}

function Tile({ output, slow, run }: TileProps) {
  const { device, deviceName, instance, imager, name, unit, deploymentName } = output
  const [focused, setFocused] = useState(false)
  const filter = useMemo(
    () => (focused ? { kind: ['measurement', 'detections'], device } : undefined),
    [focused, device],
  )
  const recent = useRecent(filter, WINDOW_MS)
  const nowMs = useNowMs()
  const points = recent.measurements.get(`${instance}/${name}`) ?? run
  const last = points.at(-1)
  const detections = seenBy(recent.detections.values(), output) ?? slow
  return (
    <li>
      <Link
        to="/devices/$device"
        params={{ device }}
        search={{ tab: 'outputs' }}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
        onMouseEnter={() => setFocused(true)}
        onMouseLeave={() => setFocused(false)}
        className="block rounded-lg border border-line bg-surface p-3 transition-colors hover:border-line-strong"
      >
        <div className="mb-2 flex items-center gap-2">
          <span className="min-w-0 flex-1 truncate font-medium">
            {deviceName} <span className="text-muted">{imager}</span>
          </span>
          {focused && recent.live ? (
            <Badge tone="ok" icon={Activity}>
              Live
            </Badge>
          ) : (
            <span className="text-xs text-muted">
              <Ago atMs={last?.atMs ?? output.observedAtMs} />
            </span>
          )}
        </div>
        <Seen
          compact
          device={device}
          imager={imager}
          detections={detections}
          everyMs={focused ? FOCUSED_MS : SLOW_MS}
        />
        <div className="mt-2 flex items-end justify-between gap-3">
          <span className="text-xl font-semibold tracking-tight">
            {number(last?.value ?? output.value)}{' '}
            <span className="text-xs font-normal text-muted">{unitText(unit)}</span>
          </span>
          <Sparkline
            points={points}
            fromMs={nowMs - WINDOW_MS}
            toMs={nowMs}
            gapMs={GAP_MS}
            className="h-7 min-w-0 flex-1 text-accent"
          />
        </div>
        <div className="truncate text-xs text-muted">
          {name} · {deploymentName}
        </div>
      </Link>
    </li>
  )
}
