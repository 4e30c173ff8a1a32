/** The waves in their order: who is in each, how far it is, and the gate behind it. */
import { Circle, CircleCheck, CircleDot, Copy, type LucideIcon } from 'lucide-react'
import type { RolloutDetail } from '../../api/queries.ts'
import { Badge, TEXT, type Tone } from '../../design/badge.tsx'
import { cx } from '../../design/class-names.ts'
import { Panel } from '../../design/panel.tsx'
import { Shares } from '../../design/progress.tsx'
import { plural } from '../../design/text.ts'
import { Ago } from '../../design/time.tsx'
import { Findings } from './findings.tsx'
import { progressParts } from './looks.tsx'

type Wave = RolloutDetail['list'][number]

const STATES: Readonly<Record<Wave['state'], readonly [Tone, LucideIcon, string]>> = {
  closed: ['idle', Circle, 'Not opened'],
  shadowing: ['info', Copy, 'Shadowing'],
  open: ['info', CircleDot, 'Open'],
  passed: ['ok', CircleCheck, 'Passed'],
}

export function Waves({ rollout: { list } }: { readonly rollout: RolloutDetail }) {
  return (
    <Panel title="Waves" flush aside="Each opens when the gate of the one before holds">
      <ol>
        {list.map((wave) => (
          <WaveRow key={wave.number} wave={wave} />
        ))}
      </ol>
    </Panel>
  )
}

function WaveRow({ wave }: { readonly wave: Wave }) {
  const [tone, Icon, word] = STATES[wave.state]
  const open = wave.state === 'open' || wave.state === 'shadowing'
  return (
    <li className="border-b border-line last:border-0">
      <details open={open} className="group">
        <summary className="flex list-none flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 hover:bg-hover">
          <span className={cx('flex w-32 shrink-0 items-center gap-2 font-medium', TEXT[tone])}>
            <Icon aria-hidden className="size-4" />
            {word}
          </span>
          <span className="w-36 shrink-0">
            <span className="font-semibold">Wave {wave.number}</span> <span className="text-muted">{wave.name}</span>
          </span>
          <span className="min-w-32 flex-1">
            <Shares thin label="Devices of the wave by progress" parts={progressParts(wave.counts)} />
          </span>
          <span className="whitespace-nowrap">
            {wave.counts.healthy} <span className="text-muted">of {plural(wave.devices, 'device')}</span>
          </span>
          {wave.approval !== 'none' && (
            <Badge tone={wave.approval === 'needed' ? 'warn' : 'ok'}>
              {wave.approval === 'needed' ? 'Needs approval' : 'Approved'}
            </Badge>
          )}
        </summary>
        <div className="border-t border-line bg-sunken/50">
          <p className="px-4 pt-2.5 text-xs text-muted">
            {wave.arithmetic}. {wave.joined > 0 && `${plural(wave.joined, 'device')} came later. `}
            {wave.openedAtMs !== undefined && (
              <>
                Opened <Ago atMs={wave.openedAtMs} />.{' '}
              </>
            )}
            {wave.passedAtMs !== undefined && (
              <>
                Passed <Ago atMs={wave.passedAtMs} />.
              </>
            )}
          </p>
          <Findings findings={wave.gate} sides={['This wave', 'Old revision']} />
        </div>
      </details>
    </li>
  )
}
