/** How many records come in, read off a counter now and then: nothing is counted twice, and nothing on the way of a record. */

import { SILENT } from '../log.ts'
import { type Loop, startLoop } from '../loops/loop.ts'
import type { Clock } from '../ports.ts'

const SAMPLE_MS = 5_000
const SAMPLES_A_MINUTE = 60_000 / SAMPLE_MS
/** Minutes that are remembered. */
const MINUTES = 60

export interface IngestRate {
  /** Over the last minute, or since the start. */
  perSecond(): number
  /** In each of the last whole minutes, oldest first. */
  history(): number[]
  stop(): Promise<void>
}

export function createIngestRate(clock: Clock, total: () => number): IngestRate {
  const startedAtMs = clock.monotonicMs()
  const samples: { readonly atMs: number; readonly total: number }[] = [{ atMs: startedAtMs, total: total() }]
  const minutes: number[] = []
  let taken = 0
  const rateSince = (first: { readonly atMs: number; readonly total: number } | undefined) => {
    const elapsedMs = clock.monotonicMs() - (first?.atMs ?? startedAtMs)
    return first === undefined || elapsedMs <= 0 ? 0 : ((total() - first.total) / elapsedMs) * 1000
  }
  const run = async () => {
    if (++taken % SAMPLES_A_MINUTE === 0) minutes.push(rateSince(samples[0]))
    if (minutes.length > MINUTES) minutes.shift()
    samples.push({ atMs: clock.monotonicMs(), total: total() })
    if (samples.length > SAMPLES_A_MINUTE) samples.shift()
    return undefined
  }
  const loop: Loop = startLoop(clock, SILENT, { name: 'ingestRate', debounceMs: 0, everyMs: SAMPLE_MS, run })
  return { perSecond: () => rateSince(samples[0]), history: () => [...minutes], stop: () => loop.stop() }
}
