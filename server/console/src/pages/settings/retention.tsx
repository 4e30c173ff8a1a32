/** How long each kind of history is kept. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Archive } from 'lucide-react'
import { useState } from 'react'
import { type Answer, api, ask } from '../../api/client.ts'
import { retention } from '../../api/queries.ts'
import { useDenied } from '../../api/session.ts'
import { Button } from '../../design/button.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Field } from '../../design/field.tsx'
import { Panel } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { toast } from '../../design/toast.tsx'

type Retention = Answer<'getRetention'>

const DAY_MS = 86_400_000
const KINDS: readonly { readonly key: keyof Retention; readonly label: string; readonly hint: string }[] = [
  { key: 'measurementsMs', label: 'Measurements and detections', hint: 'Each record by itself' },
  { key: 'minutesMs', label: 'Sums by minute', hint: 'Mean, least, largest and count of each minute' },
  { key: 'hoursMs', label: 'Sums by hour', hint: 'What charts of months are drawn from' },
  { key: 'logsMs', label: 'Log lines', hint: 'Of all instances' },
  { key: 'eventsMs', label: 'Events', hint: 'With ends of tasks and losses' },
  { key: 'historyMs', label: 'History', hint: 'Presence, timelines, and alerts that are over' },
]

export function RetentionPanel() {
  const { data, error, refetch } = useQuery(retention)
  if (error !== null) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Loading />
  return <RetentionForm key={JSON.stringify(data)} retention={data} />
}

function RetentionForm({ retention: current }: { readonly retention: Retention }) {
  const denied = useDenied('admin')
  const queries = useQueryClient()
  const [days, setDays] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(KINDS.map(({ key }) => [key, String(current[key] / DAY_MS)])),
  )
  const edits = Object.fromEntries(
    KINDS.map(({ key }) => [key, Math.round(Number(days[key]) * DAY_MS)] as const).filter(
      ([key, value]) => value !== current[key],
    ),
  )
  const save = useMutation({
    mutationFn: () => ask(api.PATCH('/api/v1/retention', { body: edits })),
    onSuccess: async () => {
      toast('Kept from now on for as long as you said.')
      await queries.invalidateQueries({ queryKey: retention.queryKey })
    },
  })
  const shorter = KINDS.some(({ key }) => Number(days[key]) * DAY_MS < current[key])
  return (
    <Panel title="How long history is kept" icon={Archive}>
      <form
        className="max-w-3xl space-y-5"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <div className="grid gap-x-6 gap-y-4 sm:grid-cols-2">
          {KINDS.map(({ key, label, hint }) => (
            <Field key={key} label={label} hint={hint}>
              {(field) => (
                <span className="flex items-center gap-2">
                  <input
                    {...field}
                    type="number"
                    min={1 / 24}
                    step="any"
                    required
                    disabled={denied !== undefined}
                    value={days[key]}
                    onChange={(event) => setDays({ ...days, [key]: event.target.value })}
                    className="input max-w-32"
                  />
                  <span className="text-muted">days</span>
                </span>
              )}
            </Field>
          ))}
        </div>
        {shorter && (
          <p className="text-warn">What is older than a shorter time is dropped for good soon after you save.</p>
        )}
        {save.error !== null && <ErrorNotice error={save.error} />}
        <Button
          type="submit"
          variant="primary"
          busy={save.isPending}
          denied={denied ?? (Object.keys(edits).length === 0 ? 'Nothing is changed yet' : undefined)}
        >
          Save
        </Button>
      </form>
    </Panel>
  )
}
