/** One contract for both adapters of the agent's store, and what only a file can do: locks, migrations, sudden death. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { AgentStore, OutboxRow, RecordPriority } from '@ocelli/agent/ports'
import { MemoryDisk, openMemoryStore } from '@ocelli/agent/storage/memory-store'
import { openSqliteStore } from '@ocelli/agent/storage/sqlite-store'
import { afterEach, describe, expect, test } from 'vitest'
import { instanceId } from '../support/agent-documents.ts'

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup()
})

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'ocelli-store-'))
  cleanups.push(() => rmSync(path, { recursive: true }))
  return path
}

/** Each `open` opens the same data again; the store before was closed. */
const ADAPTERS: Record<string, () => () => AgentStore> = {
  memory: () => {
    const disk = new MemoryDisk()
    return () => openMemoryStore(disk)
  },
  sqlite: () => {
    const path = join(folder(), 'agent.sqlite')
    return () => {
      const store = openSqliteStore(path)
      cleanups.push(() => {
        try {
          store.close()
        } catch {
          // The test closed it already.
        }
      })
      return store
    }
  },
}

const row = (sequence: number, priority: RecordPriority = 0): OutboxRow => {
  const json = JSON.stringify({ sequence })
  return { sequence, priority, json, sizeBytes: json.length }
}
const sequences = (rows: readonly OutboxRow[]) => rows.map(({ sequence }) => sequence)

describe.each(Object.keys(ADAPTERS))('the %s store', (name) => {
  const begin = () => {
    const open = ADAPTERS[name]?.()
    if (open === undefined) throw new Error(name)
    return { open, store: open() }
  }

  test('keeps values, records and state over a restart', () => {
    const { open, store } = begin()
    const a = instanceId('a')
    store.write((writes) => {
      writes.put('start', '1')
      writes.put('gone', 'x')
      writes.appendRecord(row(1, 2))
      writes.appendRecord(row(2))
      writes.putState(a, 'count', new Uint8Array([1, 2, 3]))
      writes.putState(instanceId('b'), 'count', new Uint8Array([9]))
    })
    store.write((writes) => {
      writes.put('start', '2')
      writes.remove('gone')
      writes.removeAllState(instanceId('b'))
    })
    store.close()
    const again = open()
    expect(again.get('start')).toBe('2')
    expect(again.get('gone')).toBeUndefined()
    expect(again.get('never')).toBeUndefined()
    expect(again.records(0, 10)).toEqual([row(1, 2), row(2)])
    expect([...again.instanceState(a)].map(([key, value]) => [key, [...value]])).toEqual([['count', [1, 2, 3]]])
    expect(again.instanceState(instanceId('b')).size).toBe(0)
  })

  test('a write that throws leaves nothing behind', () => {
    const { store } = begin()
    const attempt = () =>
      store.write((writes) => {
        writes.put('key', 'half')
        writes.appendRecord(row(1))
        writes.putState(instanceId('a'), 'k', new Uint8Array(1))
        throw new RangeError('in the middle')
      })
    expect(attempt).toThrow(RangeError)
    expect(store.get('key')).toBeUndefined()
    expect(store.records(0, 10)).toEqual([])
    expect(store.instanceState(instanceId('a')).size).toBe(0)
    store.write((writes) => writes.put('key', 'whole'))
    expect(store.get('key')).toBe('whole')
  })

  test('records are read in order, by page and by priority, counted and forgotten', () => {
    const { store } = begin()
    store.write((writes) => {
      for (let sequence = 1; sequence <= 9; sequence++)
        writes.appendRecord(row(sequence, (sequence % 3) as RecordPriority))
    })
    expect(sequences(store.records(2, 3))).toEqual([3, 4, 5])
    expect(sequences(store.recordsOfPriority(1, 1, 5))).toEqual([4, 7])
    expect(store.countRecords(4)).toEqual({ records: 4, bytes: 4 * row(1).sizeBytes })
    store.write((writes) => {
      writes.forgetRecordsThrough(4)
      writes.forgetRecords([6, 8, 100])
    })
    expect(sequences(store.records(0, 10))).toEqual([5, 7, 9])
    expect(store.countRecords(Number.MAX_SAFE_INTEGER).records).toBe(3)
  })

  test('state values are bytes of their own', () => {
    const { store } = begin()
    const value = new Uint8Array([1])
    store.write((writes) => writes.putState(instanceId('a'), 'k', value))
    value[0] = 7
    expect([...(store.instanceState(instanceId('a')).get('k') ?? [])]).toEqual([1])
    store.write((writes) => writes.removeState(instanceId('a'), 'k'))
    expect(store.instanceState(instanceId('a')).size).toBe(0)
  })
})

