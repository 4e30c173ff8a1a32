/** The tail that an embedded database keeps in memory: what it answers itself, and how much it holds. */
import { RecentRecords } from '@ocelli/server/store/sql/recent-records'
import type { CommittedRecord } from '@ocelli/server/store/sql/telemetry-commit'
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
const after = (recent: RecentRecords, cursor: string) =>
  recent.read({ project: PROJECT, after: cursor, end: 'oldest', limit: 100_000 })?.map((row) => row.cursor)

test('what came after a place that is held is answered, in order', () => {
  const recent = new RecentRecords()
  expect(after(recent, '1-1')).toBeUndefined()
  recent.add(written(5, 2))
  recent.add(written(7, 1))
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
  for (let txid = 1; txid <= commits; txid++) recent.add(written(txid, rows, characters))
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
