/** Drops history that nobody wants any more, a partition or some thousand rows at a time. */
import type { Retention } from '@ocelli/schemas/api/alert'
import type { Log } from '../log.ts'
import type { Clock } from '../ports.ts'
import type { RangeStore } from '../store/monitoring.ts'
import { type Loop, startLoop } from './loop.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** How long history is kept where nobody says otherwise. */
export const RETENTION: Retention = {
  measurementsMs: 14 * DAY_MS,
  logsMs: 14 * DAY_MS,
  eventsMs: 90 * DAY_MS,
  minutesMs: 90 * DAY_MS,
  hoursMs: 730 * DAY_MS,
  historyMs: 365 * DAY_MS,
}

const EVERY_MS = HOUR_MS
/** Rows in one transaction: some tens of milliseconds. */
const STEP = 2_000
const PAUSE_MS = 50

export function createRetention(ports: {
  readonly store: Pick<RangeStore, 'dropExpired'>
  readonly clock: Clock
  readonly log: Log
  readonly isLeader: () => boolean
  readonly defaults: Retention
}): Loop {
  const { store, clock, log, defaults } = ports
  const run = async () => {
    if (!ports.isLeader()) return undefined
    const { partitions, rows, more } = await store.dropExpired(defaults, clock.wallMs(), STEP)
    if (partitions.length > 0 || rows > 0) log.info({ partitions, rows }, 'history was dropped')
    return more ? PAUSE_MS : undefined
  }
  return startLoop(clock, log, { name: 'retention', debounceMs: 0, everyMs: EVERY_MS, run })
}