test('the memory store can crash before or after a write became durable, and is dead then', () => {
  const disk = new MemoryDisk()
  for (const [point, expected] of [
    ['before', undefined],
    ['after', 'x'],
  ] as const) {
    const store = openMemoryStore(disk)
    disk.crashAt = () => point
    expect(() => store.write((writes) => writes.put('key', 'x'))).toThrow('crashed')
    expect(() => store.get('key')).toThrow('crashed')
    disk.crashAt = () => undefined
    expect(openMemoryStore(disk).get('key')).toBe(expected)
  }
})

test('a second process is refused while one has the data open', () => {
  const path = join(folder(), 'agent.sqlite')
  const first = openSqliteStore(path)
  expect(() => openSqliteStore(path)).toThrow(expect.objectContaining({ code: 'storage.locked' }))
  first.write((writes) => writes.put('still', 'works'))
  first.close()
  const second = openSqliteStore(path)
  expect(second.get('still')).toBe('works')
  second.close()
})

test('data of a newer agent is refused and left as it is', () => {
  const path = join(folder(), 'agent.sqlite')
  openSqliteStore(path).close()
  const database = new DatabaseSync(path)
  database.exec('PRAGMA user_version = 99')
  database.close()
  expect(() => openSqliteStore(path)).toThrow(expect.objectContaining({ code: 'storage.newer' }))
  const after = new DatabaseSync(path)
  expect(after.prepare('PRAGMA user_version').get()?.user_version).toBe(99)
  after.close()
})

/** Writes records in transactions of 50 and says the last sequence of each once it is durable. */
const WRITER = `
import { openSqliteStore } from '@ocelli/agent/storage/sqlite-store'
const store = openSqliteStore(process.argv[2])
for (let last = 0; ; last += 50) {
  store.write((writes) => {
    for (let n = 1; n <= 50; n++) writes.appendRecord({ sequence: last + n, priority: 0, json: '{"n":' + (last + n) + '}', sizeBytes: 10 })
    writes.put('last', String(last + 50))
  })
  process.stdout.write(last + 50 + '\\n')
}
`

test('what a write made durable is there after SIGKILL, whole transactions only', async () => {
  const dir = folder()
  const path = join(dir, 'agent.sqlite')
  // Inside of the repository, where packages are found.
  const script = join(import.meta.dirname, `.store-writer-${process.pid}.mjs`)
  writeFileSync(script, WRITER)
  cleanups.push(() => rmSync(script))
  for (let round = 0; round < 3; round++) {
    const file = `${path}-${round}`
    const writer = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, file])
    const said = await new Promise<number>((resolve, reject) => {
      let text = ''
      let complaint = ''
      writer.stderr.on('data', (chunk) => {
        complaint += String(chunk)
      })
      writer.stdout.on('data', (chunk) => {
        text += String(chunk)
        if (text.split('\n').length > 5 + round * 3) writer.kill('SIGKILL')
      })
      writer.on('close', (_code, signal) => {
        const whole = text.slice(0, text.lastIndexOf('\n')).split('\n')
        if (signal === 'SIGKILL') resolve(Number(whole.at(-1)))
        else reject(new Error(complaint))
      })
    })
    const store = openSqliteStore(file)
    const last = Number(store.get('last'))
    expect(last).toBeGreaterThanOrEqual(said)
    const rows = store.records(0, 1_000_000)
    expect(rows).toHaveLength(last)
    expect(rows.at(-1)).toMatchObject({ sequence: last, json: `{"n":${last}}` })
    store.close()
  }
})
