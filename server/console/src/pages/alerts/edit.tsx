/** A rule is a manifest, like all intent: written here or in a file, applied the same way. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { FileCode, Lightbulb, Play } from 'lucide-react'
import { useCallback, useState } from 'react'
import { api, ask } from '../../api/client.ts'
import { alertRules } from '../../api/queries.ts'
import { useDenied } from '../../api/session.ts'
import { Button } from '../../design/button.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { PageHeader, Panel } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { toast } from '../../design/toast.tsx'
import { KEYS, ManifestEditor } from '../../editor/manifest-editor.tsx'
import { problemsOf } from '../../editor/problems.ts'
import { manifestText } from '../deployments/manifest-text.ts'
import { TEMPLATES } from './templates.ts'

const route = getRouteApi('/alerts/new')

export function EditAlertPage() {
  const { rule } = route.useSearch()
  const { data, error, refetch } = useQuery({ ...alertRules, refetchInterval: false })
  if (data === undefined) {
    return error === null ? <Loading rows={8} /> : <ErrorNotice error={error} onRetry={() => void refetch()} />
  }
  const found = data.items.find(({ name }) => name === rule)
  const first = TEMPLATES[0]?.text ?? ''
  return (
    <RuleEditor
      key={rule}
      title={found ? `Edit ${found.name}` : 'New rule'}
      text={found ? manifestText('Alert', found.name, found.spec) : first}
    />
  )
}

function RuleEditor({ title, text: first }: { readonly title: string; readonly text: string }) {
  const denied = useDenied('operator')
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [initial, setInitial] = useState(first)
  const [text, setText] = useState(first)
  const onText = useCallback((next: string) => setText(next), [])
  const apply = useMutation({
    mutationFn: () => ask(api.POST('/api/v1/apply', { body: { manifests: text } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: alertRules.queryKey })
      toast('The rule is in force.')
      await navigate({ to: '/alerts', search: { tab: 'rules' } })
    },
  })
  return (
    <>
      <PageHeader
        above={
          <Link to="/alerts" search={{ tab: 'rules' }} className="hover:underline">
            Alerts
          </Link>
        }
        title={title}
        below="A rule watches; it touches no device."
        actions={
          <Button icon={Play} variant="primary" denied={denied} busy={apply.isPending} onClick={() => apply.mutate()}>
            Apply
          </Button>
        }
      />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 xl:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)]">
        <div className="space-y-4">
          <Panel title="Manifest" icon={FileCode} flush aside={KEYS}>
            <ManifestEditor label="Manifest" initial={initial} onChange={onText} problems={problemsOf(apply.error)} />
          </Panel>
          {apply.error !== null && <ErrorNotice error={apply.error} />}
        </div>
        <Panel title="Start from" icon={Lightbulb} flush>
          <ul>
            {TEMPLATES.map((template) => (
              <li key={template.title} className="border-b border-line last:border-0">
                <button
                  type="button"
                  onClick={() => {
                    setInitial(template.text)
                    setText(template.text)
                  }}
                  className="block w-full px-4 py-3 text-left hover:bg-hover"
                >
                  <span className="block font-medium">{template.title}</span>
                  <span className="block text-muted">{template.when}</span>
                </button>
              </li>
            ))}
          </ul>
        </Panel>
      </div>
    </>
  )
}
