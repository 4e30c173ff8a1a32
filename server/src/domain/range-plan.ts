/** What a question about measurements over time reads: which records or sums, and how wide its buckets are. */

export type RangeSource = 'raw' | 'minute' | 'hour'

export interface RangePlan {
  readonly source: RangeSource
  /** Multiples of the interval around what was asked for. */
  readonly fromMs: number
  readonly toMs: number
  readonly intervalMs: number
}

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Widths that people read easily; each of a minute or more is a multiple of the source's width. */
const WIDTHS_MS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1000),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12, 24].map((hours) => hours * HOUR_MS),
] as const

/** Records of a few devices are read by index up to this; of all devices only so far, as they are many. */
const RAW_OF_FEW_MS = DAY_MS
const RAW_OF_MANY_MS = 10 * MINUTE_MS

const SOURCE_MS: Readonly<Record<RangeSource, number>> = { raw: 1, minute: MINUTE_MS, hour: HOUR_MS }

/** `few`: what is asked for is of a handful of devices. `fromMs` is below `toMs`. */
export function planRange(request: {
  readonly fromMs: number
  readonly toMs: number
  readonly resolution: RangeSource | 'auto'
  readonly maxPoints: number
  readonly few: boolean
}): RangePlan {
  const spanMs = request.toMs - request.fromMs
  // One bucket more than the span is wide may be touched at its ends.
  const wanted = spanMs / Math.max(1, request.maxPoints - 1)
  const source = request.resolution === 'auto' ? sourceFor(wanted, spanMs, request.few) : request.resolution
  const intervalMs = widthFor(Math.max(wanted, SOURCE_MS[source]))
  const fromMs = request.fromMs - (request.fromMs % intervalMs)
  const over = request.toMs % intervalMs
  return { source, intervalMs, fromMs, toMs: over === 0 ? request.toMs : request.toMs - over + intervalMs }
}

function sourceFor(widthMs: number, spanMs: number, few: boolean): RangeSource {
  if (widthFor(widthMs) >= HOUR_MS) return 'hour'
  if (widthFor(widthMs) >= MINUTE_MS) return 'minute'
  return spanMs <= (few ? RAW_OF_FEW_MS : RAW_OF_MANY_MS) ? 'raw' : 'minute'
}

function widthFor(ms: number): number {
  return WIDTHS_MS.find((width) => width >= ms) ?? Math.ceil(ms / DAY_MS) * DAY_MS
}

/** The usual distance between two points: that of most neighbours, and at least the width of a bucket. */
export function expectedIntervalMs(atMs: readonly number[], intervalMs: number): number {
  const distances = atMs.slice(1).map((at, index) => at - (atMs[index] ?? at))
  const middle = distances.sort((a, b) => a - b)[Math.floor((distances.length - 1) / 2)]
  return Math.max(intervalMs, middle ?? intervalMs)
}
