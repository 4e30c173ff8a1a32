import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Boxes, Camera, CircleCheck, CircleX, FileCode, Plug, ShieldCheck, Waypoints } from 'lucide-react'
import type { Answer } from '../../api/client.ts'
import { component, componentFit, trust } from '../../api/queries.ts'
import { Chip, State } from '../../design/badge.tsx'
import { LinkButton } from '../../design/button.tsx'
import { CopyButton } from '../../design/command.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Facts, PageHeader, Panel } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { Table } from '../../design/table.tsx'
import { bytes, dateTime, hertz, interfaceName, plural, shortDigest } from '../../design/text.ts'
import { Refusals } from '../deployments/refusals.tsx'
import { useRunners } from './runners.ts'

const route = getRouteApi('/components/$name/$version')
type Needs = Answer<'getComponent'>['needs']

export function ComponentPage() {
  const { name, version } = route.useParams()
  const { data, error, refetch } = useQuery(component(name, version))
  const fit = useQuery(componentFit(name, version))
  const trusted = useQuery(trust)
  const runners = useRunners(`${name}@${version}`)
  if (data === undefined) {
    return error === null ? <Loading rows={8} /> : <ErrorNotice error={error} onRetry={() => void refetch()} />
  }
  const publisher = trusted.data?.document.publishers.find(({ id }) => id === data.publisher)
  const placed = fit.data?.decisions.filter(({ outcome }) => outcome === 'placed').length
  return (
    <>
      <PageHeader
        above={
          <Link to="/components" className="hover:underline">
            Components
          </Link>
        }
        title={
          <>
            {name} <span className="text-muted">{version}</span>
          </>
        }
        below={
          fit.data === undefined
            ? bytes(data.sizeBytes)
            : `${bytes(data.sizeBytes)}; ${placed} of ${plural(fit.data.decisions.length, 'device')} could run it alone`
        }
        actions={
          <LinkButton
            to="/deployments/new"
            search={{ component: `${name}@${version}` }}
            icon={Waypoints}
            variant="primary"
          >
            Deploy it
          </LinkButton>
        }
      />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 xl:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)]">
        <div className="space-y-4">
          <Panel title="What it needs of a device" icon={Plug} flush aside="Derived from its imports">
            {fit.error !== null ? (
              <div className="p-4">
                <ErrorNotice error={fit.error} onRetry={() => void fit.refetch()} />
              </div>
            ) : fit.data === undefined ? (
              <Loading rows={3} />
            ) : fit.data.requirements.length === 0 ? (
              <p className="p-4 text-muted">
                Nothing that a device would have to offer: it runs wherever there is memory for it.
              </p>
            ) : (
              <Table
                label="Requirements"
                rows={fit.data.requirements}
                rowKey={(row) => row.interface}
                columns={[
                  {
                    id: 'interface',
                    title: 'Import, as it is granted',
                    cell: (row) => (
                      <span className="font-mono text-xs max-sm:break-all sm:whitespace-nowrap">
                        {row.grant}
                        <span className="text-muted">@{row.interface.split('@')[1]}</span>
                      </span>
                    ),
                  },
                  {
                    id: 'devices',
                    title: 'Devices that offer it',
                    align: 'right',
                    cell: ({ devices }) => (
                      <State tone={devices > 0 ? 'ok' : 'bad'} icon={devices > 0 ? CircleCheck : CircleX}>
                        {devices} of {fit.data.decisions.length}
                      </State>
                    ),
                  },
                  {
                    id: 'providers',
                    title: 'Components that export it',
                    from: 'md',
                    cell: ({ providers }) => providers.join(', ') || '–',
                  },
                ]}
              />
            )}
          </Panel>
          <Panel title="Who could run it" icon={Camera} aside="Alone, and granted all it asks for" flush>
            {fit.data === undefined ? <Loading rows={3} /> : <Refusals decisions={fit.data.decisions} />}
          </Panel>
          <Panel title="World" icon={FileCode} flush aside={<CopyButton text={data.wit} label="Copy the WIT" />}>
            <pre
              // biome-ignore lint/a11y/noNoninteractiveTabindex: long text is scrolled with the arrow keys
              tabIndex={0}
              className="max-h-96 overflow-auto p-4 font-mono text-xs"
            >
              {data.wit}
            </pre>
          </Panel>
        </div>
        <div className="space-y-4">
          <Panel title="Signature" icon={ShieldCheck}>
            <Facts
              items={[
                [
                  'State',
                  <State key="state" tone="ok" icon={ShieldCheck}>
                    Signed by {data.publisher}
                  </State>,
                ],
                [
                  'May publish',
                  publisher === undefined ? 'Not in the trust document any more' : publisher.names.join(', '),
                ],
                ['Digest', <Digest key="digest" text={data.digest} />],
                ['Envelope', <Digest key="envelope" text={data.signature} />],
                ['Pushed', dateTime(data.pushedAtMs)],
              ]}
            />
          </Panel>
          <Panel title="Imager and memory" icon={Camera}>
            <Facts items={needItems(data.needs)} />
          </Panel>
          <Panel title="Who runs it" icon={Boxes} flush>
            {runners.length === 0 ? (
              <p className="p-4 text-muted">No deployment uses this version now.</p>
            ) : (
              <ul>
                {runners.map((one) => (
                  <li key={one.name} className="flex items-center gap-3 border-b border-line px-4 py-2.5 last:border-0">
                    <Link
                      to="/deployments/$name"
                      params={{ name: one.name }}
                      className="flex-1 font-medium hover:underline"
                    >
                      {one.name}
                    </Link>
                    <span className="text-muted">{plural(one.instances, 'instance')}</span>
                  </li>
                ))}
              </ul>
            )}
          </Panel>
          <Panel title="Exports" icon={Plug}>
            <div className="flex flex-wrap gap-1.5">
              {data.exports.map((one) => (
                <Chip key={one} title={one}>
                  {interfaceName(one)}
                </Chip>
              ))}
              {data.exports.length === 0 && <span className="text-muted">Nothing.</span>}
            </div>
          </Panel>
        </div>
      </div>
    </>
  )
}

function Digest({ text }: { readonly text: string }) {
  return (
    <span className="inline-flex items-center font-mono text-xs" title={text}>
      {shortDigest(text)}…
      <CopyButton text={text} label="Copy the whole digest" />
    </span>
  )
}

function needItems({ imager, memoryBytes }: Needs): readonly (readonly [string, string])[] {
  const items: (readonly [string, string])[] = []
  if (imager?.minWidthPixels !== undefined) items.push(['Width', `at least ${imager.minWidthPixels} pixels`])
  if (imager?.minHeightPixels !== undefined) items.push(['Height', `at least ${imager.minHeightPixels} pixels`])
  if (imager?.formats !== undefined) items.push(['Formats', imager.formats.join(', ')])
  if (imager?.colour !== undefined) items.push(['Colour', imager.colour ? 'Colour' : 'Monochrome'])
  if (imager?.minFrameRateMillihertz !== undefined)
    items.push(['Frame rate', `at least ${hertz(imager.minFrameRateMillihertz)}`])
  if (imager?.exclusive !== undefined) items.push(['Imager', imager.exclusive ? 'For itself alone' : 'Shared'])
  items.push(['Memory', memoryBytes === undefined ? 'Not said; the deployment limits it' : bytes(memoryBytes)])
  return items
}
