/**
 * The store in memory. `MemoryDisk` is what survives a crash: a store that was opened on it and then abandoned, or
 * crashed inside of a write, leaves only what `write` had made durable.
 */
import type { InstanceId } from '@ocelli/schemas/ids'
import type { AgentStore, OutboxRow, StoreWrites } from '../ports.ts'

/** Where in a write a crash happens: before it is durable, or after and before the caller knows. */
export type CrashPoint = 'before' | 'after'

export class MemoryDisk {
  readonly values = new Map<string, string>()
  /** In order of sequence. */
  records: OutboxRow[] = []
  readonly state = new Map<InstanceId, Map<string, Uint8Array>>()
  /** Asked at each write; an answer crashes the store there. */
  crashAt: () => CrashPoint | undefined = () => undefined
}

/** Thrown out of the write that crashed and by every later use of that store. */
export class StoreCrashed extends Error {
  constructor() {
    super('the store crashed')
    this.name = 'StoreCrashed'
  }
}

export function openMemoryStore(disk: MemoryDisk): AgentStore {
  let crashed = false
  const alive = () => {
    if (crashed) throw new StoreCrashed()
  }
  return {
    get(key) {
      alive()
      return disk.values.get(key)
    },
    write(work) {
      alive()
      const pending: (() => void)[] = []
      work(collect(disk, pending))
      const crash = disk.crashAt()
      if (crash !== 'before') for (const change of pending) change()
      if (crash !== undefined) {
        crashed = true
        throw new StoreCrashed()
      }
    },
    records(after, limit) {
      alive()
      const from = disk.records.findIndex((row) => row.sequence > after)
      return from < 0 ? [] : disk.records.slice(from, from + limit)
    },
    recordsOfPriority(priority, after, limit) {
      alive()
      return disk.records.filter((row) => row.priority === priority && row.sequence > after).slice(0, limit)
    },
    countRecords(through) {
      alive()
      const rows = disk.records.filter((row) => row.sequence <= through)
      return { records: rows.length, bytes: rows.reduce((sum, row) => sum + row.sizeBytes, 0) }
    },
    instanceState(instance) {
      alive()
      return new Map(disk.state.get(instance))
    },
    close() {
      crashed = true
    },
  }
}

/** Gathers the changes of one write, so that a throw in the middle leaves nothing behind. */
function collect(disk: MemoryDisk, pending: (() => void)[]): StoreWrites {
  const later = (change: () => void) => void pending.push(change)
  return {
    put: (key, value) => later(() => disk.values.set(key, value)),
    remove: (key) => later(() => disk.values.delete(key)),
    appendRecord(row) {
      later(() => {
        const above = disk.records.findIndex(({ sequence }) => sequence > row.sequence)
        disk.records.splice(above < 0 ? disk.records.length : above, 0, row)
      })
    },
    forgetRecordsThrough(sequence) {
      later(() => {
        disk.records = disk.records.filter((row) => row.sequence > sequence)
      })
    },
    forgetRecords(sequences) {
      const gone = new Set(sequences)
      later(() => {
        disk.records = disk.records.filter((row) => !gone.has(row.sequence))
      })
    },
    putState(instance, key, value) {
      const copy = value.slice()
      later(() => {
        const values = disk.state.get(instance) ?? new Map<string, Uint8Array>()
        disk.state.set(instance, values.set(key, copy))
      })
    },
    removeState: (instance, key) => later(() => disk.state.get(instance)?.delete(key)),
    removeAllState: (instance) => later(() => disk.state.delete(instance)),
  }
}
