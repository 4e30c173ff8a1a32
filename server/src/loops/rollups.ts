/**
 * Keeps the sums by minute and hour up to date. Each step is one transaction that moves a cursor, so the loop may be
 * cut off anywhere and run in several replicas: what one has added, the others no longer find.
 */
import type { Log } from '../log.ts'
import type { Clock } from '../ports.ts'
import type { RangeStore } from '../store/monitoring.ts'
import type { TelemetryStore } from '../store/store.ts'
import { type Loop, startLoop } from './loop.ts'

/** Gathers: the sums of ten seconds cost hardly more than those of one. A chart's last points come over the stream. */
const DEBOUNCE_MS = 2_000
/** A lost wake is made good by this. */
const EVERY_MS = 15_000
/** Records in one transaction: about 50 ms of an embedded database, which does nothing else meanwhile. */
const STEP = 5_000
/** From one full step to the next: others use the database as well. */
const PAUSE_MS = 10

export function createRollups(ports: {
  readonly store: Pick<RangeStore, 'rollUp'> & Pick<TelemetryStore, 'onRecords'>
  readonly clock: Clock
  readonly log: Log
  readonly isLeader: () => boolean
  /** New sums are there. */
  readonly onSums?: () => void
}): Loop {
  const { store, clock, log } = ports
  const run = async () => {
    if (!ports.isLeader()) return undefined
    const added = await store.rollUp(STEP, clock.wallMs())
    if (added > 0) ports.onSums?.()
    return added >= STEP ? PAUSE_MS : undefined
  }
  const loop = startLoop(clock, log, { name: 'rollups', debounceMs: DEBOUNCE_MS, everyMs: EVERY_MS, run })
  const endWakes = store.onRecords(() => loop.wake())
  return {
    wake: () => loop.wake(),
    async stop() {
      endWakes()
      await loop.stop()
    },
  }
}
