/** The store as one SQLite file. Survives SIGKILL and, where the disk keeps its word about fsync, a power cut. */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { OcelliError } from '@ocelli/schemas/errors'
import type { AgentStore, OutboxRow, RecordPriority, StoreWrites } from '../ports.ts'

/** Each brings the file from the version of its index to the next. Never change one that was released. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE value (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE record (
     sequence INTEGER PRIMARY KEY,
     priority INTEGER NOT NULL,
     json TEXT NOT NULL,
     size_bytes INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX record_priority ON record (priority, sequence);
   CREATE TABLE state (
     instance TEXT NOT NULL,
     key TEXT NOT NULL,
     value BLOB NOT NULL,
     PRIMARY KEY (instance, key)
   ) STRICT, WITHOUT ROWID;`,
]

/** SQLite's primary result codes, from sqlite3.h. */
const SQLITE_BUSY = 5
const SQLITE_FULL = 13

/**
 * Opens the file, making or migrating it. Throws `storage.locked` where another process has it open, `storage.newer`
 * where a newer agent wrote it.
 */
export function openSqliteStore(path: string): AgentStore {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    prepareDatabase(database, path)
    return storeOn(database)
  } catch (cause) {
    database.close()
    if (resultCode(cause) === SQLITE_BUSY) {
      throw new OcelliError('storage.locked', `${path} is in use by another process`, { cause })
    }
    throw cause
  }
}

function prepareDatabase(database: DatabaseSync, path: string): void {
  // EXCLUSIVE before WAL: the lock is held until close, and the index of the log needs no shared memory file.
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
  // The page cache of 256 KiB keeps an idle agent small; the outbox is read once, in order.
  database.exec('PRAGMA cache_size = -256; PRAGMA wal_autocheckpoint = 256; PRAGMA temp_store = MEMORY;')
  database.exec('BEGIN IMMEDIATE')
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0)
  if (version > MIGRATIONS.length) {
    throw new OcelliError(
      'storage.newer',
      `${path} has schema version ${version}, this agent knows ${MIGRATIONS.length}: install the newer agent again`,
    )
  }
  for (const migration of MIGRATIONS.slice(version)) database.exec(migration)
  database.exec(`PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`)
}

function storeOn(database: DatabaseSync): AgentStore {
  const get = database.prepare('SELECT value FROM value WHERE key = ?')
  const records = database.prepare(
    'SELECT sequence, priority, json, size_bytes FROM record WHERE sequence > ? ORDER BY sequence LIMIT ?',
  )
  const ofPriority = database.prepare(
    'SELECT sequence, priority, json, size_bytes FROM record WHERE priority = ? AND sequence > ? ORDER BY sequence LIMIT ?',
  )
  const count = database.prepare(
    'SELECT count(*) AS records, coalesce(sum(size_bytes), 0) AS bytes FROM record WHERE sequence <= ?',
  )
  const state = database.prepare('SELECT key, value FROM state WHERE instance = ?')
  const writes = writesOn(database)
  return {
    get(key) {
      const row = get.get(key)
      return row === undefined ? undefined : String(row.value)
    },
    write(work) {
      try {
        database.exec('BEGIN IMMEDIATE')
        work(writes)
        database.exec('COMMIT')
      } catch (cause) {
        // SQLite itself rolls back after some errors, and then there is no transaction to end.
        if (database.isTransaction) database.exec('ROLLBACK')
        if (resultCode(cause) === SQLITE_FULL) {
          throw new OcelliError('storage.full', 'the disk that holds the agent data is full', { cause })
        }
        throw cause
      }
    },
    records: (after, limit) => records.all(after, limit).map(toRow),
    recordsOfPriority: (priority, after, limit) => ofPriority.all(priority, after, limit).map(toRow),
    countRecords(through) {
      const row = count.get(through)
      return { records: Number(row?.records ?? 0), bytes: Number(row?.bytes ?? 0) }
    },
    instanceState(instance) {
      const values = new Map<string, Uint8Array>()
      for (const row of state.all(instance)) {
        if (row.value instanceof Uint8Array) values.set(String(row.key), row.value)
      }
      return values
    },
    close: () => database.close(),
  }
}

function writesOn(database: DatabaseSync): StoreWrites {
  const put = database.prepare(
    'INSERT INTO value (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  )
  const remove = database.prepare('DELETE FROM value WHERE key = ?')
  const append = database.prepare('INSERT INTO record (sequence, priority, json, size_bytes) VALUES (?, ?, ?, ?)')
  const forgetThrough = database.prepare('DELETE FROM record WHERE sequence <= ?')
  const forget = database.prepare('DELETE FROM record WHERE sequence = ?')
  const putState = database.prepare(
    'INSERT INTO state (instance, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  )
  const removeState = database.prepare('DELETE FROM state WHERE instance = ? AND key = ?')
  const removeAllState = database.prepare('DELETE FROM state WHERE instance = ?')
  return {
    put: (key, value) => void put.run(key, value),
    remove: (key) => void remove.run(key),
    appendRecord: (row) => void append.run(row.sequence, row.priority, row.json, row.sizeBytes),
    forgetRecordsThrough: (sequence) => void forgetThrough.run(sequence),
    forgetRecords(sequences) {
      for (const sequence of sequences) forget.run(sequence)
    },
    putState: (instance, key, value) => void putState.run(instance, key, value),
    removeState: (instance, key) => void removeState.run(instance, key),
    removeAllState: (instance) => void removeAllState.run(instance),
  }
}

const PRIORITIES: readonly RecordPriority[] = [0, 1, 2]

function toRow(row: Record<string, unknown>): OutboxRow {
  return {
    sequence: Number(row.sequence),
    priority: PRIORITIES.find((priority) => priority === row.priority) ?? 2,
    json: String(row.json),
    sizeBytes: Number(row.size_bytes),
  }
}

/** SQLite's primary result code of an error thrown by node:sqlite, where it is one. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined
  return error.errcode & 0xff
}
