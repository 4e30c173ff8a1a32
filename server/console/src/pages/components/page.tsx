import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Component as ComponentIcon, ShieldCheck, Upload } from 'lucide-react'
import { type Component, componentList } from '../../api/queries.ts'
import { useDenied } from '../../api/session.ts'
import { Chip, State } from '../../design/badge.tsx'
import { LinkButton } from '../../design/button.tsx'
import { EmptyState } from '../../design/empty-state.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { PageHeader, Panel } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { Table } from '../../design/table.tsx'
import { bytes, interfaceName, plural } from '../../design/text.ts'
import { Ago } from '../../design/time.tsx'

/** Imports that say something about the device; the closed standard interfaces are everywhere. */
export const isNeed = (name: string): boolean => !name.startsWith('wasi:')

export function ComponentsPage() {
  const { data, error, refetch } = useQuery(componentList)
  const denied = useDenied('publisher')
  return (
    <>
      <PageHeader
        title="Components"
        below={
          data === undefined
            ? 'Loading'
            : `${plural(data.items.length, 'version')}. What a component needs is read from its imports; nobody writes it by hand.`
        }
        actions={
          <LinkButton to="/components/push" icon={Upload} variant={denied === undefined ? 'primary' : 'secondary'}>
            Push a component
          </LinkButton>
        }
      />
      {error !== null && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      <Panel flush>
        {data === undefined ? (
          error === null && <Loading />
        ) : data.items.length === 0 ? (
          <EmptyState
            icon={ComponentIcon}
            title="The catalogue is empty"
            command="npm run ocelli -- push my-component.wasm"
            actions={
              <LinkButton to="/components/push" icon={Upload} variant="primary">
                Push a component
              </LinkButton>
            }
          >
            Build a component, sign it, and push it here or in a terminal:
          </EmptyState>
        ) : (
          <Table
            label="Component versions"
            rows={data.items}
            rowKey={({ name, version }) => `${name}@${version}`}
            columns={[
              {
                id: 'name',
                title: 'Component',
                cell: ({ name, version }) => (
                  <Link
                    to="/components/$name/$version"
                    params={{ name, version }}
                    className="font-medium whitespace-nowrap hover:underline"
                  >
                    {name} <span className="text-muted">{version}</span>
                  </Link>
                ),
              },
              {
                id: 'needs',
                title: 'Needs',
                from: 'sm',
                cell: ({ imports }) => <Interfaces names={imports.filter(isNeed)} />,
              },
              {
                id: 'offers',
                title: 'Exports',
                from: 'lg',
                cell: ({ exports }) => <Interfaces names={exports.filter(isNeed)} />,
              },
              { id: 'signed', title: 'Signed by', cell: (row) => <Publisher component={row} /> },
              {
                id: 'size',
                title: 'Size',
                align: 'right',
                cell: ({ sizeBytes }) => <span className="whitespace-nowrap">{bytes(sizeBytes)}</span>,
              },
              { id: 'pushed', title: 'Pushed', from: 'md', cell: ({ pushedAtMs }) => <Ago atMs={pushedAtMs} /> },
            ]}
          />
        )}
      </Panel>
    </>
  )
}

function Interfaces({ names }: { readonly names: readonly string[] }) {
  if (names.length === 0) return <span className="text-muted">nothing of the device</span>
  return (
    <span className="flex flex-wrap gap-1">
      {names.map((name) => (
        <Chip key={name} title={name}>
          {interfaceName(name).replace(/@.*/, '')}
        </Chip>
      ))}
    </span>
  )
}

/** Admission refuses what no trusted publisher signed, so what is listed is signed. */
function Publisher({ component }: { readonly component: Component }) {
  return (
    <State tone="ok" icon={ShieldCheck} title={`Signature ${component.signature}`}>
      {component.publisher}
    </State>
  )
}
