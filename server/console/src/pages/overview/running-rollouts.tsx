import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Rocket } from 'lucide-react'
import { rollouts } from '../../api/queries.ts'
import { Panel } from '../../design/panel.tsx'
import { Shares } from '../../design/progress.tsx'
import { PhaseBadge, progressParts } from '../rollouts/looks.tsx'

export function RunningRollouts() {
  const { data } = useQuery(rollouts('active'))
  const running = data?.items.filter(({ ended, staged }) => !ended && staged) ?? []
  return (
    <Panel
      title="Running rollouts"
      icon={Rocket}
      aside={
        <Link to="/rollouts" className="text-accent hover:underline">
          All
        </Link>
      }
      flush
    >
      {running.length === 0 ? (
        <p className="px-4 py-5 text-muted">
          None. A new revision with <code className="font-mono text-xs">rollout.waves</code> moves in steps and shows
          here.
        </p>
      ) : (
        <ul>
          {running.map((rollout) => (
            <li
              key={`${rollout.name}/${rollout.revision}`}
              className="space-y-2 border-b border-line px-4 py-3 last:border-0"
            >
              <div className="flex items-center gap-3">
                <Link
                  to="/rollouts/$name"
                  params={{ name: rollout.name }}
                  className="min-w-0 flex-1 truncate font-medium hover:underline"
                >
                  {rollout.name} <span className="text-muted">revision {rollout.revision}</span>
                </Link>
                <PhaseBadge phase={rollout.phase} />
              </div>
              <Shares thin label="Devices by progress" parts={progressParts(rollout.counts)} />
              <p className="text-xs text-muted">
                Wave {rollout.wave} of {rollout.waves} · {rollout.counts.healthy} of {rollout.members} devices healthy
              </p>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
