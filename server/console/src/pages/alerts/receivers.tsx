/** Webhooks that are told of alerts, and messages that could not be delivered. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { CircleCheck, CircleX, Inbox, Plus, RotateCw, Trash2, Webhook } from 'lucide-react'
import { useState } from 'react'
import { api, ask } from '../../api/client.ts'
import { deadDeliveries, receivers } from '../../api/queries.ts'
import { useDenied } from '../../api/session.ts'
import { State } from '../../design/badge.tsx'
import { Button } from '../../design/button.tsx'
import { Command } from '../../design/command.tsx'
import { ConfirmButton, Dialog } from '../../design/dialog.tsx'
import { EmptyState } from '../../design/empty-state.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Field } from '../../design/field.tsx'
import { Panel } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { Table } from '../../design/table.tsx'
import { plural } from '../../design/text.ts'
import { Ago } from '../../design/time.tsx'
import { toast } from '../../design/toast.tsx'

export function ReceiversPanel() {
  const denied = useDenied('admin')
  const queries = useQueryClient()
  const [making, setMaking] = useState(false)
  const { data, error, refetch } = useQuery(receivers)
  const refresh = () => queries.invalidateQueries({ queryKey: receivers.queryKey })
  return (
    <div className="space-y-4">
      <Panel
        title="Receivers"
        icon={Webhook}
        flush
        aside={
          <Button size="sm" icon={Plus} denied={denied} onClick={() => setMaking(true)}>
            Add a webhook
          </Button>
        }
      >
        {error !== null ? (
          <div className="p-4">
            <ErrorNotice error={error} onRetry={() => void refetch()} />
          </div>
        ) : data === undefined ? (
          <Loading rows={3} />
        ) : data.items.length === 0 ? (
          <EmptyState
            icon={Webhook}
            title="Nobody is told yet"
            command="npm run ocelli -- alerts add-receiver on-call https://example.org/alerts"
          >
            A webhook gets each alert as a signed message. Rules name it under{' '}
            <code className="font-mono text-xs">notify</code>.
          </EmptyState>
        ) : (
          <Table
            label="Receivers"
            rows={data.items}
            rowKey={({ name }) => name}
            columns={[
              { id: 'name', title: 'Name', cell: ({ name }) => <span className="font-medium">{name}</span> },
              {
                id: 'url',
                title: 'Address',
                cell: ({ url }) => <span className="font-mono text-xs break-all">{url}</span>,
              },
              {
                id: 'state',
                title: 'Deliveries',
                cell: ({ pending, dead }) =>
                  dead > 0 ? (
                    <State tone="bad" icon={CircleX}>
                      {plural(dead, 'message')} given up
                    </State>
                  ) : (
                    <State tone="ok" icon={CircleCheck}>
                      {pending > 0 ? `${pending} under way` : 'All delivered'}
                    </State>
                  ),
              },
              {
                id: 'delete',
                title: '',
                align: 'right',
                cell: ({ name }) => (
                  <ConfirmButton
                    size="sm"
                    variant="danger"
                    icon={Trash2}
                    denied={denied}
                    action="Delete"
                    title={`Delete the receiver ${name}?`}
                    onConfirm={async () => {
                      await ask(api.DELETE('/api/v1/receivers/{name}', { params: { path: { name } } }))
                      await refresh()
                    }}
                  >
                    <p>What waits for it is given up. Rules that name it tell nobody under this name any more.</p>
                  </ConfirmButton>
                ),
              },
            ]}
          />
        )}
      </Panel>
      <DeadDeliveries />
      {making && <ReceiverDialog onClose={() => setMaking(false)} onMade={() => void refresh()} />}
    </div>
  )
}

function ReceiverDialog({ onClose, onMade }: { readonly onClose: () => void; readonly onMade: () => void }) {
  const [name, setName] = useState('')
  const [url, setUrl] = useState('')
  const make = useMutation({
    mutationFn: () => ask(api.PUT('/api/v1/receivers/{name}', { params: { path: { name } }, body: { url } })),
    onSuccess: onMade,
  })
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Add a webhook"
      description="Messages are signed (Standard Webhooks), sent at least once, and tried again for a day."
    >
      {make.data === undefined ? (
        <form
          className="space-y-4"
          onSubmit={(event) => {
            event.preventDefault()
            make.mutate()
          }}
        >
          <Field label="Name" hint="Rules name it under notify">
            {(field) => (
              <input
                {...field}
                required
                pattern="[a-z][a-z0-9\-]{0,62}"
                value={name}
                onChange={(event) => setName(event.target.value)}
                className="input font-mono"
              />
            )}
          </Field>
          <Field label="Address">
            {(field) => (
              <input
                {...field}
                type="url"
                required
                placeholder="https://"
                value={url}
                onChange={(event) => setUrl(event.target.value)}
                className="input font-mono"
              />
            )}
          </Field>
          {make.error !== null && <ErrorNotice error={make.error} />}
          <div className="flex justify-end">
            <Button type="submit" variant="primary" busy={make.isPending}>
              Add it
            </Button>
          </div>
        </form>
      ) : (
        <div className="space-y-3">
          <p>This key signs its messages. It is shown once: give it to the receiver now.</p>
          <Command wrap text={make.data.secret} />
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

function DeadDeliveries() {
  const denied = useDenied('operator')
  const queries = useQueryClient()
  const { data, error } = useQuery(deadDeliveries)
  const retry = useMutation({
    mutationFn: (id: string) => ask(api.POST('/api/v1/deliveries/{id}/retry', { params: { path: { id } } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['deliveries'] })
      toast('It is sent again.')
    },
  })
  if (error !== null) return <ErrorNotice error={error} />
  return (
    <Panel title="Messages that were given up" icon={Inbox} flush>
      {retry.error !== null && (
        <div className="p-4">
          <ErrorNotice error={retry.error} />
        </div>
      )}
      {data === undefined || data.items.length === 0 ? (
        <p className="p-4 text-muted">None: all that was to be told was told.</p>
      ) : (
        <Table
          label="Messages that were given up"
          rows={data.items}
          rowKey={({ id }) => id}
          columns={[
            { id: 'summary', title: 'What', cell: ({ summary }) => summary },
            { id: 'receiver', title: 'To', cell: ({ receiver }) => receiver },
            {
              id: 'error',
              title: 'Why not',
              from: 'md',
              cell: ({ lastError, attempts }) => `${lastError ?? ''} (${plural(attempts, 'attempt')})`,
            },
            { id: 'at', title: 'When', from: 'sm', cell: ({ createdAtMs }) => <Ago atMs={createdAtMs} /> },
            {
              id: 'retry',
              title: '',
              align: 'right',
              cell: ({ id }) => (
                <Button
                  size="sm"
                  icon={RotateCw}
                  denied={denied}
                  busy={retry.isPending && retry.variables === id}
                  onClick={() => retry.mutate(id)}
                >
                  Send again
                </Button>
              ),
            },
          ]}
        />
      )}
    </Panel>
  )
}
