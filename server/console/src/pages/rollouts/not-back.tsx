/** Devices that a roll-back has not reached: they have, or may still run, the revision that was taken back. */
import { Link } from '@tanstack/react-router'
import { RotateCcw } from 'lucide-react'
import type { RolloutDetail } from '../../api/queries.ts'
import { FirstFew } from '../../design/first-few.tsx'
import { Panel } from '../../design/panel.tsx'
import { number, plural } from '../../design/text.ts'

interface Props {
  readonly phase: RolloutDetail['phase']
  readonly notBack: NonNullable<RolloutDetail['notBack']>
}

const FIRST = 10

export function NotBackPanel({ phase, notBack: { count, devices } }: Props) {
  const isLate = phase === 'rolledBack'
  return (
    <Panel
      title={`${plural(count, 'device')} not back yet`}
      icon={RotateCcw}
      className={isLate ? 'border-warn/50' : ''}
      flush
    >
      {isLate && (
        <p className="border-b border-line px-4 py-2.5 text-muted">
          The time for going back is over. Each of them is taken back as soon as it can be; nothing needs to be asked
          again.
        </p>
      )}
      <FirstFew items={devices} most={FIRST} className="p-3 text-center">
        {(shown) => (
          <ul>
            {shown.map(({ device, name, why }) => (
              <li
                key={device}
                className="grid gap-x-4 border-b border-line px-4 py-2 last:border-0 sm:grid-cols-[minmax(9rem,14rem)_minmax(0,1fr)]"
              >
                <Link to="/devices/$device" params={{ device }} className="font-medium hover:underline">
                  {name}
                </Link>
                <span className="text-muted">{why}</span>
              </li>
            ))}
          </ul>
        )}
      </FirstFew>
      {count > devices.length && (
        <p className="border-t border-line px-4 py-2.5 text-muted">
          And {number(count - devices.length)} more; these are the first by id.
        </p>
      )}
    </Panel>
  )
}
