/** Watches devices arrive that enrolled since the token was made. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck, LoaderCircle } from 'lucide-react'
import { someDevices } from '../../api/queries.ts'
import { Panel } from '../../design/panel.tsx'
import { PresenceState } from '../../design/states.tsx'
import { plural } from '../../design/text.ts'
import { Ago } from '../../design/time.tsx'

const POLL_MS = 1_500
const MOST = 10_000
const SHOWN = 20

export function Arrivals({ sinceMs, expected }: { readonly sinceMs: number; readonly expected: number }) {
  const { data } = useQuery({ ...someDevices({ limit: MOST }), refetchInterval: POLL_MS })
  const arrived = (data?.items ?? [])
    .filter(({ enrolledAtMs }) => enrolledAtMs >= sinceMs)
    .sort((a, b) => b.enrolledAtMs - a.enrolledAtMs)
  const waiting = arrived.length < expected
  return (
    <Panel
      flush
      title={
        <span role="status" className="flex items-center gap-2">
          {waiting ? (
            <LoaderCircle aria-hidden className="size-4 animate-spin text-accent" />
          ) : (
            <CircleCheck aria-hidden className="size-4 text-ok" />
          )}
          {arrived.length === 0
            ? 'Waiting for the device'
            : `${plural(arrived.length, 'device')} of ${expected} arrived`}
        </span>
      }
    >
      {arrived.length === 0 ? (
        <p className="px-4 py-5 text-muted">
          It shows here within seconds of the command. Nothing else needs to be done on this page.
        </p>
      ) : (
        <ul>
          {arrived.slice(0, SHOWN).map((device) => (
            <li
              key={device.id}
              className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-2.5 last:border-0"
            >
              <Link
                to="/devices/$device"
                params={{ device: device.id }}
                className="min-w-40 flex-1 font-medium hover:underline"
              >
                {device.name}
              </Link>
              <span className="text-muted">{device.model ?? 'has not told what it is yet'}</span>
              <PresenceState presence={device.presence} />
              <span className="text-xs text-muted">
                <Ago atMs={device.enrolledAtMs} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
