import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { BellOff, BellRing, CircleCheck, Clock, UserCheck } from 'lucide-react'
import { api, ask } from '../../api/client.ts'
import { type Alert, alerts } from '../../api/queries.ts'
import { useDenied } from '../../api/session.ts'
import { Badge, TEXT } from '../../design/badge.tsx'
import { Button, LinkButton } from '../../design/button.tsx'
import { cx } from '../../design/class-names.ts'
import { EmptyState } from '../../design/empty-state.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Segmented, Select } from '../../design/field.tsx'
import { Panel } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { lookOf, SEVERITY } from '../../design/states.tsx'
import { number, unitText } from '../../design/text.ts'
import { Ago } from '../../design/time.tsx'
import { toast } from '../../design/toast.tsx'

const route = getRouteApi('/alerts')
const HOUR_MS = 3_600_000
const ALL = ''
const STATES = ['pending', 'firing', 'resolved'] as const
const SEVERITIES = ['info', 'warning', 'critical'] as const

export function AlertList() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/alerts' })
  const severity = SEVERITIES.find((one) => one === search.severity)
  const state = STATES.find((one) => one === search.state)
  const { data, error, refetch } = useQuery(
    alerts({
      state: search.state === 'all' ? [...STATES] : state === undefined ? ['pending', 'firing'] : [state],
      ...(severity !== undefined && { severity: [severity] }),
      ...(search.rule !== undefined && { rule: search.rule }),
      ...(search.device !== undefined && { device: search.device }),
      limit: 500,
    }),
  )
  const set = (part: { readonly state?: string | undefined; readonly severity?: string | undefined }) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true })
  return (
    <>
      <div className="mb-4 flex flex-wrap gap-2">
        <Segmented
          label="State"
          value={search.state ?? 'now'}
          onChange={(value) => set({ state: value === 'now' ? undefined : value })}
          options={[
            { value: 'now', label: 'Now' },
            { value: 'resolved', label: 'Resolved' },
            { value: 'all', label: 'All' },
          ]}
        />
        <Select
          label="Severity"
          value={severity ?? ALL}
          onChange={(value) => set({ severity: value === ALL ? undefined : value })}
          options={[
            { value: ALL, label: 'Any severity' },
            ...SEVERITIES.map((one) => ({ value: one, label: SEVERITY[one]?.word ?? one })),
          ]}
        />
      </div>
      {error !== null && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      <Panel flush>
        {data === undefined ? (
          error === null && <Loading />
        ) : data.items.length === 0 ? (
          <EmptyState
            icon={CircleCheck}
            title={search.state === undefined ? 'No alert fires' : 'None'}
            command="npm run ocelli -- alerts"
            actions={<LinkButton to="/alerts/new">Make a rule</LinkButton>}
          >
            An alert fires when the condition of a rule holds for long enough.
          </EmptyState>
        ) : (
          <ul>
            {data.items.map((alert) => (
              <AlertRow key={alert.id} alert={alert} />
            ))}
          </ul>
        )}
      </Panel>
    </>
  )
}

function AlertRow({ alert }: { readonly alert: Alert }) {
  const denied = useDenied('operator')
  const queries = useQueryClient()
  const { tone, icon: Icon, word } = lookOf(SEVERITY, alert.severity)
  const resolved = alert.state === 'resolved'
  const path = { id: alert.id }
  const done = async (text: string) => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: ['alerts'] }),
      queries.invalidateQueries({ queryKey: ['status'] }),
    ])
    toast(text)
  }
  const acknowledge = useMutation({
    mutationFn: () => ask(api.POST('/api/v1/alerts/{id}/acknowledge', { params: { path }, body: {} })),
    onSuccess: () => done('You have taken it on.'),
  })
  const muted = alert.mutedUntilMs !== undefined && alert.mutedUntilMs > Date.now()
  const mute = useMutation({
    mutationFn: () =>
      muted
        ? ask(api.DELETE('/api/v1/alerts/{id}/mute', { params: { path } }))
        : ask(api.POST('/api/v1/alerts/{id}/mute', { params: { path }, body: { forMs: HOUR_MS } })),
    onSuccess: () => done(muted ? 'It is told again.' : 'Nobody is told of it for an hour.'),
  })
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 border-b border-line px-4 py-3 last:border-0">
      <span className={cx('flex w-24 shrink-0 items-center gap-2 font-medium', resolved ? 'text-muted' : TEXT[tone])}>
        <Icon aria-hidden className="size-4" />
        {word}
      </span>
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium break-words">{alert.summary}</p>
        <p className="mt-0.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted">
          <Link to="/devices/$device" params={{ device: alert.device }} className="hover:underline">
            {alert.deviceName}
          </Link>
          {alert.deploymentName !== undefined && (
            <Link to="/deployments/$name" params={{ name: alert.deploymentName }} className="hover:underline">
              {alert.deploymentName}
            </Link>
          )}
          <Link to="/alerts" search={{ tab: 'rules' }} className="hover:underline">
            rule {alert.rule}
          </Link>
          {alert.value !== undefined && (
            <span>
              {[alert.name, 'is', number(alert.value), unitText(alert.unit ?? '')].filter(Boolean).join(' ')}
              {alert.limit !== undefined && `, limit ${number(alert.limit)}`}
            </span>
          )}
          <span>
            since <Ago atMs={alert.sinceMs} />
          </span>
        </p>
        {alert.acknowledged !== undefined && (
          <p className="mt-1 text-xs text-muted">
            Taken on by {alert.acknowledged.by} <Ago atMs={alert.acknowledged.atMs} />
            {alert.acknowledged.note !== undefined && `: ${alert.acknowledged.note}`}
          </p>
        )}
        {(acknowledge.error ?? mute.error) !== null && (
          <div className="mt-2">
            <ErrorNotice error={acknowledge.error ?? mute.error} />
          </div>
        )}
      </div>
      <span className="flex items-center gap-2">
        {alert.state === 'firing' && (
          <Badge tone={tone} icon={BellRing}>
            Firing
          </Badge>
        )}
        {alert.state === 'pending' && (
          <Badge tone="info" icon={Clock}>
            Pending
          </Badge>
        )}
        {resolved && (
          <Badge tone="ok" icon={CircleCheck}>
            Resolved
          </Badge>
        )}
        {muted && <Badge icon={BellOff}>Muted</Badge>}
      </span>
      {!resolved && (
        <span className="flex gap-2">
          <Button
            size="sm"
            icon={UserCheck}
            busy={acknowledge.isPending}
            denied={
              denied ?? (alert.acknowledged === undefined ? undefined : `Taken on by ${alert.acknowledged.by} already`)
            }
            onClick={() => acknowledge.mutate()}
          >
            Take it on
          </Button>
          <Button size="sm" icon={BellOff} busy={mute.isPending} denied={denied} onClick={() => mute.mutate()}>
            {muted ? 'Tell again' : 'Mute 1 h'}
          </Button>
        </span>
      )}
    </li>
  )
}
