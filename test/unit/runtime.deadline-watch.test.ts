/** When a call is too late, and when it is the machine that is. */
import { ControlBlock } from '@ocelli/agent/runtime/worker/control-block'
import { DeadlineWatch } from '@ocelli/agent/runtime/worker/deadline-watch'
import { afterEach, expect, test } from 'vitest'
import { until } from '../support/runtime-harness.ts'

const PERIOD_MS = 100
const NO_COUNTERS = { framesHandled: 0, memoryBytes: 0, outputDroppedBytes: 0, logLinesCut: 0 }

const watches: DeadlineWatch[] = []
afterEach(() => {
  for (const watch of watches.splice(0)) watch.close()
})

function watched() {
  const control = new ControlBlock()
  const late: number[] = []
  const watch = new DeadlineWatch(control, PERIOD_MS, () => late.push(performance.now()))
  watches.push(watch)
  const begin = (timeoutMs: number): void => {
    control.beginCall(process.hrtime.bigint() + BigInt(timeoutMs) * 1_000_000n)
    watch.begin()
  }
  const end = (): void => {
    control.endCall(NO_COUNTERS)
    watch.end()
  }
  return { begin, end, late }
}

/** Keeps this thread from doing anything else, as a machine with too much to do does. */
function block(forMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, forMs)
}

const after = (delayMs: number, fn: () => void = () => {}): Promise<void> =>
  new Promise((resolve) => setTimeout(() => resolve(fn()), delayMs))

test('a call that is not done by its deadline is late, once', async () => {
  const { begin, late } = watched()
  const begun = performance.now()
  begin(150)
  await until(() => late.length > 0)
  expect((late[0] ?? 0) - begun).toBeGreaterThanOrEqual(149)
  await after(2 * PERIOD_MS)
  expect(late).toHaveLength(1)
})

test('calls that are done in time are never late, however many follow one another', async () => {
  const { begin, end, late } = watched()
  for (let call = 0; call < 8; call++) {
    begin(5000)
    await after(PERIOD_MS / 4)
    end()
  }
  await after(2 * PERIOD_MS)
  expect(late).toEqual([])
})

test('where this thread itself was kept from running, the call gets as much longer, but only once', async () => {
  const inTime = watched()
  inTime.begin(PERIOD_MS)
  const done = after(330, inTime.end)
  block(300)
  await done
  expect(inTime.late).toEqual([])

  const tooLate = watched()
  tooLate.begin(PERIOD_MS)
  block(300)
  await until(() => tooLate.late.length > 0)
})
