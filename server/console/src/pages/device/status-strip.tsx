/** A day of the device at a glance: when it was online, degraded, offline or lost. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { presenceHistory } from '../../api/queries.ts'
import { FILL, type Tone } from '../../design/badge.tsx'
import { cx } from '../../design/class-names.ts'
import { Segmented } from '../../design/field.tsx'
import { Skeleton } from '../../design/progress.tsx'
import { clockTime, dateTime, duration } from '../../design/text.ts'

const HOUR_MS = 3_600_000
const SPANS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 168 * HOUR_MS } as const

/** Degraded, lost and unknown differ in shape as well: a colour alone says nothing to some. */
const LOOKS: Readonly<Record<string, { readonly tone: Tone; readonly word: string; readonly height: string }>> = {
  online: { tone: 'ok', word: 'Online', height: 'h-full' },
  degraded: { tone: 'warn', word: 'Degraded', height: 'h-3/4' },
  offline: { tone: 'idle', word: 'Offline', height: 'h-1/4' },
  lost: { tone: 'bad', word: 'Lost', height: 'h-1/2' },
  unknown: { tone: 'info', word: 'Unknown', height: 'h-1/4' },
}

export function StatusStrip({ device }: { readonly device: string }) {
  const [span, setSpan] = useState<keyof typeof SPANS>('day')
  const { data, isError } = useQuery(presenceHistory(device, SPANS[span]))
  if (isError) return null
  if (data === undefined) return <Skeleton className="mb-5 h-20" />
  const wholeMs = data.toMs - data.fromMs || 1
  const seen = [...new Set(data.spans.map(({ state }) => state))]
  const summary = `Online for ${((data.onlineMs / wholeMs) * 100).toFixed(1)} % of ${duration(wholeMs)}`
  return (
    <section aria-label="Presence over time" className="mb-5 rounded-lg border border-line bg-surface px-4 py-3">
      <div className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-1">
        <h2 className="text-sm font-medium">{summary}</h2>
        <ul className="flex flex-wrap gap-x-3 text-xs text-muted">
          {seen.map((state) => (
            <li key={state} className="flex items-center gap-1.5">
              <span aria-hidden className={cx('size-2 rounded-full', FILL[LOOKS[state]?.tone ?? 'idle'])} />
              {LOOKS[state]?.word ?? state}
            </li>
          ))}
        </ul>
        <span className="ml-auto">
          <Segmented
            label="Span"
            value={span}
            onChange={setSpan}
            options={[
              { value: 'hour', label: 'Hour' },
              { value: 'day', label: 'Day' },
              { value: 'week', label: 'Week' },
            ]}
          />
        </span>
      </div>
      <div className="flex h-5 items-end overflow-hidden rounded bg-sunken" role="img" aria-label={summary}>
        {data.spans.map(({ fromMs, toMs, state }) => {
          const look = LOOKS[state] ?? LOOKS.unknown
          return (
            <span
              key={fromMs}
              title={`${look?.word}: ${dateTime(fromMs)} to ${clockTime(toMs)} (${duration(toMs - fromMs)})`}
              className={cx('min-w-px', FILL[look?.tone ?? 'idle'], look?.height)}
              style={{ width: `${((toMs - fromMs) / wholeMs) * 100}%` }}
            />
          )
        })}
      </div>
      <div className="mt-1 flex justify-between text-2xs text-muted">
        <span>{dateTime(data.fromMs)}</span>
        <span>now</span>
      </div>
    </section>
  )
}
