import { Link } from '@tanstack/react-router'
import { Zap } from 'lucide-react'
import { TEXT } from '../../design/badge.tsx'
import { cx } from '../../design/class-names.ts'
import { Panel } from '../../design/panel.tsx'
import { lookOf, SEVERITY } from '../../design/states.tsx'
import { clockTime } from '../../design/text.ts'
import type { Happening } from './recent.ts'

const MOST = 12

/** The events that are marked on the chart, in words. */
export function EventList({ events }: { readonly events: readonly Happening[] }) {
  return (
    <Panel title="Events" icon={Zap} flush aside="Marked on the chart">
      {events.length === 0 ? (
        <p className="px-4 py-5 text-muted">None in the time that is shown.</p>
      ) : (
        <ol>
          {events
            .slice(-MOST)
            .reverse()
            .map(({ atMs, name, severity, device, deviceName }) => {
              const { tone, icon: Icon, word } = lookOf(SEVERITY, severity)
              return (
                <li
                  key={`${atMs}/${device}/${name}`}
                  className="flex items-center gap-3 border-b border-line px-4 py-2 last:border-0"
                >
                  <Icon aria-label={word} className={cx('size-4 shrink-0', TEXT[tone])} />
                  <span className="min-w-0 flex-1 truncate">{name}</span>
                  <Link to="/devices/$device" params={{ device }} className="truncate text-muted hover:underline">
                    {deviceName}
                  </Link>
                  <span className="text-xs text-muted">{clockTime(atMs)}</span>
                </li>
              )
            })}
        </ol>
      )}
    </Panel>
  )
}
