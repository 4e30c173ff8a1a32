/** The tail in memory: what it answers itself, what it asks the database for, and how much it holds. */
import { RecentRecords } from '@ocelli/server/store/sql/recent-records'
import type { CommittedRecord } from '@ocelli/server/store/sql/telemetry-commit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deviceId, measurement, PROJECT, streamId } from '../support/store-rows.ts'

const written = (txid: number, rows: number, characters = 100): CommittedRecord[] =>
  Array.from({ length: rows }, (_, index) => ({
    project: PROJECT,
    characters,
    row: {
      cursor: `${txid}-${index + 1}`,
      device: deviceId(1),
      stream: streamId(1),
      receivedAtMs: 1,
      observedAtMs: 1,
      record: measurement(index + 1),
    },
  }))
const NOW_MS = 1_000_000
const after = (recent: RecentRecords, cursor: string) =>
  recent.read({ project: PROJECT, after: cursor, end: 'oldest', limit: 100_000 })?.map((row) => row.cursor)

test('what came after a place that is held is answered, in order', () => {
  const recent = new RecentRecords()
  expect(after(recent, '1-1')).toBeUndefined()
  recent.add(written(5, 2), NOW_MS)
  recent.add(written(7, 1), NOW_MS)
  expect(after(recent, '5-1')).toEqual(['5-2', '7-1'])
  expect(after(recent, '7-1')).toEqual([])
  expect(after(recent, '4-9')).toBeUndefined()
  recent.clear()
  expect(after(recent, '5-1')).toBeUndefined()
})

test.each([
  ['many', 100, 1_000, 100],
  ['large', 300, 1, 250_000],
])('of %s records only the end is held, and older places are left to the database', (_, commits, rows, characters) => {
  const recent = new RecentRecords()
  for (let txid = 1; txid <= commits; txid++) recent.add(written(txid, rows, characters), NOW_MS)
  expect(after(recent, '1-1')).toBeUndefined()
  expect(after(recent, `${commits - 1}-${rows}`)).toHaveLength(rows)
  const first = Array.from({ length: commits }, (_, index) => index + 1).find((txid) =>
    after(recent, `${txid}-${rows}`),
  )
  const held = (commits - (first ?? 0)) * rows
  expect(held).toBeLessThanOrEqual(16_384)
  expect(held * characters).toBeLessThanOrEqual(32 * 1024 * 1024)
  expect(held).toBeGreaterThan(0)
})

const PLACES = fc.record({ txid: fc.integer({ min: 1, max: 30 }), row: fc.integer({ min: 0, max: 4 }) })

test('with what the database has between the transactions held here, nothing is missing and nothing there twice', () => {
  const transactions = fc.uniqueArray(
    fc.record({ txid: fc.integer({ min: 1, max: 30 }), rows: fc.integer({ min: 1, max: 3 }), ours: fc.boolean() }),
    { selector: ({ txid }) => txid },
  )
  const horizons = fc.integer({ min: 1, max: 32 })
  const limits = fc.integer({ min: 1, max: 20 })
  fc.assert(
    fc.property(transactions, PLACES, horizons, limits, (all, place, horizon, limit) => {
      const recent = new RecentRecords()
      // In the order in which they end, which is not that of their numbers.
      for (const { txid, rows, ours } of all) if (ours) recent.add(written(txid, rows), NOW_MS)
      const database = all
        .toSorted((a, b) => a.txid - b.txid)
        .flatMap(({ txid, rows }) => written(txid, rows).map(({ row }, index) => ({ txid, row, place: index + 1 })))
        .filter(({ txid }) => txid < horizon)
      const isAfter = (one: { txid: number; place: number }, txid: number, row: number) =>
        one.txid > txid || (one.txid === txid && one.place > row)
      const expected = database.filter((one) => isAfter(one, place.txid, place.row)).slice(0, limit)

      const query = { project: PROJECT, after: `${place.txid}-${place.row}`, end: 'oldest', limit } as const
      const beside = recent.beside(query, NOW_MS)
      if (beside === undefined) return void expect(all.some(({ txid, ours }) => ours && txid >= place.txid)).toBe(false)
      const others = beside.gaps.flatMap(({ after, below }) =>
        database.filter(
          (one) => isAfter(one, Number(after[0]), after[1]) && (below === undefined || one.txid < Number(below)),
        ),
      )
      const answer = beside.join(
        others.slice(0, limit).map(({ row }) => row),
        BigInt(horizon),
      )
      expect(answer.map(({ cursor }) => cursor)).toEqual(expected.map(({ row }) => row.cursor))
      // What is held is not asked for again.
      for (const { row } of others) expect(all.find(({ txid }) => row.cursor.startsWith(`${txid}-`))?.ours).toBe(false)
    }),
  )
})

test('what was held for a minute is left to the database, which may have dropped it', () => {
  const recent = new RecentRecords()
  recent.add(written(5, 2), NOW_MS)
  const query = { project: PROJECT, after: '4-0', end: 'oldest', limit: 10 } as const
  expect(recent.beside(query, NOW_MS + 60_000)?.gaps).toHaveLength(2)
  expect(recent.beside(query, NOW_MS + 60_001)).toBeUndefined()
  expect(recent.beside({ ...query, device: deviceId(1) }, NOW_MS)).toBeUndefined()
})
