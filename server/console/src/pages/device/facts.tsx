import { Link } from '@tanstack/react-router'
import { Camera, CircleCheck, Cpu, Plug, TriangleAlert } from 'lucide-react'
import type { DeviceDetail } from '../../api/queries.ts'
import { Chip, State } from '../../design/badge.tsx'
import { EmptyState } from '../../design/empty-state.tsx'
import { Facts, Panel } from '../../design/panel.tsx'
import { bytes, hertz, interfaceName, number } from '../../design/text.ts'
import { Ago } from '../../design/time.tsx'

type Inventory = DeviceDetail['inventory']

export function FactsPanel({ device }: { readonly device: DeviceDetail }) {
  const { inventory, reported } = device
  return (
    <Panel
      title="Facts"
      icon={Cpu}
      aside={
        device.inventoryAtMs !== undefined && (
          <>
            told <Ago atMs={device.inventoryAtMs} />
          </>
        )
      }
    >
      {inventory === undefined ? (
        <p className="text-muted">The device has not told anything of itself yet. It does when it first connects.</p>
      ) : (
        <Facts
          items={[
            ['Board', inventory.platform.model],
            ['System', `${inventory.platform.operatingSystem}, ${inventory.platform.architecture}`],
            ['Cores', number(inventory.platform.cpuCount)],
            ['Memory for instances', bytes(inventory.platform.memoryBytes)],
            ['Storage', bytes(inventory.platform.storageBytes)],
            ['Agent', inventory.agent.version],
            [
              'Clock',
              inventory.clockSynchronised ? (
                <State key="clock" tone="ok" icon={CircleCheck}>
                  Synchronised
                </State>
              ) : (
                <State key="clock" tone="warn" icon={TriangleAlert}>
                  Not synchronised
                </State>
              ),
            ],
            ['Enrolled', <Ago key="enrolled" atMs={device.enrolledAtMs} />],
            ...(reported === undefined
              ? []
              : [
                  [
                    'Outbox',
                    reported.outbox.held === 0
                      ? 'empty: the server has all'
                      : `${number(reported.outbox.held)} records (${bytes(reported.outbox.heldBytes)}) wait for the server`,
                  ] as const,
                  ['Records lost', number(reported.outbox.lost)] as const,
                ]),
          ]}
        />
      )}
    </Panel>
  )
}

export function ImagersPanel({ inventory }: { readonly inventory: Inventory }) {
  return (
    <Panel title="Imagers" icon={Camera} flush>
      {inventory === undefined || inventory.imagers.length === 0 ? (
        <EmptyState icon={Camera} title="This device has no imager">
          Components that need none still run here.{' '}
          <Link to="/components" className="text-accent underline">
            See what each needs
          </Link>
        </EmptyState>
      ) : (
        <ul className="grid overflow-hidden rounded-b-lg md:grid-cols-[repeat(auto-fit,minmax(300px,1fr))]">
          {inventory.imagers.map((imager) => (
            <li key={imager.id} className="p-4 shadow-[0_0_0_1px_var(--color-line)]">
              <h3 className="mb-2 flex items-baseline gap-2">
                <span className="font-mono font-medium">{imager.id}</span>
                <span className="text-muted">
                  {imager.model} · {imager.driver}
                </span>
              </h3>
              <Facts
                items={[
                  ['Largest frame', `${imager.widthPixels} × ${imager.heightPixels} pixels`],
                  ['Frame rate', `up to ${hertz(imager.maxFrameRateMillihertz)}`],
                  ['Colour', imager.colour === 'mono' ? 'Monochrome' : 'Colour'],
                  [
                    'Formats',
                    <span key="formats" className="flex flex-wrap gap-1">
                      {imager.formats.map((format) => (
                        <Chip key={format}>{format}</Chip>
                      ))}
                    </span>,
                  ],
                  ...(imager.exposureMicros === undefined
                    ? []
                    : [
                        [
                          'Exposure',
                          `${number(imager.exposureMicros.min)} to ${number(imager.exposureMicros.max)} µs`,
                        ] as const,
                      ]),
                  ...(imager.gainDecibels === undefined
                    ? []
                    : [
                        [
                          'Gain',
                          `${number(imager.gainDecibels.min)} to ${number(imager.gainDecibels.max)} dB`,
                        ] as const,
                      ]),
                  ['Control', imager.controllable ? 'Exposure, gain, region and rate can be set' : 'Fixed'],
                ]}
              />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

export function CapabilitiesPanel({ inventory }: { readonly inventory: Inventory }) {
  const interfaces = inventory?.interfaces ?? []
  return (
    <Panel title="Capabilities" icon={Plug} aside="Interfaces that the host can link" flush>
      <ul>
        {interfaces.map(({ name, imagers, attributes }) => (
          <li
            key={name}
            className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-2 last:border-0"
          >
            <span className="min-w-0 flex-1 basis-48 font-mono text-xs break-all" title={name}>
              {interfaceName(name)}
            </span>
            {Object.entries(attributes ?? {}).map(([key, value]) => (
              <Chip key={key}>
                {key}={String(value)}
              </Chip>
            ))}
            <span className="text-xs text-muted">
              {imagers === undefined ? 'for all' : `with ${imagers.join(', ')}`}
            </span>
          </li>
        ))}
        {interfaces.length === 0 && <li className="p-4 text-muted">None told yet.</li>}
      </ul>
    </Panel>
  )
}
