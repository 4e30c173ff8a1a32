import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { BellOff, ListChecks, Pencil, Send, Trash2 } from 'lucide-react'
import { api, ask } from '../../api/client.ts'
import { type AlertRule, alertRules } from '../../api/queries.ts'
import { useDenied } from '../../api/session.ts'
import { Badge } from '../../design/badge.tsx'
import { Button, LinkButton } from '../../design/button.tsx'
import { ConfirmButton } from '../../design/dialog.tsx'
import { EmptyState } from '../../design/empty-state.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Panel } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { lookOf, SEVERITY } from '../../design/states.tsx'
import { duration, number, plural } from '../../design/text.ts'
import { Ago } from '../../design/time.tsx'
import { toast } from '../../design/toast.tsx'

const HOUR_MS = 3_600_000

export function RulesPanel() {
  const { data, error, refetch } = useQuery(alertRules)
  return (
    <Panel flush>
      {error !== null ? (
        <div className="p-4">
          <ErrorNotice error={error} onRetry={() => void refetch()} />
        </div>
      ) : data === undefined ? (
        <Loading />
      ) : data.items.length === 0 ? (
        <EmptyState
          icon={ListChecks}
          title="No rule yet"
          command="npm run ocelli -- apply -f silent.yaml"
          actions={
            <LinkButton to="/alerts/new" variant="primary">
              New rule
            </LinkButton>
          }
        >
          Start with the complaint most heard: a device that goes silent and nobody notices.
        </EmptyState>
      ) : (
        <ul>
          {data.items.map((rule) => (
            <RuleRow key={rule.name} rule={rule} />
          ))}
        </ul>
      )}
    </Panel>
  )
}

function RuleRow({ rule }: { readonly rule: AlertRule }) {
  const denied = useDenied('operator')
  const queries = useQueryClient()
  const { name, spec } = rule
  const { tone, icon, word } = lookOf(SEVERITY, spec.severity ?? 'warning')
  const muted = rule.mutedUntilMs !== undefined && rule.mutedUntilMs > Date.now()
  const path = { name }
  const refresh = () => queries.invalidateQueries({ queryKey: alertRules.queryKey })
  const mute = useMutation({
    mutationFn: () =>
      muted
        ? ask(api.DELETE('/api/v1/alert-rules/{name}/mute', { params: { path } }))
        : ask(api.POST('/api/v1/alert-rules/{name}/mute', { params: { path }, body: { forMs: HOUR_MS } })),
    onSuccess: refresh,
  })
  const test = useMutation({
    mutationFn: () => ask(api.POST('/api/v1/alert-rules/{name}/test', { params: { path } })),
    onSuccess: ({ deliveries }) => toast(`A test message goes to ${plural(deliveries.length, 'receiver')}.`),
  })
  const noReceiver = (spec.notify ?? []).length === 0 ? 'The rule names no receiver under `notify`' : undefined
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 border-b border-line px-4 py-3 last:border-0">
      <div className="min-w-0 flex-1 basis-72">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-semibold">{name}</span>
          <Badge tone={tone} icon={icon}>
            {word}
          </Badge>
          {muted && (
            <Badge icon={BellOff}>
              Muted until <Ago atMs={rule.mutedUntilMs ?? 0} />
            </Badge>
          )}
        </p>
        <p className="mt-0.5">{spec.summary ?? conditionText(spec)}</p>
        <p className="text-xs text-muted">
          {spec.summary !== undefined && `${conditionText(spec)} · `}
          {(spec.notify ?? []).length === 0 ? 'only shown here' : `tells ${spec.notify?.join(', ')}`}
          {rule.evaluatedAtMs !== undefined && (
            <>
              {' '}
              · looked at <Ago atMs={rule.evaluatedAtMs} />
            </>
          )}
        </p>
        {(mute.error ?? test.error) !== null && (
          <div className="mt-2">
            <ErrorNotice error={mute.error ?? test.error} />
          </div>
        )}
      </div>
      <Link to="/alerts" search={{ rule: name }} className="text-muted hover:underline">
        {number(rule.firing)} firing, {number(rule.pending)} pending
      </Link>
      <span className="flex flex-wrap gap-2">
        <LinkButton size="sm" icon={Pencil} to="/alerts/new" search={{ rule: name }}>
          Edit
        </LinkButton>
        <Button size="sm" icon={Send} busy={test.isPending} denied={denied ?? noReceiver} onClick={() => test.mutate()}>
          Test
        </Button>
        <Button size="sm" icon={BellOff} busy={mute.isPending} denied={denied} onClick={() => mute.mutate()}>
          {muted ? 'Tell again' : 'Mute 1 h'}
        </Button>
        <ConfirmButton
          size="sm"
          variant="danger"
          icon={Trash2}
          denied={denied}
          action="Delete"
          title={`Delete the rule ${name}?`}
          onConfirm={async () => {
            await ask(api.DELETE('/api/v1/alert-rules/{name}', { params: { path } }))
            await refresh()
          }}
        >
          <p>Its alerts resolve without a message. The history of what fired is kept.</p>
        </ConfirmButton>
      </span>
    </li>
  )
}

function conditionText({ condition, forMs }: AlertRule['spec']): string {
  const held = forMs ? `, for ${duration(forMs)}` : ''
  return `${wordsOf(condition)}${held}`
}

function wordsOf(condition: AlertRule['spec']['condition']): string {
  const { deviceSilent, instanceCrashLooping, threshold, absence, drift } = condition
  if (deviceSilent !== undefined) return `a device is silent for ${duration(deviceSilent.afterMs)}`
  if (instanceCrashLooping !== undefined) return 'an instance crashes in a loop'
  if (threshold !== undefined) {
    const { name, aggregate = 'mean', windowMs, above, below } = threshold
    const bounds = [above !== undefined && `above ${number(above)}`, below !== undefined && `below ${number(below)}`]
    return `${aggregate} of ${name} over ${duration(windowMs)} is ${bounds.filter(Boolean).join(' or ')}`
  }
  if (absence !== undefined) return `no ${absence.name} is measured for ${duration(absence.windowMs)}`
  if (drift === undefined) return 'a condition that this console does not know'
  const { name, windowMs, pastMs, deviations } = drift
  return `mean of ${name} over ${duration(windowMs)} is ${number(deviations)} standard deviations away from the ${duration(pastMs)} before`
}
