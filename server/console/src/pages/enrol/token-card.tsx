import { useQuery } from '@tanstack/react-query'
import { TriangleAlert } from 'lucide-react'
import { toString as drawCode } from 'qrcode'
import { Command } from '../../design/command.tsx'
import { Panel } from '../../design/panel.tsx'
import { plural } from '../../design/text.ts'
import { Ago } from '../../design/time.tsx'
import type { CreatedToken } from './page.tsx'

/** The token, shown once: the command to run on the device, and a code to scan where typing is hard. */
export function TokenCard({ created }: { readonly created: CreatedToken }) {
  const { data: code } = useQuery({
    queryKey: ['code', created.id],
    queryFn: () => drawCode(created.token, { type: 'svg', margin: 1, errorCorrectionLevel: 'L' }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  return (
    <Panel title="Run this on the device">
      <div className="flex flex-wrap gap-6">
        <div className="min-w-0 flex-1 basis-72 space-y-3">
          <Command wrap text={`ocelli-agent join ${created.token} && ocelli-agent run`} />
          <p className="flex gap-2 text-muted">
            <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
            <span>
              The token is shown once. It lets {plural(created.uses, 'device')} in and ends{' '}
              <Ago atMs={created.expiresAtMs} />.
            </span>
          </p>
        </div>
        {code !== undefined && (
          <img
            alt="The token as a QR code"
            src={`data:image/svg+xml;utf8,${encodeURIComponent(code)}`}
            className="size-44 rounded-md border border-line bg-white p-1"
          />
        )}
      </div>
    </Panel>
  )
}
