import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Bell } from 'lucide-react'
import { alerts } from '../../api/queries.ts'
import { TEXT } from '../../design/badge.tsx'
import { cx } from '../../design/class-names.ts'
import { Panel } from '../../design/panel.tsx'
import { lookOf, SEVERITY } from '../../design/states.tsx'
import { Ago } from '../../design/time.tsx'

const MOST = 6

export function LatestAlerts() {
  const { data } = useQuery(alerts({ state: ['firing', 'resolved'], limit: MOST }))
  return (
    <Panel
      title="Latest alerts"
      icon={Bell}
      aside={
        <Link to="/alerts" className="text-accent hover:underline">
          All
        </Link>
      }
      flush
    >
      {data === undefined || data.items.length === 0 ? (
        <p className="px-4 py-5 text-muted">
          None so far.{' '}
          <Link to="/alerts/new" className="text-accent underline">
            Make a rule
          </Link>{' '}
          to hear of silent devices first.
        </p>
      ) : (
        <ul>
          {data.items.map((alert) => {
            const { tone, icon: Icon, word } = lookOf(SEVERITY, alert.severity)
            const resolved = alert.state === 'resolved'
            return (
              <li key={alert.id} className="flex gap-3 border-b border-line px-4 py-2.5 last:border-0">
                <Icon
                  aria-label={word}
                  className={cx('mt-0.5 size-4 shrink-0', resolved ? 'text-faint' : TEXT[tone])}
                />
                <div className="min-w-0 flex-1">
                  <p className={cx('break-words', resolved && 'text-muted')}>{alert.summary}</p>
                  <p className="text-xs text-muted">
                    <Link to="/devices/$device" params={{ device: alert.device }} className="hover:underline">
                      {alert.deviceName}
                    </Link>{' '}
                    · {resolved ? 'resolved ' : ''}
                    <Ago atMs={alert.resolvedAtMs ?? alert.firedAtMs ?? alert.sinceMs} />
                  </p>
                </div>
              </li>
            )
          })}
        </ul>
      )}
    </Panel>
  )
}
