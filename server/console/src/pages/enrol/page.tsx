/** Let a device in: make a token, run one command on the device, watch it arrive. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Ban, Cable, KeyRound, Plus, X } from 'lucide-react'
import { useState } from 'react'
import { type Answer, api, ask, type Item } from '../../api/client.ts'
import { enrolmentTokens } from '../../api/queries.ts'
import { useDenied } from '../../api/session.ts'
import { Badge, Chip } from '../../design/badge.tsx'
import { Button } from '../../design/button.tsx'
import { ConfirmButton } from '../../design/dialog.tsx'
import { EmptyState } from '../../design/empty-state.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Field, Select } from '../../design/field.tsx'
import { PageHeader, Panel } from '../../design/panel.tsx'
import { Table } from '../../design/table.tsx'
import { Ago } from '../../design/time.tsx'
import { toast } from '../../design/toast.tsx'
import { Arrivals } from './arrivals.tsx'
import { TokenCard } from './token-card.tsx'

type Token = Item<'listEnrolmentTokens'>
export type CreatedToken = Answer<'createEnrolmentToken'>

const HOUR_MS = 3_600_000
const LIFETIMES = [
  { value: String(HOUR_MS), label: '1 hour' },
  { value: String(24 * HOUR_MS), label: '1 day' },
  { value: String(168 * HOUR_MS), label: '1 week' },
  { value: String(720 * HOUR_MS), label: '30 days' },
]

export function EnrolPage() {
  const [created, setCreated] = useState<CreatedToken>()
  return (
    <>
      <PageHeader
        title="Enrol devices"
        below="A device proves itself once with a token, makes its own key and receives a certificate. The token carries the address and fingerprint of this control plane, so the device knows whom it talks to."
      />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[minmax(0,380px)_minmax(0,1fr)]">
        <TokenForm onCreated={setCreated} />
        {created === undefined ? (
          <Panel>
            <EmptyState
              icon={Cable}
              title="Make a token, then run it on the device"
              command="ocelli-agent join TOKEN && ocelli-agent run"
            >
              The exact command and a code to scan appear here, and the device as soon as it arrives.
            </EmptyState>
          </Panel>
        ) : (
          <div className="space-y-4">
            <TokenCard created={created} />
            <Arrivals sinceMs={created.createdAtMs} expected={created.uses} />
          </div>
        )}
      </div>
      <div className="mt-4">
        <TokenList />
      </div>
    </>
  )
}

interface LabelRow {
  readonly id: number
  readonly key: string
  readonly value: string
}

function TokenForm({ onCreated }: { readonly onCreated: (token: CreatedToken) => void }) {
  const denied = useDenied('operator')
  const queries = useQueryClient()
  const [labels, setLabels] = useState<readonly LabelRow[]>([])
  const [uses, setUses] = useState('1')
  const [lifetime, setLifetime] = useState(LIFETIMES[1]?.value ?? '')
  const create = useMutation({
    mutationFn: () =>
      ask(
        api.POST('/api/v1/enrolment-tokens', {
          body: {
            labels: Object.fromEntries(labels.filter(({ key }) => key !== '').map(({ key, value }) => [key, value])),
            uses: Number(uses),
            expiresInMs: Number(lifetime),
          },
        }),
      ),
    onSuccess: async (token) => {
      onCreated(token)
      await queries.invalidateQueries({ queryKey: enrolmentTokens.queryKey })
    },
  })
  const edit = (id: number, part: Partial<LabelRow>) =>
    setLabels(labels.map((row) => (row.id === id ? { ...row, ...part } : row)))
  return (
    <Panel title="New token" icon={KeyRound}>
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate()
        }}
      >
        <fieldset className="space-y-2">
          <legend className="mb-1 text-sm font-medium">Labels for each device</legend>
          {labels.map(({ id, key, value }) => (
            <div key={id} className="flex gap-2">
              <input
                aria-label="Key of the label"
                placeholder="floor"
                value={key}
                pattern="[A-Za-z][A-Za-z0-9_.\-]{0,62}"
                onChange={(event) => edit(id, { key: event.target.value })}
                className="input font-mono"
              />
              <input
                aria-label="Value of the label"
                placeholder="1"
                value={value}
                onChange={(event) => edit(id, { value: event.target.value })}
                className="input font-mono"
              />
              <Button
                variant="ghost"
                icon={X}
                label="Remove the label"
                onClick={() => setLabels(labels.filter((row) => row.id !== id))}
              />
            </div>
          ))}
          <Button
            size="sm"
            icon={Plus}
            onClick={() => setLabels([...labels, { id: (labels.at(-1)?.id ?? 0) + 1, key: '', value: '' }])}
          >
            Add a label
          </Button>
          <p className="text-xs text-muted">
            Fleets select devices by their labels, so this decides which fleets they join.
          </p>
        </fieldset>
        <div className="grid grid-cols-2 gap-3">
          <Field label="Devices" hint="That may enrol with it">
            {(field) => (
              <input
                {...field}
                type="number"
                min={1}
                max={100_000}
                required
                value={uses}
                onChange={(event) => setUses(event.target.value)}
                className="input"
              />
            )}
          </Field>
          <Field label="Valid for">
            {(field) => (
              <Select id={field.id} className="w-full" value={lifetime} options={LIFETIMES} onChange={setLifetime} />
            )}
          </Field>
        </div>
        {create.error !== null && <ErrorNotice error={create.error} />}
        <Button
          type="submit"
          variant="primary"
          icon={KeyRound}
          busy={create.isPending}
          denied={denied}
          className="w-full"
        >
          Make the token
        </Button>
      </form>
    </Panel>
  )
}

function TokenList() {
  const { data, error, refetch } = useQuery(enrolmentTokens)
  const denied = useDenied('operator')
  const queries = useQueryClient()
  if (error !== null) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (data === undefined || data.items.length === 0) return null
  return (
    <Panel title="Tokens made so far" flush>
      <Table
        label="Enrolment tokens"
        rows={[...data.items].sort((a, b) => b.createdAtMs - a.createdAtMs)}
        rowKey={(row) => row.id}
        columns={[
          { id: 'id', title: 'Token', cell: ({ id }) => <span className="font-mono text-xs">{id}</span> },
          { id: 'state', title: 'State', cell: (row) => <TokenState token={row} /> },
          { id: 'uses', title: 'Used', align: 'right', cell: ({ uses, usesLeft }) => `${uses - usesLeft} of ${uses}` },
          {
            id: 'labels',
            title: 'Labels',
            from: 'md',
            cell: ({ labels }) => (
              <span className="flex flex-wrap gap-1">
                {Object.entries(labels).map(([key, value]) => (
                  <Chip key={key}>
                    {key}={value}
                  </Chip>
                ))}
              </span>
            ),
          },
          { id: 'made', title: 'Made', from: 'sm', cell: ({ createdAtMs }) => <Ago atMs={createdAtMs} /> },
          { id: 'ends', title: 'Ends', from: 'sm', cell: ({ expiresAtMs }) => <Ago atMs={expiresAtMs} /> },
          {
            id: 'revoke',
            title: '',
            align: 'right',
            cell: (row) =>
              isOpen(row) && (
                <ConfirmButton
                  size="sm"
                  icon={Ban}
                  denied={denied}
                  action="Revoke"
                  title="Revoke this token?"
                  onConfirm={async () => {
                    await ask(api.DELETE('/api/v1/enrolment-tokens/{id}', { params: { path: { id: row.id } } }))
                    await queries.invalidateQueries({ queryKey: enrolmentTokens.queryKey })
                    toast('The token is revoked.')
                  }}
                >
                  <p>No further device can enrol with it. Devices that did stay as they are.</p>
                </ConfirmButton>
              ),
          },
        ]}
      />
    </Panel>
  )
}

const isOpen = ({ revoked, usesLeft, expiresAtMs }: Token) => !revoked && usesLeft > 0 && expiresAtMs > Date.now()

function TokenState({ token }: { readonly token: Token }) {
  if (token.revoked) return <Badge tone="bad">Revoked</Badge>
  if (token.usesLeft === 0) return <Badge>Used up</Badge>
  if (token.expiresAtMs < Date.now()) return <Badge>Ended</Badge>
  return <Badge tone="ok">Open</Badge>
}
