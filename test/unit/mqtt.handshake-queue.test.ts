import { HandshakeQueue } from '@ocelli/server/mqtt/handshake-queue'
import { expect, test } from 'vitest'
import { ManualClock } from '../support/agent-clock.ts'
import { seeded } from '../support/hostile-uploads.ts'

function queueOf(limits: Partial<ConstructorParameters<typeof HandshakeQueue>[0]['limits']> = {}) {
  const manual = new ManualClock()
  const clock = {
    monotonicMs: () => Number(manual.monotonicNanos() / 1_000_000n),
    setTimer: (delayMs: number, fn: () => void) => manual.setTimer(delayMs, fn),
  }
  const begun: string[] = []
  const turnedAway: string[] = []
  const queue = new HandshakeQueue<string>({
    limits: { atOnce: 2, slotMs: 1000, mostUnderWay: 5, maxWaiting: 4, maxWaitMs: 10_000, ...limits },
    clock,
    begin: (one) => void begun.push(one),
    turnAway: (one) => void turnedAway.push(one),
  })
  return { queue, begun, turnedAway, clock: manual }
}

test('so many begin at a time, the others in the order in which they came', () => {
  const { queue, begun } = queueOf()
  for (const one of ['a', 'b', 'c', 'd']) queue.add(one)
  expect(begun).toEqual(['a', 'b'])
  expect(queue.counts).toEqual({ waiting: 2, underWay: 2, turnedAway: 0 })
  queue.ended('b')
  expect(begun).toEqual(['a', 'b', 'c'])
  queue.ended('b')
  expect(begun).toHaveLength(3)
  queue.ended('a')
  expect(begun).toEqual(['a', 'b', 'c', 'd'])
})

test('more than may wait are turned away, and who leaves makes room', () => {
  const { queue, begun, turnedAway } = queueOf()
  for (const one of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) queue.add(one)
  expect(turnedAway).toEqual(['g'])
  queue.ended('d')
  queue.add('h')
  expect(turnedAway).toEqual(['g'])
  for (const one of ['a', 'b', 'c', 'e']) queue.ended(one)
  expect(begun).toEqual(['a', 'b', 'c', 'e', 'f', 'h'])
  expect(queue.counts).toEqual({ waiting: 0, underWay: 2, turnedAway: 1 })
})

test('who takes long holds nobody up, up to a number of them', async () => {
  const { queue, begun, clock } = queueOf()
  for (const one of ['a', 'b', 'c', 'd']) queue.add(one)
  await clock.pass(1000)
  expect(begun).toEqual(['a', 'b', 'c', 'd'])
  for (const one of ['e', 'f', 'g']) queue.add(one)
  await clock.pass(1000)
  expect(begun).toEqual(['a', 'b', 'c', 'd', 'e'])
  await clock.pass(5000)
  expect(begun).toHaveLength(5)
  queue.ended('a')
  expect(begun).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})

test('who has waited for so long that it gave up costs no handshake', async () => {
  const { queue, begun, turnedAway, clock } = queueOf({ atOnce: 1, mostUnderWay: 1 })
  queue.add('a')
  queue.add('b')
  await clock.pass(9000)
  queue.add('c')
  await clock.pass(2000)
  queue.ended('a')
  expect(turnedAway).toEqual(['b'])
  expect(begun).toEqual(['a', 'c'])
})

test('the end turns away who waits, and begins nothing more', async () => {
  const { queue, begun, turnedAway, clock } = queueOf()
  for (const one of ['a', 'b', 'c']) queue.add(one)
  queue.close()
  await clock.pass(2000)
  queue.ended('a')
  expect(begun).toEqual(['a', 'b'])
  expect(turnedAway).toEqual(['c'])
})

test('whatever happens, everybody begins once, in order, or is turned away, and the bounds hold', async () => {
  const { queue, begun, turnedAway, clock } = queueOf({ maxWaiting: 20 })
  const chance = seeded(5)
  const live: string[] = []
  let made = 0
  for (let step = 0; step < 2000; step++) {
    const what = chance()
    if (what < 0.5) {
      const one = String(made++).padStart(4, '0')
      live.push(one)
      queue.add(one)
    } else if (what < 0.9) queue.ended(live.splice(Math.floor(chance() * live.length), 1)[0] ?? '')
    else await clock.pass(Math.floor(chance() * 600))
    const { waiting, underWay } = queue.counts
    expect(waiting).toBeLessThanOrEqual(20)
    expect(underWay).toBeLessThanOrEqual(5)
  }
  for (const one of live) queue.ended(one)
  expect(queue.counts).toMatchObject({ waiting: 0, underWay: 0 })
  expect(begun).toEqual([...new Set(begun)].sort())
  expect(begun.filter((one) => turnedAway.includes(one))).toEqual([])
  expect(begun.length).toBeGreaterThan(50)
})
