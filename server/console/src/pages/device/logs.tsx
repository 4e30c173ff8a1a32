/** Log lines of the device's instances: search, level, follow. */
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { FileText, Pause, Play } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { type DeviceDetail, type RecordsQuery, records } from '../../api/queries.ts'
import type { OutputRecord } from '../../api/records.ts'
import { followRecords } from '../../api/stream.ts'
import { TEXT } from '../../design/badge.tsx'
import { Button } from '../../design/button.tsx'
import { cx } from '../../design/class-names.ts'
import { EmptyState } from '../../design/empty-state.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Select } from '../../design/field.tsx'
import { Panel } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { LEVEL, lookOf } from '../../design/states.tsx'
import { clockTime, dateTime } from '../../design/text.ts'

const route = getRouteApi('/devices/$device')
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'critical'] as const
const ALL = ''
const FIRST = 300
const MOST = 2_000

export function LogsPanel({ device }: { readonly device: DeviceDetail }) {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/devices/$device' })
  const [following, setFollowing] = useState(true)
  const set = (part: {
    readonly level?: string | undefined
    readonly q?: string | undefined
    readonly instance?: string | undefined
  }) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true })
  const level = LEVELS.find((one) => one === search.level)
  const query = useMemo<RecordsQuery>(
    () => ({
      kind: ['log'],
      device: device.id,
      limit: FIRST,
      ...(level !== undefined && { level }),
      ...(search.q !== undefined && { text: search.q }),
      ...(search.instance !== undefined && { instance: search.instance }),
    }),
    [device.id, level, search.q, search.instance],
  )
  const first = useQuery(records(query))
  const live = useLiveLines(query, following)
  const lines = [...(first.data ?? []), ...live].slice(-MOST)
  const shown = [...new Map(lines.map((line) => [line.cursor, line])).values()]
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (following && shown.length > 0) end.current?.scrollTo({ top: end.current.scrollHeight })
  }, [following, shown.length])
  return (
    <Panel
      title="Logs"
      icon={FileText}
      flush
      aside={
        <>
          <input
            type="search"
            aria-label="Only lines with this text"
            placeholder="Search"
            defaultValue={search.q ?? ''}
            onKeyDown={(event) => {
              if (event.key === 'Enter') set({ q: event.currentTarget.value || undefined })
            }}
            className="input w-44"
          />
          <Select
            label="Least level"
            value={level ?? ALL}
            onChange={(value) => set({ level: value === ALL ? undefined : value })}
            options={[
              { value: ALL, label: 'All levels' },
              ...LEVELS.map((one) => ({ value: one, label: `${one} and up` })),
            ]}
          />
          <Select
            label="Instance"
            value={search.instance ?? ALL}
            onChange={(value) => set({ instance: value === ALL ? undefined : value })}
            options={[
              { value: ALL, label: 'All instances' },
              ...device.placements.map(({ instance, deploymentName, imager }) => ({
                value: instance,
                label: imager === undefined ? deploymentName : `${deploymentName} on ${imager}`,
              })),
            ]}
          />
          <Button
            size="sm"
            pressed={following}
            icon={following ? Pause : Play}
            onClick={() => setFollowing(!following)}
          >
            {following ? 'Following' : 'Follow'}
          </Button>
        </>
      }
    >
      {first.error !== null ? (
        <div className="p-4">
          <ErrorNotice error={first.error} onRetry={() => void first.refetch()} />
        </div>
      ) : first.data === undefined ? (
        <Loading rows={10} />
      ) : shown.length === 0 ? (
        <EmptyState icon={FileText} title="No log lines" command={`npm run ocelli -- logs --device ${device.name} -f`}>
          A component logs through wasi:logging, or by writing to stdout and stderr. In a terminal:
        </EmptyState>
      ) : (
        <div
          ref={end}
          role="log"
          aria-label="Log lines"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll what has focus
          tabIndex={0}
          className="max-h-[65dvh] overflow-auto py-2 font-mono text-xs"
        >
          {shown.map((line) => (
            <Line key={line.cursor} line={line} />
          ))}
        </div>
      )}
    </Panel>
  )
}

function Line({ line: { record, observedAtMs, deploymentName } }: { readonly line: OutputRecord }) {
  if (record.kind !== 'log') return null
  const { tone, word } = lookOf(LEVEL, record.level)
  return (
    <div className="flex gap-3 px-4 py-0.5 hover:bg-hover">
      <span className="shrink-0 text-muted" title={dateTime(observedAtMs)}>
        {clockTime(observedAtMs)}
      </span>
      <span className={cx('w-12 shrink-0', TEXT[tone])}>{word}</span>
      <span className="w-32 shrink-0 truncate text-muted max-md:hidden" title={record.context}>
        {deploymentName ?? ''}
      </span>
      <span className="min-w-0 break-words whitespace-pre-wrap">{record.message}</span>
    </div>
  )
}

function useLiveLines(query: RecordsQuery, on: boolean): readonly OutputRecord[] {
  const [lines, setLines] = useState<readonly OutputRecord[]>([])
  useEffect(() => {
    setLines([])
    if (!on) return
    const { device, instance, level, text } = query
    const filter = {
      kind: ['log'],
      ...(device !== undefined && { device }),
      ...(instance !== undefined && { instance }),
      ...(level !== undefined && { level }),
      ...(text !== undefined && { text }),
    }
    return followRecords(filter, { onRecords: (records) => setLines((before) => [...before, ...records].slice(-MOST)) })
  }, [query, on])
  return lines
}
