// uptime-note: says how long it has been running. It needs no imager, so every device can run it.
import { publish as publishEvent } from 'ocelli:sensing/events@0.1.0'
import { publish as publishMeasurement } from 'ocelli:sensing/measurements@0.1.0'
import { now } from 'wasi:clocks/monotonic-clock@0.2.0'
import { get } from 'wasi:config/store@0.2.0-draft'
import { log } from 'wasi:logging/logging@0.1.0-draft'

/** QuickJS gives an u64 as a number where it is small enough and as a bigint where not. */
const seconds = (): number => Number(now()) / 1e9

let started: number | undefined

export const intervalHandler = {
  /** Publishes `uptime` in seconds; the first time, the event `started` and a line in the log with the configured note. */
  onInterval(): void {
    if (started === undefined) {
      started = seconds()
      publishEvent('started', 'info', [])
      log('info', 'uptime-note', get('note') ?? 'running')
    }
    publishMeasurement('uptime', 's', seconds() - started, [])
  },
}
