/** What the sensors put out: one measurement over time, or a wall of imagers. */
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Activity, Grid3x3, LineChart } from 'lucide-react'
import { useMemo } from 'react'
import { deployments, type Output, outputs, records } from '../../api/queries.ts'
import { LinkButton } from '../../design/button.tsx'
import { EmptyState } from '../../design/empty-state.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Segmented, Select } from '../../design/field.tsx'
import { PageHeader, Panel } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { plural } from '../../design/text.ts'
import { OverTime } from './over-time.tsx'
import { Wall } from './wall.tsx'

const route = getRouteApi('/sensors')
const ALL = ''

export function SensorsPage() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/sensors' })
  const deployed = useQuery(deployments)
  const { data, error, refetch } = useQuery(outputs({}))
  const view = search.view === 'wall' ? 'wall' : 'time'
  const set = (part: Partial<Record<keyof typeof search, string | undefined>>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true })
  const inDeployment = useMemo(
    () =>
      (data?.items ?? []).filter(
        ({ deploymentName }) => search.deployment === undefined || deploymentName === search.deployment,
      ),
    [data, search.deployment],
  )
  // What an imager sees goes before what a device says of itself, and what is drawn as boxes goes first.
  const detecting = useQuery({ ...records({ kind: ['detections'], limit: 200 }), gcTime: 60_000 })
  const detectors = new Set(detecting.data?.map(({ deploymentName }) => deploymentName))
  const seen = (list: readonly Output[]) =>
    list.filter(({ imager, deploymentName }) => imager !== undefined && detectors.has(deploymentName)).length * 1_000 +
    list.filter(({ imager }) => imager !== undefined).length
  const names = [...Map.groupBy(inDeployment, ({ name }) => name)].sort(
    (a, b) => seen(b[1]) - seen(a[1]) || b[1].length - a[1].length,
  )
  const name = names.find(([one]) => one === search.name)?.[0] ?? names[0]?.[0]
  const shown = useMemo(() => inDeployment.filter((output) => output.name === name), [inDeployment, name])
  return (
    <>
      <PageHeader
        title="Sensors"
        below="Numbers, events and detections leave a device; pixels only where a deployment was granted images."
        actions={
          <Segmented
            label="View"
            value={view}
            onChange={(value) => set({ view: value === 'time' ? undefined : value })}
            options={[
              {
                value: 'time',
                label: (
                  <>
                    <LineChart aria-hidden className="size-3.5" />
                    Over time
                  </>
                ),
              },
              {
                value: 'wall',
                label: (
                  <>
                    <Grid3x3 aria-hidden className="size-3.5" />
                    Wall
                  </>
                ),
              },
            ]}
          />
        }
      />
      {error !== null && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {data === undefined ? (
        error === null && <Loading rows={8} />
      ) : data.items.length === 0 ? (
        <Panel>
          <EmptyState
            icon={Activity}
            title="No sensor has measured anything yet"
            command="npm run ocelli -- outputs -f"
            actions={<LinkButton to="/deployments">See the deployments</LinkButton>}
          >
            Values show here as soon as an instance with the grant{' '}
            <code className="font-mono text-xs">measurements</code> runs on a device. In a terminal:
          </EmptyState>
        </Panel>
      ) : (
        <>
          <div className="mb-4 flex flex-wrap gap-2">
            <Select
              label="Deployment"
              value={search.deployment ?? ALL}
              onChange={(value) =>
                set({ deployment: value === ALL ? undefined : value, name: undefined, device: undefined })
              }
              options={[
                { value: ALL, label: 'All deployments' },
                ...(deployed.data?.items ?? []).map((one) => ({ value: one.name, label: one.name })),
              ]}
            />
            <Select
              label="Measurement"
              value={name ?? ''}
              onChange={(value) => set({ name: value })}
              options={names.map(([one, list]) => ({
                value: one,
                label: `${one} (${plural(list.length, 'instance')})`,
              }))}
            />
          </div>
          {view === 'wall' ? (
            <Wall outputs={shown} />
          ) : (
            name !== undefined && (
              <OverTime
                key={`${search.deployment}/${name}`}
                name={name}
                deployment={search.deployment}
                outputs={shown}
                chosen={(search.device ?? '').split(',').filter(Boolean)}
                range={search.range}
                onChange={set}
              />
            )
          )}
        </>
      )}
    </>
  )
}
