/**
 * The store in memory, for the deterministic simulation and for tests: no timers, no chance of its own, nothing of the
 * platform. What happens in which order is decided by `latency`, and what a crash keeps by the caller of the disk.
 */
import { alertStore } from './memory/alerts.ts'
import { catalogueStore } from './memory/catalogue.ts'
import { deviceStore } from './memory/devices.ts'
import { type Apply, MemoryDisk } from './memory/disk.ts'
import { historyStore } from './memory/history.ts'
import { identityStore } from './memory/identity.ts'
import { intentStore } from './memory/intent.ts'
import { rangeStore } from './memory/ranges.ts'
import { rolloutStore } from './memory/rollouts.ts'
import { sumStore } from './memory/sums.ts'
import { telemetryStore } from './memory/telemetry.ts'
import type { Store } from './store.ts'

export { MemoryDisk } from './memory/disk.ts'

export interface MemoryStoreOptions {
  /** What outlives a crash; several stores on one disk are replicas. Absent: a disk of its own. */
  readonly disk?: MemoryDisk
  /** Waited for twice in each transaction: until it is durable, and until its answer arrives. Absent: one turn. */
  readonly latency?: () => Promise<void>
}

/** Runs a transaction to its durable end. */
export type Transact = <T>(apply: Apply<T>) => Promise<T>

export function createMemoryStore(options: MemoryStoreOptions = {}): Store {
  const disk = options.disk ?? new MemoryDisk()
  const latency = options.latency ?? (() => Promise.resolve())
  const session = disk.open()
  const transact: Transact = (apply) => disk.run(session, latency, apply)
  const listen = (listeners: Set<() => void>) => (listener: () => void) => {
    const own = () => listener()
    listeners.add(own)
    return () => void listeners.delete(own)
  }
  return {
    ...identityStore(transact),
    ...deviceStore(transact),
    ...catalogueStore(transact),
    ...intentStore(transact, listen(session.onIntent)),
    ...rolloutStore(transact),
    ...telemetryStore(transact, listen(session.onRecords)),
    ...rangeStore(transact),
    ...historyStore(transact),
    ...sumStore(transact),
    ...alertStore(transact),
    lead: () =>
      transact(() => {
        disk.leader ??= session
        return disk.leader === session
      }),
    resign: () =>
      transact(() => {
        if (disk.leader === session) disk.leader = undefined
      }),
    async close() {
      disk.close(session)
    },
  }
}
