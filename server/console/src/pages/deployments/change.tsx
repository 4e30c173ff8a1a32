/** A change that reaches further than it may by itself: see all of it, then approve or reject. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Check, Hourglass, X } from 'lucide-react'
import { api, ask } from '../../api/client.ts'
import { type PendingChange, pendingChange } from '../../api/queries.ts'
import { useDenied } from '../../api/session.ts'
import { Button } from '../../design/button.tsx'
import { ConfirmButton } from '../../design/dialog.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Notice } from '../../design/notice.tsx'
import { PageHeader } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { sentence, words } from '../../design/text.ts'
import { Ago } from '../../design/time.tsx'
import { toast } from '../../design/toast.tsx'
import { ChangeView } from './plan-view.tsx'
import { ExceededList } from './reach.tsx'

const route = getRouteApi('/changes/$id')

export function ChangePage() {
  const { id } = route.useParams()
  const denied = useDenied('operator')
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { data, error, refetch } = useQuery(pendingChange(id))
  const settle = async (text: string) => {
    await queries.invalidateQueries()
    toast(text)
    await navigate({ to: '/deployments' })
  }
  const approve = useMutation({
    mutationFn: () => ask(api.POST('/api/v1/changes/{id}/approve', { params: { path: { id } } })),
    onSuccess: () => settle('The change is made.'),
  })
  if (data === undefined) {
    return error === null ? <Loading rows={8} /> : <ErrorNotice error={error} onRetry={() => void refetch()} />
  }
  return (
    <>
      <PageHeader
        above={
          <Link to="/deployments" className="hover:underline">
            Deployments
          </Link>
        }
        title={titleOf(data)}
        below={
          <>
            {data.actor === 'ocelli' ? 'Facts of devices changed' : `Asked by ${data.actor}`}{' '}
            <Ago atMs={data.createdAtMs} />. It waits for a person, who sees here all that it does.
          </>
        }
        actions={
          <>
            <ConfirmButton
              icon={X}
              variant="danger"
              denied={denied}
              action="Reject"
              title="Reject this change?"
              onConfirm={async () => {
                await ask(api.POST('/api/v1/changes/{id}/reject', { params: { path: { id } } }))
                await settle('The change is rejected.')
              }}
            >
              <p>It is dropped; everything stays as it is. Whoever asked can ask again.</p>
            </ConfirmButton>
            <Button
              icon={Check}
              variant="primary"
              denied={denied}
              busy={approve.isPending}
              onClick={() => approve.mutate()}
            >
              Approve
            </Button>
          </>
        }
      />
      {approve.error !== null && (
        <div className="mb-4">
          <ErrorNotice error={approve.error} onRetry={() => void refetch()} />
        </div>
      )}
      <ChangeView
        name={data.name}
        plan={data.plan}
        approval={
          <Notice icon={Hourglass}>
            <ExceededList plan={data.plan} />
            <p className="text-muted">
              Approve, and it is made now; what it reaches then counts as agreed to. Reject, and everything stays as it
              is.
            </p>
          </Notice>
        }
      />
    </>
  )
}

function titleOf({ kind, name }: PendingChange): string {
  switch (kind) {
    case 'applyDeployment':
      return `New revision of ${name}`
    case 'replan':
      return `${name} follows its devices`
    default:
      return `${sentence(words(kind))} ${name}`
  }
}
