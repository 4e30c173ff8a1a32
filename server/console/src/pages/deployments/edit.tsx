/** Write a manifest, see what it would do to each device, and only then apply exactly that. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { FileCode, GitCompare, Play } from 'lucide-react'
import { useCallback, useState } from 'react'
import { api, ask } from '../../api/client.ts'
import { ApiProblem } from '../../api/problem.ts'
import { componentFit, componentList, deployment, type Plan } from '../../api/queries.ts'
import { useDenied } from '../../api/session.ts'
import { Button } from '../../design/button.tsx'
import { EmptyState } from '../../design/empty-state.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { PageHeader, Panel } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { toast } from '../../design/toast.tsx'
import { KEYS, ManifestEditor } from '../../editor/manifest-editor.tsx'
import { problemsOf } from '../../editor/problems.ts'
import { Difference } from './difference.tsx'
import { deploymentText } from './manifest-text.ts'
import { PlanView } from './plan-view.tsx'
import { newDeploymentText } from './template.ts'

const editRoute = getRouteApi('/deployments/$name/edit')
const newRoute = getRouteApi('/deployments/new')

export function EditDeploymentPage() {
  const { name } = editRoute.useParams()
  const { data, error, refetch } = useQuery({ ...deployment(name), refetchInterval: false })
  if (data === undefined) {
    return error === null ? <Loading rows={10} /> : <ErrorNotice error={error} onRetry={() => void refetch()} />
  }
  return (
    <DeploymentEditor
      key={name}
      title={`Edit ${name}`}
      before={deploymentText(name, data.spec)}
      initial={deploymentText(name, data.spec)}
    />
  )
}

export function NewDeploymentPage() {
  const { component } = newRoute.useSearch()
  const [name = '', version = ''] = (component ?? '').split('@')
  const components = useQuery(componentList)
  const fit = useQuery({ ...componentFit(name, version), enabled: component !== undefined })
  if (components.data === undefined || (component !== undefined && fit.isPending)) return <Loading rows={10} />
  return (
    <DeploymentEditor
      title="New deployment"
      before=""
      initial={newDeploymentText(component ?? firstReference(components.data.items), fit.data)}
    />
  )
}

function firstReference(items: readonly { readonly name: string; readonly version: string }[]): string | undefined {
  const [first] = items
  return first && `${first.name}@${first.version}`
}

interface Props {
  readonly title: string
  /** Text in force, empty for a new one. */
  readonly before: string
  readonly initial: string
}

function DeploymentEditor({ title, before, initial }: Props) {
  const denied = useDenied('operator')
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [text, setText] = useState(initial)
  const [planned, setPlanned] = useState<{ readonly text: string; readonly plan: Plan }>()
  const plan = useMutation({
    mutationFn: (manifests: string) => ask(api.POST('/api/v1/plan', { body: { manifests } })),
    onSuccess: (made, manifests) => setPlanned({ text: manifests, plan: made }),
  })
  const apply = useMutation({
    mutationFn: ({ text: manifests, check }: { readonly text: string; readonly check: string }) =>
      ask(api.POST('/api/v1/apply', { body: { manifests, ifPlan: check } })),
    onSuccess: async ({ changes }) => {
      await queries.invalidateQueries()
      const pending = changes.find(({ outcome }) => outcome === 'pending')
      const [first] = changes.filter(({ kind }) => kind === 'applyDeployment')
      if (pending?.pending !== undefined) return navigate({ to: '/changes/$id', params: { id: pending.pending } })
      toast(
        changes.every(({ outcome }) => outcome === 'unchanged')
          ? 'It was so already: nothing changed.'
          : 'Applied. Devices are told now.',
      )
      return first === undefined
        ? navigate({ to: '/deployments' })
        : navigate({ to: '/deployments/$name', params: { name: first.name } })
    },
    onError: (error) => {
      // Something moved in between: the plan that was shown is not what would happen any more.
      if (error instanceof ApiProblem && error.code === 'change.planMoved') plan.mutate(text)
    },
  })
  const onText = useCallback((next: string) => setText(next), [])
  const isFresh = planned !== undefined && planned.text === text
  const grantsMissing = planned?.plan.changes.some(({ plan: one }) =>
    one.deployments.some(({ grants }) => grants.missing.length > 0),
  )
  const problem = plan.error ?? apply.error
  return (
    <>
      <PageHeader
        above={
          <Link to="/deployments" className="hover:underline">
            Deployments
          </Link>
        }
        title={title}
        below="Plan shows each device before anything changes. Apply does exactly what the plan showed, or nothing."
        actions={
          <>
            <Button
              icon={GitCompare}
              busy={plan.isPending}
              variant={isFresh ? 'secondary' : 'primary'}
              onClick={() => plan.mutate(text)}
            >
              Plan
            </Button>
            <Button
              icon={Play}
              variant={isFresh ? 'primary' : 'secondary'}
              busy={apply.isPending}
              denied={
                denied ??
                (isFresh ? undefined : 'Plan first: apply does what a plan showed') ??
                (grantsMissing ? 'Grants are missing: add them to the manifest and plan again' : undefined)
              }
              onClick={() => planned && apply.mutate({ text, check: planned.plan.check })}
            >
              Apply
            </Button>
          </>
        }
      />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 xl:grid-cols-2">
        <div className="space-y-4 xl:sticky xl:top-4">
          <Panel title="Manifest" icon={FileCode} flush aside={KEYS}>
            <ManifestEditor label="Manifest" initial={initial} onChange={onText} problems={problemsOf(plan.error)} />
          </Panel>
          {problem !== null && <ErrorNotice error={problem} />}
          {before !== '' && before !== text && (
            <Panel title="What differs from the revision in force" flush>
              <Difference label="Differences from the revision in force" before={before} after={text} />
            </Panel>
          )}
        </div>
        <div aria-live="polite">
          {planned === undefined ? (
            <Panel>
              <EmptyState icon={GitCompare} title="No plan yet" command="npm run ocelli -- plan -f deployment.yaml">
                Press Plan to see which devices would run it, why the others would not, and what would change. Nothing
                is changed by it.
              </EmptyState>
            </Panel>
          ) : (
            <div className={isFresh ? undefined : 'opacity-55'}>
              {!isFresh && <p className="mb-3 text-warn">The text changed since this plan was made. Plan again.</p>}
              <PlanView plan={planned.plan} />
            </div>
          )}
        </div>
      </div>
    </>
  )
}
