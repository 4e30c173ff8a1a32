import { FailureLimit } from '@ocelli/server/http/device/failure-limit'
import { expect, test } from 'vitest'

test('ten failures in a minute are enough, and a minute later it is forgotten', () => {
  const limit = new FailureLimit()
  for (let count = 0; count < 10; count++) {
    expect(limit.waitMs('a', count)).toBe(0)
    limit.failed('a', count)
  }
  expect(limit.waitMs('a', 10)).toBe(59_990)
  expect(limit.waitMs('b', 10)).toBe(0)
  expect(limit.waitMs('a', 60_000)).toBe(0)
  limit.failed('a', 60_001)
  expect(limit.waitMs('a', 60_002)).toBe(0)
})

test('what it remembers is bounded, the oldest goes first', () => {
  const limit = new FailureLimit()
  for (let count = 0; count < 10; count++) limit.failed('old', 0)
  for (let index = 0; index < 10_000; index++) limit.failed(`address ${index}`, 1)
  expect(limit.waitMs('old', 2)).toBe(0)
})
