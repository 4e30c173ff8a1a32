/** Why devices got an instance or none: refusals grouped by reason, and what would have to change. */
import { Link } from '@tanstack/react-router'
import { ChevronRight, CircleCheck, CircleDashed, CircleX, Lightbulb } from 'lucide-react'
import type { Decision, Reason } from '../../api/queries.ts'
import { cx } from '../../design/class-names.ts'
import { FirstFew } from '../../design/first-few.tsx'
import { plural } from '../../design/text.ts'

interface Group {
  readonly code: string
  readonly decisions: readonly Decision[]
}

const FIRST = 8

/** What each code means as a headline; the sentences with numbers stand with each device. */
const HEADLINES: Readonly<Record<string, string>> = {
  'placement.selector': 'The selector does not match',
  'placement.unmetImport': 'An interface that is needed is not offered',
  'placement.noImager': 'The device has no imager',
  'placement.imager': 'No imager meets the needs',
  'placement.imagerBusy': 'The imager is held by another deployment',
  'placement.frameRate': 'Too little frame rate left',
  'placement.memory': 'Too little memory left',
  'placement.storage': 'Too little storage left',
  'placement.feature': 'The agent lacks a feature',
  'placement.grant': 'The manifest does not grant what the imports ask for',
  'placement.taint': 'A taint that the deployment does not tolerate',
  'placement.absent': 'Silent for longer than the deployment allows',
  'placement.preempted': 'Gave way to a deployment of higher priority',
  'placement.conflict': 'Two deployments claim the same',
  'placement.waitsForWave': 'Waits for its wave of the rollout',
  'placement.replicas': 'Other devices were chosen',
  'placement.noInventory': 'Has not reported what it can do',
  'placement.tooLarge': 'The desired state would be too large',
}

function reasonsOf({ reasons, candidates }: Decision): readonly Reason[] {
  const all = [...reasons, ...candidates.filter(({ fits }) => !fits).flatMap((candidate) => candidate.reasons)]
  return [...new Map(all.map((reason) => [`${reason.code}/${reason.message}`, reason])).values()]
}

/** A device that is refused for two reasons stands in the group of the first one only, so that numbers add up. */
function refusalGroups(decisions: readonly Decision[]): readonly Group[] {
  const groups = new Map<string, Decision[]>()
  for (const decision of decisions) {
    if (decision.outcome !== 'refused') continue
    const code = reasonsOf(decision)[0]?.code ?? 'unknown'
    groups.set(code, [...(groups.get(code) ?? []), decision])
  }
  return [...groups]
    .map(([code, list]) => ({ code, decisions: list }))
    .sort((a, b) => b.decisions.length - a.decisions.length)
}

export function Refusals({ decisions }: { readonly decisions: readonly Decision[] }) {
  const groups = refusalGroups(decisions)
  const count = (outcome: Decision['outcome']) => decisions.filter((one) => one.outcome === outcome).length
  const refused = count('refused')
  return (
    <div>
      <ul className="flex flex-wrap gap-x-6 gap-y-1 px-4 py-3">
        <li className="flex items-center gap-1.5 text-ok">
          <CircleCheck aria-hidden className="size-3.5" />
          {plural(count('placed'), 'device')} placed
        </li>
        <li className={cx('flex items-center gap-1.5', refused > 0 ? 'text-bad' : 'text-muted')}>
          <CircleX aria-hidden className="size-3.5" />
          {refused} refused
        </li>
        {count('notTargeted') > 0 && (
          <li className="flex items-center gap-1.5 text-muted">
            <CircleDashed aria-hidden className="size-3.5" />
            {count('notTargeted')} not targeted
          </li>
        )}
      </ul>
      {groups.map((group) => (
        <RefusalGroup key={group.code} group={group} />
      ))}
    </div>
  )
}

function RefusalGroup({ group: { code, decisions } }: { readonly group: Group }) {
  const nearest = decisions.find(({ nearestMiss }) => nearestMiss !== undefined)?.nearestMiss
  return (
    <details open={decisions.length <= FIRST} className="group border-t border-line">
      <summary className="flex list-none items-center gap-2.5 px-4 py-2.5 hover:bg-hover">
        <ChevronRight aria-hidden className="size-4 shrink-0 text-faint transition-transform group-open:rotate-90" />
        <span className="min-w-0 flex-1">
          <span className="font-medium">{HEADLINES[code] ?? headline(code)}</span>{' '}
          <span className="font-mono text-2xs text-muted">{code}</span>
          {nearest !== undefined && (
            <span className="mt-0.5 flex items-start gap-1.5 text-xs text-muted group-open:hidden">
              <Lightbulb aria-hidden className="mt-0.5 size-3 shrink-0" />
              {nearest}
            </span>
          )}
        </span>
        <span className="text-muted">{plural(decisions.length, 'device')}</span>
      </summary>
      <FirstFew items={decisions} most={FIRST} className="px-10 pb-3">
        {(shown) => <DecisionList decisions={shown} />}
      </FirstFew>
    </details>
  )
}

function DecisionList({ decisions }: { readonly decisions: readonly Decision[] }) {
  return (
    <ul className="@container pb-2">
      {decisions.map((decision) => (
        <li
          key={decision.device}
          className="grid gap-x-4 gap-y-0.5 py-2 pr-4 pl-10.5 @2xl:grid-cols-[minmax(9rem,14rem)_minmax(0,1fr)]"
        >
          <Link to="/devices/$device" params={{ device: decision.device }} className="font-medium hover:underline">
            {decision.name}
          </Link>
          <div className="space-y-1">
            {reasonsOf(decision).map(({ code: one, message }) => (
              <p key={`${one}/${message}`}>{message}</p>
            ))}
            {decision.nearestMiss !== undefined && (
              <p className="flex items-start gap-1.5 text-muted">
                <Lightbulb aria-hidden className="mt-0.5 size-3.5 shrink-0 text-warn" />
                {decision.nearestMiss}
              </p>
            )}
          </div>
        </li>
      ))}
    </ul>
  )
}

function headline(code: string): string {
  const last = code.split('.').at(-1) ?? code
  const spaced = last.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  return `Refused: ${spaced}`
}
