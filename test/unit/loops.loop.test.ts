import { SILENT } from '@ocelli/server/log'
import { gatheringOf, type Loop, startLoop } from '@ocelli/server/loops/loop'
import { beforeEach, expect, test } from 'vitest'

/** A clock that stands still until it is told to go on; promises settle in between. */
class HandClock {
  nowMs = 0
  #timers: { readonly atMs: number; readonly fn: () => void }[] = []

  wallMs = () => this.nowMs
  monotonicMs = () => this.nowMs
  setTimer = (delayMs: number, fn: () => void) => {
    const timer = { atMs: this.nowMs + delayMs, fn }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer)
    }
  }

  get waiting(): number {
    return this.#timers.length
  }

  async advance(byMs: number): Promise<void> {
    const untilMs = this.nowMs + byMs
    for (;;) {
      const [next] = this.#timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)
      if (next === undefined) break
      this.#timers = this.#timers.filter((one) => one !== next)
      this.nowMs = next.atMs
      next.fn()
      await settled()
    }
    this.nowMs = untilMs
    await settled()
  }
}

const settled = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
}

let clock: HandClock
let runs: number[]
beforeEach(() => {
  clock = new HandClock()
  runs = []
})

const loop = (run: () => Promise<number | undefined>, options: { everyMs?: number } = {}): Loop =>
  startLoop(clock, SILENT, { name: 'test', debounceMs: 100, ...options, run })
const noting = async () => {
  runs.push(clock.nowMs)
  return undefined
}

test('many wakes are one run, soon after the first', async () => {
  const tested = loop(noting)
  for (let wake = 0; wake < 5; wake++) {
    tested.wake()
    await clock.advance(15)
  }
  await clock.advance(1000)
  expect(runs).toEqual([100])
})

test('what comes one after the other is one run, as soon as nothing more comes', async () => {
  const tested = loop(noting)
  for (let wake = 0; wake < 5; wake++) {
    tested.wake({ mostMs: 2000, quietMs: 200 })
    await clock.advance(150)
  }
  await clock.advance(1000)
  expect(runs).toEqual([4 * 150 + 200])
})

test('and no later than asked where it goes on and on', async () => {
  const tested = loop(noting)
  for (let wake = 0; wake < 41; wake++) {
    tested.wake({ mostMs: 2000, quietMs: 200 })
    await clock.advance(100)
  }
  expect(runs).toEqual([2000, 4000])
})

test('who has to be looked at soon does not wait for who comes one after the other', async () => {
  const tested = loop(noting)
  tested.wake({ mostMs: 2000, quietMs: 1000 })
  await clock.advance(300)
  tested.wake()
  await clock.advance(100)
  expect(runs).toEqual([400])
})

test('gathering lasts in proportion to a look, within bounds', () => {
  expect(gatheringOf(100, 4, 10)).toEqual({ mostMs: 100, quietMs: 100 })
  expect(gatheringOf(100, 4, 300)).toEqual({ mostMs: 1200, quietMs: 300 })
  expect(gatheringOf(100, 4, 60_000)).toEqual({ mostMs: 2000, quietMs: 2000 })
})

test('a run of its own accord does not wait for what is gathered', async () => {
  const tested = loop(noting, { everyMs: 1000 })
  await clock.advance(900)
  tested.wake({ mostMs: 2000, quietMs: 2000 })
  await clock.advance(200)
  expect(runs).toEqual([1000])
})

test('a wake during a run leads to one more, and runs never overlap', async () => {
  let finish: () => void = () => {}
  let under = 0
  const tested = loop(async () => {
    runs.push(clock.nowMs)
    expect(++under).toBe(1)
    await new Promise<void>((resolve) => {
      finish = resolve
    })
    under--
    return undefined
  })
  tested.wake()
  await clock.advance(100)
  tested.wake()
  tested.wake()
  await clock.advance(1000)
  expect(runs).toEqual([100])
  finish()
  await settled()
  await clock.advance(1000)
  expect(runs).toEqual([100, 1200])
})

test('a failure is tried again with growing waits, and a success ends them', async () => {
  let failing = true
  const tested = loop(async () => {
    await noting()
    if (failing) throw new Error('away')
    return undefined
  })
  tested.wake()
  await clock.advance(100 + 500 + 1000 + 2000)
  expect(runs).toEqual([100, 600, 1600, 3600])
  failing = false
  await clock.advance(60_000)
  expect(runs).toHaveLength(5)
  tested.wake()
  await clock.advance(100)
  expect(runs).toHaveLength(6)
})

test('a wake after a failure does not wait for the whole backoff', async () => {
  const tested = loop(async () => {
    await noting()
    throw new Error('away')
  })
  tested.wake()
  await clock.advance(10_000)
  const before = runs.length
  tested.wake()
  await clock.advance(500)
  expect(runs.length).toBe(before + 1)
})

test('it runs by itself as often as it should, or when it asks to', async () => {
  loop(noting, { everyMs: 1000 })
  await clock.advance(3000)
  expect(runs).toEqual([1000, 2000, 3000])
  runs = []
  const asking = loop(async () => {
    await noting()
    return 250
  })
  asking.wake()
  await clock.advance(600)
  expect(runs.filter((atMs) => atMs < 4000)).toEqual([3100, 3350, 3600])
})

test('after a stop nothing runs and no timer waits', async () => {
  const tested = loop(noting, { everyMs: 1000 })
  tested.wake()
  await tested.stop()
  tested.wake()
  await clock.advance(5000)
  expect(runs).toEqual([])
  expect(clock.waiting).toBe(0)
})
