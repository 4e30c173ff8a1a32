import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { History, Info } from 'lucide-react'
import { type RolloutDetail, rollout as rolloutQuery } from '../../api/queries.ts'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { PageHeader, Panel } from '../../design/panel.tsx'
import { Loading, Shares } from '../../design/progress.tsx'
import { clockTime, date, number, plural, told } from '../../design/text.ts'
import { Ago } from '../../design/time.tsx'
import { DevicesPanel } from './devices.tsx'
import { Findings } from './findings.tsx'
import { PhaseBadge, PROGRESS, PROGRESS_ORDER, progressParts } from './looks.tsx'
import { NotBackPanel } from './not-back.tsx'
import { Verbs } from './verbs.tsx'
import { Waves } from './waves.tsx'

const route = getRouteApi('/rollouts/$name')

export function RolloutPage() {
  const { name } = route.useParams()
  const { revision } = route.useSearch()
  const { data, error, refetch } = useQuery(rolloutQuery(name, revision === undefined ? undefined : Number(revision)))
  if (data === undefined) {
    return error === null ? <Loading rows={8} /> : <ErrorNotice error={error} onRetry={() => void refetch()} />
  }
  return (
    <>
      <PageHeader
        above={
          <Link to="/rollouts" className="hover:underline">
            Rollouts
          </Link>
        }
        title={
          <>
            {name}{' '}
            <span className="text-muted">
              {data.from === undefined ? `revision ${data.revision}` : `revision ${data.from} → ${data.revision}`}
            </span>
          </>
        }
        below={
          <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <PhaseBadge phase={data.phase} />
            <span>
              since <Ago atMs={data.phaseAtMs} />
            </span>
            <span>started by {data.actor}</span>
            <Link to="/deployments/$name" params={{ name }} className="text-accent hover:underline">
              The deployment
            </Link>
          </span>
        }
        actions={<Verbs rollout={data} />}
      />
      <div className="space-y-4">
        <Summary rollout={data} />
        {data.notBack !== undefined && <NotBackPanel phase={data.phase} notBack={data.notBack} />}
        {data.staged && <Waves rollout={data} />}
        {data.shadow !== undefined && data.shadow.length > 0 && (
          <Panel title="Shadow against live, on the same frames" flush>
            <Findings findings={data.shadow} sides={['Shadow', 'Live']} />
          </Panel>
        )}
        <DevicesPanel rollout={data} />
        <HistoryPanel history={data.history} />
      </div>
    </>
  )
}

function Summary({ rollout }: { readonly rollout: RolloutDetail }) {
  const { counts, members, reasons, budget } = rollout
  return (
    <Panel>
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <span className="text-2xl font-semibold tracking-tight">{number(counts.healthy)}</span>
        <span className="text-muted">
          of {plural(members, 'device')} healthy on revision {rollout.revision}
        </span>
        <span className="ml-auto text-xs text-muted">{budget.text}</span>
      </div>
      <div className="mt-3">
        <Shares label="Devices by progress" parts={progressParts(counts)} />
      </div>
      <ul className="mt-2.5 flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
        {PROGRESS_ORDER.filter((one) => counts[one] > 0).map((one) => {
          const { icon: Icon, word } = PROGRESS[one]
          return (
            <li key={one} className="flex items-center gap-1.5">
              <Icon aria-hidden className="size-3.5" />
              {number(counts[one])} {word.toLowerCase()}
            </li>
          )
        })}
      </ul>
      {reasons.length > 0 && (
        <ul aria-live="polite" className="mt-4 space-y-1 border-t border-line pt-3">
          {reasons.map((reason) => (
            <li key={reason} className="flex items-start gap-2">
              <Info aria-hidden className="mt-0.5 size-4 shrink-0 text-info" />
              {told(reason)}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function HistoryPanel({ history }: { readonly history: RolloutDetail['history'] }) {
  return (
    <Panel title="What happened" icon={History} flush>
      <ol className="px-4 py-2">
        {[...history].reverse().map(({ atMs, actor, text }) => (
          <li key={`${atMs}/${text}`} className="flex flex-wrap gap-x-4 py-1">
            <time
              dateTime={new Date(atMs).toISOString()}
              title={date(atMs)}
              className="w-20 shrink-0 text-xs leading-5 text-muted"
            >
              {clockTime(atMs)}
            </time>
            <span className="min-w-0 flex-1 break-words">
              {told(text)} {actor !== 'ocelli' && <span className="text-muted">by {actor}</span>}
            </span>
          </li>
        ))}
        {history.length === 0 && <li className="py-3 text-muted">Nothing yet.</li>}
      </ol>
    </Panel>
  )
}
