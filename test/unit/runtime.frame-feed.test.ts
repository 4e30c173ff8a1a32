/** Frames on their way from an imager to one instance. */
import { FrameFeed, type HeldFrame } from '@ocelli/agent/runtime/frame-feed'
import { expect, test } from 'vitest'
import { ManualImager } from '../support/runtime-imager.ts'

const ANY = { widthPixels: undefined, heightPixels: undefined, format: undefined, frameRateMillihertz: undefined }

function pulling() {
  const imager = new ManualImager(64, 48)
  const timers: (() => void)[] = []
  const feed = new FrameFeed({
    imager,
    request: { frameRateMillihertz: 10_000 },
    setTimer: (_delayMs, fn) => {
      timers.push(fn)
      return () => timers.splice(timers.indexOf(fn), 1)
    },
  })
  feed.open()
  return { imager, feed, timers }
}

test('a frame that nobody pulls makes way for a newer one', () => {
  const { imager, feed, timers } = pulling()
  imager.emit()
  imager.emit()
  expect(imager.held).toBe(1)
  timers.shift()?.()
  expect(imager.held).toBe(0)
  imager.emit()
  const taken = feed.take()
  expect(taken?.facts).toMatchObject({ sequence: 2, dropped: 2 })
  expect(feed.take()).toBeUndefined()
  expect(feed.statistics()).toEqual({ captured: 3, delivered: 1, dropped: 2, poolDepth: 4 })
  if (taken) feed.done(taken)
  expect([imager.held, timers.length]).toEqual([0, 0])
})

test('whoever waits is woken by a frame and by the loss of the imager', () => {
  const { imager, feed } = pulling()
  const woken: string[] = []
  feed.whenReady(() => woken.push('frame'))
  imager.emit()
  feed.take()
  feed.whenReady(() => woken.push('lost'))
  imager.interrupt('unplugged')
  expect(woken).toEqual(['frame', 'lost'])
  expect(feed.lost).toBe('unplugged')
})

test('asking for other frames subscribes anew, within what the imager can do', () => {
  const { imager, feed } = pulling()
  const granted = feed.request({ ...ANY, widthPixels: 32, heightPixels: 1000, format: 'rgb8' })
  expect(granted).toEqual({ widthPixels: 32, heightPixels: 48, format: 'gray8', frameRateMillihertz: 10_000 })
  expect(imager.requests).toEqual([{ frameRateMillihertz: 10_000 }, granted])
  expect(imager.subscribers).toBe(1)
  feed.close()
  expect([imager.subscribers, imager.held]).toEqual([0, 0])
})

test('a busy handler misses frames and hears how many', () => {
  const imager = new ManualImager(64, 48)
  const delivered: HeldFrame[] = []
  const feed = new FrameFeed({
    imager,
    request: {},
    deliver: (frame) => {
      delivered.push(frame)
      return true
    },
    setTimer: () => () => {},
  })
  feed.open()
  for (let frame = 0; frame < 4; frame++) imager.emit()
  const [first] = delivered
  if (first) feed.done(first)
  imager.emit()
  expect(delivered.map(({ facts }) => [facts.sequence, facts.dropped])).toEqual([
    [0, 0],
    [4, 3],
  ])
  expect(feed.statistics()).toMatchObject({ delivered: 2, dropped: 3 })
})
