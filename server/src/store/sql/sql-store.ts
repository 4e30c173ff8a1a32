/** The store in SQL: one set of queries, whether the database is embedded or a server. */
import type { LeadershipStore, Store } from '../store.ts'
import { alertStore } from './alerts.ts'
import { catalogueStore } from './catalogue.ts'
import type { InCopyTransaction } from './copy.ts'
import type { Database } from './database.ts'
import { DeviceCache } from './device-cache.ts'
import { deviceStore } from './devices.ts'
import { historyStore } from './history.ts'
import { identityStore } from './identity.ts'
import { intentStore } from './intent.ts'
import { partitionKeeper } from './partitions.ts'
import { rangeStore } from './range-store.ts'
import { RecentRecords } from './recent-records.ts'
import { adoptRestoredRecords } from './restored.ts'
import { RolloutCache } from './rollout-cache.ts'
import { rolloutStore } from './rollouts.ts'
import { sumStore } from './sums.ts'
import { readBeside, telemetryReader } from './telemetry.ts'
import { commitBatches } from './telemetry-commit.ts'
import { type QueueLimits, TelemetryQueue } from './telemetry-queue.ts'

export interface SqlStoreParts {
  readonly database: Database
  readonly queue: QueueLimits
  readonly inCopyTransaction: InCopyTransaction
  /** No other process writes to the database: what was written last need not be read from it. */
  readonly isAlone: boolean
  readonly records: Listeners
  readonly intent: Listeners
  readonly leadership: LeadershipStore
  readonly wallMs: () => number
  readonly close: () => Promise<void>
}

export interface SqlStore extends Store {
  /** For backups, which read every table whatever it is. */
  readonly database: Database
}

export async function sqlStore(parts: SqlStoreParts): Promise<SqlStore> {
  const { database, wallMs } = parts
  // A failure leaves the records to the default partition; the next start tries again.
  const partitions = partitionKeeper(database, () => {})
  await partitions.prepare(wallMs())
  await adoptRestoredRecords(database)
  const recent = new RecentRecords()
  const ranges = rangeStore(database)
  const reader = telemetryReader(database)
  const queue = new TelemetryQueue(async (batches) => {
    await partitions.prepare(wallMs())
    const { answers, written } = await commitBatches(parts.inCopyTransaction, batches)
    recent.add(written, wallMs())
    // Elsewhere the database tells who waits, in this process as well.
    if (parts.isAlone && written.length > 0) parts.records.wake()
    return answers
  }, parts.queue)
  const devices = new DeviceCache()
  const rollouts = new RolloutCache()
  return {
    ...identityStore(database),
    ...deviceStore(database, devices),
    ...catalogueStore(database),
    ...intentStore(database, parts.inCopyTransaction, { devices, rollouts }, parts.intent.add),
    ...reader,
    records: async (query) => {
      if (parts.isAlone) return recent.read(query) ?? reader.records(query)
      const beside = recent.beside(query, wallMs())
      return beside === undefined ? reader.records(query) : readBeside(database, query, beside)
    },
    ...rolloutStore(database, rollouts),
    ...ranges,
    dropExpired: async (...all) => {
      const dropped = await ranges.dropExpired(...all)
      recent.clear()
      return dropped
    },
    ...historyStore(database),
    ...sumStore(database),
    ...alertStore(database),
    commitTelemetry: (batch) => queue.add(batch),
    onRecords: parts.records.add,
    ...parts.leadership,
    close: parts.close,
    database,
  }
}

/** Who waits for a change. */
export class Listeners {
  readonly #listeners = new Set<() => void>()

  readonly add = (listener: () => void): (() => void) => {
    const own = () => listener()
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  readonly wake = (): void => {
    for (const listener of [...this.#listeners]) listener()
  }
}
