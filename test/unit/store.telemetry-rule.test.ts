/** What a batch adds to a stream when the device could not know how much of it had arrived. */
import type { DeviceId, StreamId } from '@ocelli/schemas/ids'
import type { LostRecord, TelemetryRecord } from '@ocelli/schemas/messages/telemetry'
import { takeBatch } from '@ocelli/server/store/telemetry-rule'
import { expect, test } from 'vitest'

const lost = (from: number, to: number, count = to - from + 1): LostRecord => ({
  kind: 'lost',
  sequence: to,
  atMs: 1,
  synchronised: true,
  boot: 'b',
  from,
  to,
  count,
  reason: 'the outbox was full',
})
const take = (committed: number, first: number, last: number, oldestHeld: number, records: TelemetryRecord[]) =>
  takeBatch(committed, {
    device: 'd-aaaaaaaaaaaaaaaa' as DeviceId,
    stream: 's-aaaaaaaaaaaaaaaa' as StreamId,
    first,
    last,
    oldestHeld,
    records,
    receivedAtMs: 2,
  })

test('what arrived before its acknowledgement was lost is not called lost', () => {
  expect(take(6, 1, 10, 10, [lost(1, 10)])).toEqual({ committed: 10, records: [lost(7, 10)] })
  expect(take(0, 1, 10, 10, [lost(1, 10)])).toEqual({ committed: 10, records: [lost(1, 10)] })
  expect(take(10, 1, 10, 10, [lost(1, 10)])).toEqual({ committed: 10, records: [] })
})

test('a range of which only some is lost never counts more than is left of it', () => {
  expect(take(6, 1, 10, 10, [lost(1, 10, 3)]).records).toEqual([lost(7, 10, 3)])
  expect(take(8, 1, 10, 10, [lost(1, 10, 3)]).records).toEqual([lost(9, 10, 2)])
})

test('after a restore the gap and what the device says of it name each sequence once', () => {
  const { committed, records } = take(2, 10, 10, 10, [lost(1, 10)])
  expect(committed).toBe(10)
  expect(records).toMatchObject([lostRange(3, 9), lostRange(10, 10)])
})

const lostRange = (from: number, to: number) => ({ kind: 'lost', from, to, count: to - from + 1 })
