/** What runs on the device, and what can be asked of it. */
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Aperture, Boxes, RotateCcw } from 'lucide-react'
import { api, ask } from '../../api/client.ts'
import type { DeviceDetail } from '../../api/queries.ts'
import { useDenied } from '../../api/session.ts'
import { Badge, Chip } from '../../design/badge.tsx'
import { Button, LinkButton } from '../../design/button.tsx'
import { EmptyState } from '../../design/empty-state.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Panel } from '../../design/panel.tsx'
import { InstanceState } from '../../design/states.tsx'
import { bytes, number } from '../../design/text.ts'
import { Ago } from '../../design/time.tsx'
import { toast } from '../../design/toast.tsx'

type Placement = DeviceDetail['placements'][number]
type Reported = NonNullable<DeviceDetail['reported']>['instances'][number]

const WAIT_MS = 15_000
const PICTURES = /\/images(@|$)/

export function InstancesPanel({ device }: { readonly device: DeviceDetail }) {
  const reported = new Map(device.reported?.instances.map((instance) => [instance.id, instance]))
  const extra = (device.reported?.instances ?? []).filter(
    ({ id }) => !device.placements.some((one) => one.instance === id),
  )
  const count = device.placements.length
  return (
    <Panel
      title="Instances"
      icon={Boxes}
      flush
      aside={
        device.converged
          ? 'The device reported the latest desired state'
          : 'The device has not reported the latest desired state yet'
      }
    >
      {count === 0 ? (
        <EmptyState
          icon={Boxes}
          title="Nothing should run here"
          command={`npm run ocelli -- explain deployment NAME --device ${device.name}`}
          actions={<LinkButton to="/deployments/new">Write a deployment</LinkButton>}
        >
          No deployment is placed on this device. A deployment tells for each device why it got an instance or none.
        </EmptyState>
      ) : (
        <ul>
          {device.placements.map((placement) => (
            <Instance
              key={placement.instance}
              device={device}
              placement={placement}
              reported={reported.get(placement.instance)}
            />
          ))}
        </ul>
      )}
      {extra.length > 0 && (
        <p className="border-t border-line px-4 py-2 text-xs text-muted">
          {extra.length} more that should not run any more: {extra.map(({ state }) => state).join(', ')}
        </p>
      )}
    </Panel>
  )
}

interface InstanceProps {
  readonly device: DeviceDetail
  readonly placement: Placement
  readonly reported: Reported | undefined
}

function Instance({ device, placement, reported }: InstanceProps) {
  const { deploymentName, imager, realisation, components, role, instance } = placement
  const facts = reported && [
    ...(reported.restarts > 0 ? [`${number(reported.restarts)} restarts`] : []),
    ...(reported.framesHandled !== undefined ? [`${number(reported.framesHandled)} frames`] : []),
    ...(reported.framesDropped ? [`${number(reported.framesDropped)} frames missed`] : []),
    ...(reported.memoryBytes !== undefined ? [bytes(reported.memoryBytes)] : []),
    ...(reported.outputDroppedBytes ? [`${bytes(reported.outputDroppedBytes)} of output over its budget`] : []),
  ]
  return (
    <li className="border-b border-line px-4 py-3 last:border-0">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-56">
          <Link to="/deployments/$name" params={{ name: deploymentName }} className="font-medium hover:underline">
            {deploymentName}
          </Link>{' '}
          <span className="text-muted">
            revision {placement.revision}
            {imager !== undefined && ` on ${imager}`}
          </span>
          <div className="mt-1 flex flex-wrap items-center gap-1.5">
            <Chip>{realisation}</Chip>
            {components.map((one) => (
              <Chip key={one}>{one}</Chip>
            ))}
            {role === 'shadow' && <Badge tone="info">Shadow: outputs kept apart</Badge>}
          </div>
        </div>
        <div className="basis-40">
          <InstanceState state={reported?.state} healthy={reported?.healthy} />
          {reported !== undefined && (
            <div className="text-xs text-muted">
              since <Ago atMs={reported.sinceMs} />
            </div>
          )}
        </div>
        <div className="min-w-0 flex-1 basis-40 text-xs text-muted">{facts?.join(' · ')}</div>
        <Commands device={device} instance={instance} placement={placement} />
      </div>
      {reported?.error !== undefined && (
        <p className="mt-2 rounded-md bg-bad-soft px-3 py-2 break-words">
          {reported.error.message} <span className="font-mono text-2xs text-muted">{reported.error.code}</span>
        </p>
      )}
    </li>
  )
}

function Commands({
  device,
  instance,
  placement,
}: {
  readonly device: DeviceDetail
  readonly instance: string
  readonly placement: Placement
}) {
  const denied = useDenied('operator')
  const away =
    device.presence === 'online' ? undefined : `The device is ${device.presence}: a command would not reach it`
  const granted = placement.grants.some((grant) => PICTURES.test(grant))
  const send = useMutation({
    mutationFn: async (action: 'restart' | 'snapshot') => {
      const done = await ask(
        api.POST('/api/v1/devices/{device}/commands', {
          params: { path: { device: device.id }, query: { waitMs: WAIT_MS } },
          body: { instance, action, timeoutMs: WAIT_MS },
        }),
      )
      if (done.state !== 'done') throw new Error(done.error?.message ?? `The command ended ${done.state}`)
      return action
    },
    onSuccess: (action) =>
      toast(
        action === 'restart'
          ? `${placement.deploymentName} restarted on ${device.name}`
          : `${device.name} took a picture`,
      ),
  })
  return (
    <div className="flex flex-wrap gap-2">
      <Button
        size="sm"
        icon={RotateCcw}
        denied={denied ?? away}
        busy={send.isPending && send.variables === 'restart'}
        onClick={() => send.mutate('restart')}
      >
        Restart
      </Button>
      <Button
        size="sm"
        icon={Aperture}
        denied={
          denied ??
          away ??
          (granted ? undefined : 'This instance has no grant `images`: pixels do not leave the device')
        }
        busy={send.isPending && send.variables === 'snapshot'}
        onClick={() => send.mutate('snapshot')}
      >
        Take a picture
      </Button>
      {send.error !== null && (
        <div className="w-full">
          <ErrorNotice error={send.error} />
        </div>
      )}
    </div>
  )
}
