/** How a fleet comes back to a server that was away. */
import { FailedAttempts, retryWaitMs } from '@ocelli/agent/link/retry-wait'
import { expect, test } from 'vitest'
import { seededRandom } from '../support/agent-random.ts'

/** When one device's attempts happen, in milliseconds since it lost a server where nobody listens for `outageMs`. */
function attempts(device: number, outageMs: number): number[] {
  const random = seededRandom(`device ${device}`)
  const times: number[] = []
  for (let atMs = 0; atMs <= outageMs; ) {
    atMs += retryWaitMs({ failures: times.length + 1, outageMs: atMs, isRefused: times.length > 0 }, random)
    times.push(atMs)
  }
  return times
}

const fleet = (outageMs: number) => Array.from({ length: 2000 }, (_, device) => attempts(device, outageMs))

test.each([300, 1000, 5000, 20_000, 120_000])(
  'a server that was away for %s ms has its devices back within 2 s',
  (outageMs) => {
    for (const times of fleet(outageMs)) expect(times.at(-1)).toBeLessThanOrEqual(outageMs + 2000)
  },
)

test('devices that lost the server at one moment do not come back at one moment', () => {
  const back = fleet(10_000).map((times) => times.at(-1) ?? 0)
  const tenths = new Map<number, number>()
  for (const atMs of back) tenths.set(Math.floor(atMs / 100), (tenths.get(Math.floor(atMs / 100)) ?? 0) + 1)
  // Spread evenly over 2 s, each tenth of a second would see 5 %.
  expect(Math.max(...tenths.values())).toBeLessThan(0.12 * back.length)
})

test('a server that stays away is asked less often, and one that breaks connections less and less', () => {
  const random = seededRandom('one')
  const waits = (isRefused: boolean, outageMs: number) =>
    Array.from({ length: 100 }, () => retryWaitMs({ failures: 40, outageMs, isRefused }, random))
  expect(Math.max(...waits(true, 60_000))).toBeLessThanOrEqual(2000)
  expect(Math.min(...waits(true, 3_600_000))).toBeGreaterThanOrEqual(7500)
  expect(Math.min(...waits(false, 60_000))).toBeGreaterThanOrEqual(30_000)
  expect(retryWaitMs({ failures: 1, outageMs: 0, isRefused: false }, random)).toBeLessThanOrEqual(250)
})

test('that nobody listened while a server started does not count against it when it is busy', () => {
  const failed = new FailedAttempts()
  const seconds = (count: number) => BigInt(count) * 1_000_000_000n
  for (let at = 0; at < 20; at++) failed.note(true, seconds(at))
  expect(failed.note(true, seconds(20))).toEqual({ failures: 21, outageMs: 20_000, isRefused: true })
  expect(failed.note(false, seconds(21))).toEqual({ failures: 1, outageMs: 21_000, isRefused: false })
  expect(failed.note(false, seconds(22))).toEqual({ failures: 2, outageMs: 22_000, isRefused: false })
  failed.forget()
  expect(failed.note(false, seconds(30))).toEqual({ failures: 1, outageMs: 0, isRefused: false })
})
