import { useQuery } from '@tanstack/react-query'
import { Activity, CircleCheck, CircleX, Server } from 'lucide-react'
import type { Answer } from '../../api/client.ts'
import { authorisedFetch } from '../../api/client.ts'
import { status } from '../../api/queries.ts'
import { State } from '../../design/badge.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Facts, Panel } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { dateTime, number, sentence } from '../../design/text.ts'

type Health = Answer<'getReadiness'>

export function ServerPanel() {
  const { data, error, refetch } = useQuery(status)
  const ready = useQuery({
    queryKey: ['ready'],
    queryFn: async ({ signal }): Promise<Health> =>
      (await authorisedFetch(new Request(`${location.origin}/readyz`, { signal }))).json(),
    refetchInterval: 5_000,
  })
  if (error !== null) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Loading />
  const { server, telemetry } = data
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Panel title="Control plane" icon={Server}>
        <Facts
          items={[
            ['Version', server.version],
            ['Started', dateTime(server.startedAtMs)],
            ['Database', server.database],
            ['Runs the loops', server.leader ? 'Yes, this process leads' : 'No, another replica leads'],
            ['Epoch', server.epoch],
            ['Devices enrol at', server.deviceUrl ?? 'nowhere'],
            ['Devices connect to', server.mqttUrl ?? 'nowhere'],
          ]}
        />
      </Panel>
      <Panel title="Checks" icon={Activity}>
        <Facts
          items={[
            ...(ready.data?.checks ?? []).map(
              ({ name, ok, message }) =>
                [
                  sentence(name),
                  <State key={name} tone={ok ? 'ok' : 'bad'} icon={ok ? CircleCheck : CircleX}>
                    {ok ? 'Works' : (message ?? 'Fails')}
                  </State>,
                ] as const,
            ),
            ['Records committed', number(telemetry.records)],
            ['Batches', number(telemetry.batches)],
            ['Refused', number(telemetry.refused)],
          ]}
        />
      </Panel>
    </div>
  )
}
