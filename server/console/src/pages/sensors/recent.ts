/** The last minutes of what sensors put out: read once, then followed live. */
import { useEffect, useRef, useState } from 'react'
import { api, ask } from '../../api/client.ts'
import { knownRecords, type OutputRecord } from '../../api/records.ts'
import { followRecords, type StreamFilter } from '../../api/stream.ts'
import type { Point } from '../../design/sparkline.tsx'

export interface Detections {
  readonly atMs: number
  readonly device: string
  readonly imager: string | undefined
  readonly widthPixels: number
  readonly heightPixels: number
  readonly boxes: readonly {
    readonly class: string
    readonly score: number
    readonly x: number
    readonly y: number
    readonly width: number
    readonly height: number
  }[]
}

export interface Happening {
  readonly atMs: number
  readonly name: string
  readonly severity: string
  readonly device: string
  readonly deviceName: string
}

export interface Recent {
  /** By `instance/name`. */
  readonly measurements: ReadonlyMap<string, readonly Point[]>
  /** The last of each instance. */
  readonly detections: ReadonlyMap<string, Detections>
  readonly events: readonly Happening[]
  readonly live: boolean
}

const NOTHING: Recent = { measurements: new Map(), detections: new Map(), events: [], live: false }
const FIRST = 5_000
const MOST_EVENTS = 500

/** `filter` must keep its identity while it means the same. */
export function useRecent(filter: StreamFilter | undefined, windowMs: number): Recent {
  const [recent, setRecent] = useState<Recent>(NOTHING)
  const held = useRef(NOTHING)
  useEffect(() => {
    held.current = NOTHING
    setRecent(NOTHING)
    if (filter === undefined) return
    let ended = false
    const show = (next: Recent) => {
      held.current = next
      if (!ended) setRecent(next)
    }
    const read = async () => {
      const { kind, ...rest } = filter
      const query = { ...rest, kind: [...(kind ?? [])], fromMs: Date.now() - windowMs, limit: FIRST }
      const answer = await ask(api.GET('/api/v1/records', { params: { query: query as never } })).catch(() => undefined)
      if (!ended && answer !== undefined) show(withRecords(held.current, knownRecords(answer.items), windowMs))
    }
    void read()
    const stop = followRecords(filter, {
      onRecords: (records) => show(withRecords(held.current, records, windowMs)),
      onReset: () => void read(),
      onState: (state) => show({ ...held.current, live: state === 'live' }),
    })
    return () => {
      ended = true
      stop()
    }
  }, [filter, windowMs])
  return recent
}

function withRecords(before: Recent, records: readonly OutputRecord[], windowMs: number): Recent {
  const oldestMs = Date.now() - windowMs
  const added = new Map<string, Point[]>()
  const detections = new Map(before.detections)
  const events = [...before.events]
  for (const output of records) {
    const { record, observedAtMs: atMs, device, deviceName } = output
    if (record.kind === 'measurement') {
      const key = `${record.instance}/${record.name}`
      const points = added.get(key) ?? []
      points.push({ atMs, value: record.value })
      added.set(key, points)
    } else if (record.kind === 'detections') {
      if ((detections.get(record.instance)?.atMs ?? 0) > atMs) continue
      detections.set(record.instance, detectionsOf(output, record))
    } else if (record.kind === 'event') {
      events.push({ atMs, name: record.name, severity: record.severity, device, deviceName })
    }
  }
  const measurements = new Map(before.measurements)
  for (const [key, points] of added) {
    // The first reading and the stream may overlap: the same moment twice is one.
    const all = new Map([...(measurements.get(key) ?? []), ...points].map((point) => [point.atMs, point]))
    measurements.set(
      key,
      [...all.values()].filter(({ atMs }) => atMs >= oldestMs).sort((a, b) => a.atMs - b.atMs),
    )
  }
  return { measurements, detections, events: events.slice(-MOST_EVENTS), live: before.live }
}

type DetectionsRecord = Extract<OutputRecord['record'], { kind: 'detections' }>

export function detectionsOf({ observedAtMs: atMs, device }: OutputRecord, record: DetectionsRecord): Detections {
  const { imager, frameWidthPixels: widthPixels, frameHeightPixels: heightPixels, boxes } = record
  return { atMs, device, imager, widthPixels, heightPixels, boxes }
}

/** What one imager saw last, whichever instance said so. */
export function seenBy(
  all: Iterable<Detections>,
  place: { readonly device: string; readonly imager?: string | undefined },
): Detections | undefined {
  return [...all]
    .filter(({ device, imager }) => imager !== undefined && device === place.device && imager === place.imager)
    .sort((a, b) => b.atMs - a.atMs)[0]
}
