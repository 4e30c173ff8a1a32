import { TriangleAlert } from 'lucide-react'
import type { DeviceDetail } from '../../api/queries.ts'
import { Panel } from '../../design/panel.tsx'
import { Ago } from '../../design/time.tsx'

/** Messages of the device that the server refused. */
export function ProblemsPanel({ problems }: { readonly problems: DeviceDetail['problems'] }) {
  return (
    <Panel title="Refused messages" icon={TriangleAlert} flush aside="Since the control plane started">
      <ul>
        {problems.map(({ code, message, topic, count, atMs }) => (
          <li key={`${topic}/${code}/${atMs}`} className="border-b border-line px-4 py-2 last:border-0">
            <p className="break-words">{message}</p>
            <p className="text-xs text-muted">
              <span className="font-mono">{code}</span> on {topic} · {count > 1 ? `${count} times, last ` : ''}
              <Ago atMs={atMs} />
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
