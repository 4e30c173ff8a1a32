/** Labels of the device. An edit is planned first: a label can move instances. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Pencil, Plus, Tag, X } from 'lucide-react'
import { useState } from 'react'
import { api, ask } from '../../api/client.ts'
import type { DeviceDetail } from '../../api/queries.ts'
import { useDenied } from '../../api/session.ts'
import { Chip } from '../../design/badge.tsx'
import { Button } from '../../design/button.tsx'
import { Dialog } from '../../design/dialog.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Panel } from '../../design/panel.tsx'
import { plural } from '../../design/text.ts'
import { toast } from '../../design/toast.tsx'

interface Row {
  readonly id: number
  readonly key: string
  readonly value: string
}

export function LabelsPanel({ device }: { readonly device: DeviceDetail }) {
  const [open, setOpen] = useState(false)
  const denied = useDenied('operator')
  const entries = Object.entries(device.labels)
  return (
    <Panel
      title="Labels"
      icon={Tag}
      aside={
        <Button size="sm" icon={Pencil} denied={denied} onClick={() => setOpen(true)}>
          Edit
        </Button>
      }
    >
      {entries.length === 0 ? (
        <p className="text-muted">None. Fleets and targets select devices by their labels.</p>
      ) : (
        <div className="flex flex-wrap gap-1.5">
          {entries.map(([key, value]) => (
            <Chip key={key}>
              {key}={value}
            </Chip>
          ))}
        </div>
      )}
      {open && <LabelsDialog device={device} onClose={() => setOpen(false)} />}
    </Panel>
  )
}

function LabelsDialog({ device, onClose }: { readonly device: DeviceDetail; readonly onClose: () => void }) {
  const [rows, setRows] = useState<readonly Row[]>(() =>
    Object.entries(device.labels).map(([key, value], id) => ({ id, key, value })),
  )
  const navigate = useNavigate()
  const queries = useQueryClient()
  const edits = () => {
    const kept = new Map(rows.filter(({ key }) => key !== '').map(({ key, value }) => [key, value]))
    const removed = Object.keys(device.labels).filter((key) => !kept.has(key))
    const changed = [...kept].filter(([key, value]) => device.labels[key] !== value)
    return Object.fromEntries<string | null>([...changed, ...removed.map((key) => [key, null] as const)])
  }
  const plan = useMutation({
    mutationFn: () => ask(api.POST('/api/v1/plan', { body: { labels: [{ device: device.id, labels: edits() }] } })),
  })
  const apply = useMutation({
    mutationFn: () =>
      ask(
        api.PATCH('/api/v1/devices/{device}/labels', {
          params: { path: { device: device.id } },
          body: { labels: edits() },
        }),
      ),
    onSuccess: async ({ changes }) => {
      await queries.invalidateQueries()
      onClose()
      const pending = changes.find(({ outcome }) => outcome === 'pending')?.pending
      if (pending !== undefined) await navigate({ to: '/changes/$id', params: { id: pending } })
      else toast(`Labels of ${device.name} are changed.`)
    },
  })
  const change = (id: number, part: Partial<Row>) => {
    plan.reset()
    setRows(rows.map((row) => (row.id === id ? { ...row, ...part } : row)))
  }
  const touched = plan.data?.changes.flatMap((one) => one.plan.touched) ?? []
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Labels of ${device.name}`}
      description="Targets and fleets select by labels, so a change can start and stop instances. See first what it does."
      footer={
        <>
          <Button onClick={() => plan.mutate()} busy={plan.isPending}>
            Show what it does
          </Button>
          <Button
            variant="primary"
            onClick={() => apply.mutate()}
            busy={apply.isPending}
            denied={plan.data === undefined ? 'Look first at what it does' : undefined}
          >
            Apply
          </Button>
        </>
      }
    >
      <div className="space-y-2">
        {rows.map(({ id, key, value }) => (
          <div key={id} className="flex gap-2">
            <input
              aria-label="Key"
              placeholder="key"
              value={key}
              onChange={(event) => change(id, { key: event.target.value })}
              className="input font-mono"
            />
            <input
              aria-label={`Value of ${key || 'the new label'}`}
              placeholder="value"
              value={value}
              onChange={(event) => change(id, { value: event.target.value })}
              className="input font-mono"
            />
            <Button
              variant="ghost"
              icon={X}
              label={`Remove ${key}`}
              onClick={() => {
                plan.reset()
                setRows(rows.filter((row) => row.id !== id))
              }}
            />
          </div>
        ))}
        <Button
          size="sm"
          icon={Plus}
          onClick={() => setRows([...rows, { id: Math.max(-1, ...rows.map((row) => row.id)) + 1, key: '', value: '' }])}
        >
          Add a label
        </Button>
        {plan.data !== undefined && (
          <div role="status" className="rounded-md border border-line bg-sunken p-3">
            {touched.length === 0 ? (
              'No instance starts or stops.'
            ) : (
              <ul className="space-y-1">
                {touched.map(({ device: id, name, start, change: changed, stop }) => (
                  <li key={id}>
                    <span className="font-medium">{name}</span>: {plural(start.length, 'instance')} start,{' '}
                    {changed.length} change, {stop.length} stop
                  </li>
                ))}
              </ul>
            )}
          </div>
        )}
        {(plan.error ?? apply.error) !== null && <ErrorNotice error={plan.error ?? apply.error} />}
      </div>
    </Dialog>
  )
}
