/** What one imager sees: detections as boxes, over its last picture where pixels were granted to leave. */
import { useQuery } from '@tanstack/react-query'
import { images } from '../../api/queries.ts'
import { FieldOfView } from './field-of-view.tsx'
import { Picture } from './picture.tsx'
import type { Detections } from './recent.ts'

interface Props {
  readonly device: string
  readonly imager: string | undefined
  readonly detections: Detections | undefined
  readonly compact?: boolean
  /** How often a new picture is looked for. */
  readonly everyMs?: number
}

const EVERY_MS = 3_000

export function Seen({ device, imager, detections, compact = false, everyMs = EVERY_MS }: Props) {
  const { data } = useQuery({ ...images(device), refetchInterval: everyMs })
  const [last] = (data?.items ?? [])
    .filter((one) => imager !== undefined && one.imager === imager)
    .sort((a, b) => b.receivedAtMs - a.receivedAtMs)
  const picture = last && (
    <Picture device={device} instance={last.instance} name={last.name} version={last.receivedAtMs} />
  )
  if (detections === undefined) {
    return (
      picture ?? (
        <div className="grid aspect-4/3 place-items-center rounded-md border border-line bg-sunken text-xs text-muted">
          Only numbers leave this device
        </div>
      )
    )
  }
  return (
    <FieldOfView
      compact={compact}
      detections={detections}
      {...(picture !== undefined && { picture, pictureAtMs: last?.receivedAtMs })}
    />
  )
}
