/** The conditions of a gate, each with its evidence on both sides. */
import { CircleCheck, CircleX, Hourglass } from 'lucide-react'
import type { RolloutDetail } from '../../api/queries.ts'
import { type Look, Shown } from '../../design/states.tsx'
import { number, plural } from '../../design/text.ts'

type Finding = RolloutDetail['list'][number]['gate'][number]

const VERDICTS: Readonly<Record<Finding['verdict'], Look>> = {
  holds: { tone: 'ok', icon: CircleCheck, word: 'Holds' },
  waits: { tone: 'info', icon: Hourglass, word: 'Waits' },
  fails: { tone: 'bad', icon: CircleX, word: 'Fails' },
}

interface Props {
  readonly findings: readonly Finding[]
  /** Names of the two sides that are compared. */
  readonly sides: readonly [string, string]
}

export function Findings({ findings, sides }: Props) {
  if (findings.length === 0) return <p className="px-4 py-3 text-muted">No condition beyond the order of waves.</p>
  return (
    <ul>
      {findings.map((finding) => {
        return (
          <li
            key={finding.name}
            className="grid gap-x-4 gap-y-1 border-b border-line px-4 py-2.5 last:border-0 md:grid-cols-[6rem_9rem_minmax(0,1fr)_auto]"
          >
            <span className="self-start">
              <Shown look={VERDICTS[finding.verdict]} />
            </span>
            <span className="font-medium break-words">{finding.name}</span>
            <span className="min-w-0 break-words">{finding.text}</span>
            <span className="flex gap-5 text-xs text-muted">
              {finding.wave?.value !== undefined && <Side title={sides[0]} side={finding.wave} />}
              {finding.rest?.value !== undefined && <Side title={sides[1]} side={finding.rest} />}
            </span>
          </li>
        )
      })}
    </ul>
  )
}

function Side({ title, side }: { readonly title: string; readonly side: NonNullable<Finding['wave']> }) {
  return (
    <span className="block">
      <span className="block">{title}</span>
      <span className="block text-sm font-semibold text-text">
        {side.value === undefined ? '–' : number(side.value)}
      </span>
      <span className="block">
        {plural(side.samples, 'record')}, {plural(side.devices, 'device')}
      </span>
    </span>
  )
}
