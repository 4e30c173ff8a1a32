/** The revisions of a deployment and what differs between any two. */
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { History } from 'lucide-react'
import { type DeploymentDetail, revisions } from '../../api/queries.ts'
import { Badge } from '../../design/badge.tsx'
import { cx } from '../../design/class-names.ts'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Select } from '../../design/field.tsx'
import { Panel } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { dateTime } from '../../design/text.ts'
import { Difference } from './difference.tsx'
import { deploymentText } from './manifest-text.ts'

const route = getRouteApi('/deployments/$name')
const NOTHING = '0'

export function RevisionsPanel({ deployment }: { readonly deployment: DeploymentDetail }) {
  const { name, revision: current } = deployment
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/deployments/$name' })
  const { data, error, refetch } = useQuery(revisions(name))
  if (error !== null) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Loading />
  const to = Number(search.to ?? current)
  const from = Number(search.from ?? Math.max(0, to - 1))
  const text = (number: number) => {
    const found = data.items.find((one) => one.revision === number)
    return found === undefined ? '' : deploymentText(name, found.spec)
  }
  const show = (part: { readonly from?: string; readonly to?: string }) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true })
  const options = data.items.map(({ revision }) => ({ value: String(revision), label: `revision ${revision}` }))
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 xl:grid-cols-[minmax(0,320px)_minmax(0,1fr)]">
      <Panel title="Revisions" icon={History} flush>
        <ol>
          {data.items.map(({ revision, actor, createdAtMs }) => (
            <li key={revision} className="border-b border-line last:border-0">
              <button
                type="button"
                aria-pressed={revision === to}
                onClick={() => show({ to: String(revision), from: String(revision - 1) })}
                className={cx(
                  'flex w-full items-center gap-3 px-4 py-2.5 text-left hover:bg-hover',
                  revision === to && 'bg-accent-soft',
                )}
              >
                <span className="w-8 text-lg font-semibold">{revision}</span>
                <span className="min-w-0 flex-1">
                  <span className="block truncate">{actor}</span>
                  <span className="block text-xs text-muted">{dateTime(createdAtMs)}</span>
                </span>
                {revision === current && <Badge tone="ok">Current</Badge>}
              </button>
            </li>
          ))}
        </ol>
      </Panel>
      <Panel
        flush
        title="What differs"
        aside={
          <>
            <Select
              label="From"
              value={String(from)}
              onChange={(value) => show({ from: value })}
              options={[...options, { value: NOTHING, label: 'nothing' }]}
            />
            to
            <Select label="To" value={String(to)} onChange={(value) => show({ to: value })} options={options} />
          </>
        }
      >
        <Difference label={`Differences from revision ${from} to ${to}`} before={text(from)} after={text(to)} />
      </Panel>
    </div>
  )
}
