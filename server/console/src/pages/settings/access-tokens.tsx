import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Ban, KeyRound, Lock, Plus } from 'lucide-react'
import { useState } from 'react'
import { api, ask } from '../../api/client.ts'
import { accessTokens } from '../../api/queries.ts'
import { type Role, useDenied, whoAmI } from '../../api/session.ts'
import { Badge } from '../../design/badge.tsx'
import { Button } from '../../design/button.tsx'
import { Command } from '../../design/command.tsx'
import { ConfirmButton, Dialog } from '../../design/dialog.tsx'
import { EmptyState } from '../../design/empty-state.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Field, Select } from '../../design/field.tsx'
import { Facts, Panel } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { Table } from '../../design/table.tsx'
import { Ago } from '../../design/time.tsx'
import { toast } from '../../design/toast.tsx'

const DAY_MS = 86_400_000
const ROLES: readonly { readonly value: Role; readonly label: string; readonly may: string }[] = [
  { value: 'viewer', label: 'Viewer', may: 'Looks at everything, changes nothing' },
  { value: 'operator', label: 'Operator', may: 'A viewer who changes intent and sends commands' },
  { value: 'publisher', label: 'Publisher', may: 'Pushes and inspects components' },
  { value: 'admin', label: 'Administrator', may: 'Everything, tokens and trust included' },
]
const LIFETIMES = [
  { value: String(DAY_MS), label: '1 day' },
  { value: String(30 * DAY_MS), label: '30 days' },
  { value: String(365 * DAY_MS), label: '1 year' },
  { value: '', label: 'No end' },
]

export function TokensPanel() {
  const denied = useDenied('admin')
  const me = useQuery(whoAmI)
  const queries = useQueryClient()
  const [making, setMaking] = useState(false)
  const { data, error, refetch } = useQuery({ ...accessTokens, enabled: denied === undefined && me.data !== undefined })
  return (
    <div className="space-y-4">
      {me.data !== undefined && (
        <Panel title="The token of this tab">
          <Facts
            items={[
              ['Name', me.data.name],
              ['Role', me.data.role],
              ['Project', me.data.project],
              ['Ends', me.data.expiresAtMs === undefined ? 'never' : <Ago key="ends" atMs={me.data.expiresAtMs} />],
            ]}
          />
        </Panel>
      )}
      <Panel
        title="Access tokens"
        icon={KeyRound}
        flush
        aside={
          <Button size="sm" icon={Plus} denied={denied} onClick={() => setMaking(true)}>
            New token
          </Button>
        }
      >
        {denied !== undefined ? (
          <EmptyState icon={Lock} title="Only administrators see the tokens">
            {denied}.
          </EmptyState>
        ) : error !== null ? (
          <div className="p-4">
            <ErrorNotice error={error} onRetry={() => void refetch()} />
          </div>
        ) : data === undefined ? (
          <Loading />
        ) : (
          <Table
            label="Access tokens"
            rows={[...data.items].sort((a, b) => b.createdAtMs - a.createdAtMs)}
            rowKey={({ id }) => id}
            columns={[
              {
                id: 'name',
                title: 'Name',
                cell: ({ name, id }) => (
                  <>
                    <span className="font-medium">{name}</span>
                    {id === me.data?.id && <span className="text-muted"> (this tab)</span>}
                  </>
                ),
              },
              { id: 'role', title: 'Role', cell: ({ role }) => role },
              {
                id: 'state',
                title: 'State',
                cell: ({ revoked, expiresAtMs }) =>
                  revoked ? (
                    <Badge tone="bad">Revoked</Badge>
                  ) : expiresAtMs !== undefined && expiresAtMs < Date.now() ? (
                    <Badge>Ended</Badge>
                  ) : (
                    <Badge tone="ok">Valid</Badge>
                  ),
              },
              { id: 'made', title: 'Made', from: 'sm', cell: ({ createdAtMs }) => <Ago atMs={createdAtMs} /> },
              {
                id: 'ends',
                title: 'Ends',
                from: 'sm',
                cell: ({ expiresAtMs }) => (expiresAtMs === undefined ? 'never' : <Ago atMs={expiresAtMs} />),
              },
              {
                id: 'revoke',
                title: '',
                align: 'right',
                cell: ({ id, name, revoked }) =>
                  !revoked && (
                    <ConfirmButton
                      size="sm"
                      variant="danger"
                      icon={Ban}
                      action="Revoke"
                      title={`Revoke the token “${name}”?`}
                      onConfirm={async () => {
                        await ask(api.DELETE('/api/v1/access-tokens/{id}', { params: { path: { id } } }))
                        await queries.invalidateQueries({ queryKey: accessTokens.queryKey })
                        toast(`“${name}” is revoked.`)
                      }}
                    >
                      <p>
                        Whoever uses it is signed out at the next request. This cannot be taken back.
                        {id === me.data?.id && ' It is the token of this very tab.'}
                      </p>
                    </ConfirmButton>
                  ),
              },
            ]}
          />
        )}
      </Panel>
      {making && <TokenDialog onClose={() => setMaking(false)} />}
    </div>
  )
}

function TokenDialog({ onClose }: { readonly onClose: () => void }) {
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [lifetime, setLifetime] = useState(LIFETIMES[1]?.value ?? '')
  const make = useMutation({
    mutationFn: () =>
      ask(
        api.POST('/api/v1/access-tokens', {
          body: { name, role, ...(lifetime !== '' && { expiresInMs: Number(lifetime) }) },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: accessTokens.queryKey }),
  })
  return (
    <Dialog open onOpenChange={onClose} title="New access token">
      {make.data === undefined ? (
        <form
          className="space-y-4"
          onSubmit={(event) => {
            event.preventDefault()
            make.mutate()
          }}
        >
          <Field label="Name" hint="Whose or what for; shown in the audit log">
            {(field) => (
              <input
                {...field}
                required
                maxLength={64}
                value={name}
                onChange={(event) => setName(event.target.value)}
                className="input"
              />
            )}
          </Field>
          <Field label="Role" hint={ROLES.find(({ value }) => value === role)?.may}>
            {(field) => <Select id={field.id} className="w-full" value={role} options={ROLES} onChange={setRole} />}
          </Field>
          <Field label="Valid for">
            {(field) => (
              <Select id={field.id} className="w-full" value={lifetime} options={LIFETIMES} onChange={setLifetime} />
            )}
          </Field>
          {make.error !== null && <ErrorNotice error={make.error} />}
          <div className="flex justify-end">
            <Button type="submit" variant="primary" busy={make.isPending}>
              Make the token
            </Button>
          </div>
        </form>
      ) : (
        <div className="space-y-3">
          <p>This token is shown once. Keep it where only “{make.data.name}” can read it.</p>
          <Command wrap text={make.data.token} />
          <p className="text-muted">In a terminal:</p>
          <Command text={`npm run ocelli -- login ${location.origin} --token TOKEN`} />
          <div className="flex justify-end">
            <Button variant="primary" onClick={onClose}>
              Done
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  )
}
