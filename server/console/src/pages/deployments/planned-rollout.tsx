/** How a new revision would reach the devices if it were applied now: its waves, who is in each, and what stands between them. */
import { Link } from '@tanstack/react-router'
import { ChevronRight, Info, Rocket, UserCheck, WifiOff } from 'lucide-react'
import type { PlannedRollout } from '../../api/queries.ts'
import { Badge } from '../../design/badge.tsx'
import { FirstFew } from '../../design/first-few.tsx'
import { Facts, Panel } from '../../design/panel.tsx'
import { dateTime, duration, number, plural } from '../../design/text.ts'

type Wave = PlannedRollout['waves'][number]
/** Waves of so few devices are shown open. */
const FEW = 8
const NAMED = 40

export function PlannedRolloutPanel({ rollout }: { readonly rollout: PlannedRollout }) {
  const { revision, from, staged, waves, leastMs, notes } = rollout
  const all = waves.reduce((sum, { devices }) => sum + devices.length, 0)
  if (!staged) {
    return (
      <Panel title="How it goes out" icon={Rocket}>
        <p>{all === 1 ? 'The one device gets it' : `All ${plural(all, 'device')} get it`} at once.</p>
        {all > 1 && (
          <p className="mt-1 text-muted">
            With <code className="font-mono text-xs">{'rollout: { waves: [1, 10%, 100%] }'}</code> in the manifest it
            goes out in steps, and a gate looks at what the devices put out between two of them.
          </p>
        )}
      </Panel>
    )
  }
  return (
    <Panel
      title={`How it goes out: ${plural(waves.length, 'wave')}`}
      icon={Rocket}
      aside={`${from === undefined ? `Revision ${revision}` : `Revision ${from} → ${revision}`}, at least ${duration(leastMs)}`}
      flush
    >
      <ol aria-label="Planned waves">
        {waves.map((wave) => (
          <PlannedWave key={wave.number} wave={wave} />
        ))}
      </ol>
      <div className="space-y-3 border-t border-line p-4">
        <Facts items={termsOf(rollout)} />
        {notes.map((note) => (
          <p key={note} className="flex items-start gap-2">
            <Info aria-hidden className="mt-0.5 size-4 shrink-0 text-info" />
            {note}
          </p>
        ))}
      </div>
    </Panel>
  )
}

function PlannedWave({
  wave: { number: position, name, approval, devices, living, arithmetic, leastMs },
}: {
  readonly wave: Wave
}) {
  const absent = devices.length - living
  return (
    <li className="border-b border-line last:border-0">
      <details open={devices.length <= FEW} className="group">
        <summary className="flex list-none flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 hover:bg-hover">
          <ChevronRight aria-hidden className="size-4 shrink-0 text-faint transition-transform group-open:rotate-90" />
          <span>
            <span className="font-semibold">Wave {position}</span> <span className="text-muted">{name}</span>
          </span>
          {approval === 'needed' && (
            <Badge tone="warn" icon={UserCheck}>
              Needs approval
            </Badge>
          )}
          <span className="ml-auto flex flex-wrap items-center gap-x-4">
            {absent > 0 && (
              <span className="flex items-center gap-1.5 text-muted">
                <WifiOff aria-hidden className="size-3.5" />
                {number(absent)} absent
              </span>
            )}
            <span>{plural(devices.length, 'device')}</span>
            {leastMs !== undefined && <span className="w-24 text-right text-muted">≥ {duration(leastMs)}</span>}
          </span>
        </summary>
        <div className="space-y-2 pr-4 pb-3 pl-11">
          <p className="text-xs text-muted">{arithmetic}</p>
          <FirstFew items={devices} most={NAMED}>
            {(shown) => (
              <ul className="flex flex-wrap gap-1.5">
                {shown.map(({ device, name: title, living: isLiving }) => (
                  <li key={device}>
                    <Link
                      to="/devices/$device"
                      params={{ device }}
                      className="inline-flex h-6 items-center gap-1.5 rounded border border-line bg-sunken px-2 text-xs hover:border-line-strong"
                    >
                      {title}
                      {!isLiving && (
                        <span className="inline-flex items-center gap-1 text-muted" title="Joins when it is back">
                          <WifiOff aria-hidden className="size-3" />
                          absent
                        </span>
                      )}
                    </Link>
                  </li>
                ))}
              </ul>
            )}
          </FirstFew>
        </div>
      </details>
    </li>
  )
}

function termsOf(rollout: PlannedRollout): readonly (readonly [string, React.ReactNode])[] {
  const { startAtMs, budget, gate, shadowForMs, windows, onFailure, fallbackWithinMs, deadlineAtMs } = rollout
  const list = (lines: readonly string[]) => (
    <ul className="space-y-0.5">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  )
  const terms: readonly (readonly [string, React.ReactNode] | false)[] = [
    startAtMs !== undefined && ['Starts', dateTime(startAtMs)],
    ['Down at once', budget],
    shadowForMs !== undefined && [
      'Shadow first',
      `Both revisions side by side for ${duration(shadowForMs)} in each wave`,
    ],
    gate.length > 0 && ['Gate of each wave', list(gate)],
    windows.length > 0 && ['Only within', list(windows)],
    ['If a gate fails', onFailure === 'pause' ? 'It pauses, and a person decides' : 'It rolls back by itself'],
    ['A device that fails', `Goes back by itself when not healthy within ${duration(fallbackWithinMs)}`],
    ['Ends at the latest', dateTime(deadlineAtMs)],
  ]
  return terms.filter((term) => term !== false)
}
