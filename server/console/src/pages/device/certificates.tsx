import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { CircleCheck, CircleX, Fingerprint, ShieldOff, Trash2, TriangleAlert } from 'lucide-react'
import { api, ask } from '../../api/client.ts'
import type { DeviceDetail } from '../../api/queries.ts'
import { useDenied } from '../../api/session.ts'
import { State } from '../../design/badge.tsx'
import { ConfirmButton } from '../../design/dialog.tsx'
import { Facts, Panel } from '../../design/panel.tsx'
import { Table } from '../../design/table.tsx'
import { dateTime, plural } from '../../design/text.ts'
import { Ago } from '../../design/time.tsx'
import { toast } from '../../design/toast.tsx'

type Certificate = DeviceDetail['certificates'][number]

export function CertificatePanel({ device }: { readonly device: DeviceDetail }) {
  const denied = useDenied('admin')
  const queries = useQueryClient()
  const { wanted, held } = device.trustVersion
  const valid = device.certificates.filter(({ revokedAtMs }) => revokedAtMs === undefined)
  return (
    <div className="space-y-4">
      <Panel
        title="Certificates"
        icon={Fingerprint}
        flush
        aside={
          <ConfirmButton
            size="sm"
            variant="danger"
            icon={ShieldOff}
            denied={denied ?? (valid.length === 0 ? 'All its certificates are revoked already' : undefined)}
            action="Revoke"
            title={`Revoke the certificates of ${device.name}?`}
            onConfirm={async () => {
              const { serials } = await ask(
                api.POST('/api/v1/devices/{device}/revoke', { params: { path: { device: device.id } } }),
              )
              await queries.invalidateQueries({ queryKey: ['device', device.id] })
              toast(`${plural(serials.length, 'certificate')} revoked; the connection of ${device.name} is ended.`)
            }}
          >
            <p>
              The device is cut off at once and cannot come back with what it holds. What runs on it goes on running,
              but nothing of it arrives any more. To let it in again, enrol it anew with{' '}
              <code className="font-mono text-xs">--replace</code>: it keeps its id and history.
            </p>
          </ConfirmButton>
        }
      >
        <Table
          label="Certificates of the device"
          rows={[...device.certificates].reverse()}
          rowKey={(row) => row.serial}
          columns={[
            { id: 'number', title: 'Issue', cell: ({ number }) => number },
            { id: 'state', title: 'State', cell: (row) => <CertificateState certificate={row} /> },
            { id: 'issued', title: 'Issued', from: 'sm', cell: ({ issuedAtMs }) => <Ago atMs={issuedAtMs} /> },
            { id: 'expires', title: 'Ends', cell: ({ expiresAtMs }) => dateTime(expiresAtMs) },
            {
              id: 'serial',
              title: 'Serial number',
              from: 'lg',
              cell: ({ serial }) => <span className="font-mono text-xs break-all">{serial}</span>,
            },
          ]}
        />
      </Panel>
      <Panel title="Leave the fleet">
        <div className="flex flex-wrap items-center gap-4">
          <p className="min-w-0 flex-1 basis-72 text-muted">
            For a device that is gone for good. One that was stolen or copied is better revoked: its history stays.
          </p>
          <DeleteButton device={device} />
        </div>
      </Panel>
      <Panel title="Trust">
        <Facts
          items={[
            ['Trust document held', held === undefined ? 'Not reported' : `version ${held}`],
            ['In force', wanted === undefined ? 'Not told yet' : `version ${wanted}`],
            [
              'Session',
              device.session === undefined
                ? 'None yet'
                : `start ${device.session.start}, certificate ${device.session.certificate}`,
            ],
          ]}
        />
      </Panel>
    </div>
  )
}

function DeleteButton({ device }: { readonly device: DeviceDetail }) {
  const denied = useDenied('operator')
  const navigate = useNavigate()
  const queries = useQueryClient()
  return (
    <ConfirmButton
      variant="danger"
      icon={Trash2}
      denied={denied}
      action="Delete the device"
      title={`Delete ${device.name}?`}
      onConfirm={async () => {
        const { changes } = await ask(
          api.DELETE('/api/v1/devices/{device}', { params: { path: { device: device.id } } }),
        )
        const pending = changes.find(({ outcome }) => outcome === 'pending')?.pending
        await queries.invalidateQueries()
        if (pending !== undefined) return navigate({ to: '/changes/$id', params: { id: pending } })
        toast(`${device.name} is deleted.`)
        return navigate({ to: '/devices' })
      }}
    >
      <p>
        Its {device.placements.length} instances stop being wanted, its certificates are revoked and its connection
        ends. Deployments that spread replicas choose another device. This cannot be taken back: to return, it must
        enrol again.
      </p>
    </ConfirmButton>
  )
}

function CertificateState({ certificate: { revokedAtMs, expiresAtMs } }: { readonly certificate: Certificate }) {
  if (revokedAtMs !== undefined) {
    return (
      <State tone="bad" icon={CircleX}>
        Revoked
      </State>
    )
  }
  if (expiresAtMs < Date.now()) {
    return (
      <State tone="warn" icon={TriangleAlert}>
        Ended
      </State>
    )
  }
  return (
    <State tone="ok" icon={CircleCheck}>
      Valid
    </State>
  )
}
