/** The simulated imager behind the agent's port: delays, rates, drops, regions, rolling shutter, hot-plug. */
import type { CapturedFrame, FrameConsumer, Imager, ImagerSettings, StreamRequest } from '@ocelli/agent/imager/imager'
import { parseImagerId } from '@ocelli/schemas/ids'
import { createDeviceImagers } from '@ocelli/simulator/device-imagers'
import { wholeRegion } from '@ocelli/simulator/imager/imager-limits'
import { HM01B0, IMX219, IMX500, type SensorProfile } from '@ocelli/simulator/imager/sensor-profiles'
import { createSimulatedImager } from '@ocelli/simulator/imager/simulated-imager'
import { PROFILES } from '@ocelli/simulator/profiles'
import { seedFor } from '@ocelli/simulator/random'
import { createScene, type SceneName } from '@ocelli/simulator/scene/scenes'
import { createVirtualClock, type VirtualClock } from '@ocelli/simulator/virtual-clock'
import { describe, expect, test } from 'vitest'

interface Given {
  sensor?: SensorProfile
  scene?: SceneName
  seed?: string
  settings?: Partial<ImagerSettings>
}

function given({ sensor = IMX500, scene = 'uniform', seed = 'one', settings = {} }: Given = {}) {
  const clock = createVirtualClock(5_000_000_000n)
  const id = parseImagerId('csi0')
  if (!id) throw new Error('an imager id')
  const imager = createSimulatedImager({
    id,
    sensor,
    clock,
    seed: seedFor(seed, 'imager'),
    scene: createScene(scene, sensor.sensorWidthPixels / sensor.sensorHeightPixels, seedFor(seed, 'scene')),
    settings: {
      exposureMicros: 5000,
      gainDecibels: 0,
      frameRateMillihertz: 30_000,
      region: wholeRegion(sensor),
      ...settings,
    },
    celsius: 35,
  })
  return { clock, imager }
}

interface Seen {
  readonly frames: { sequence: number; dropped: number; frame: CapturedFrame }[]
  readonly interruptions: string[]
}

/** Takes every frame and gives it back at once, unless told to keep it. */
function watch(imager: Imager, request: StreamRequest = {}, keep = false): Seen & { close(): void } {
  const seen: Seen = { frames: [], interruptions: [] }
  const consumer: FrameConsumer = {
    onFrame(frame, dropped) {
      seen.frames.push({ sequence: frame.sequence, dropped, frame })
      if (!keep) frame.release()
    },
    onInterrupted: (reason) => seen.interruptions.push(reason),
  }
  const subscription = imager.subscribe(request, consumer)
  return { ...seen, close: () => subscription.close() }
}

const settingsOf = (seen: Seen) => seen.frames.map(({ sequence, frame }) => ({ sequence, ...frame.settings }))

/** Goes on until one more frame has come. */
function nextFrame(clock: VirtualClock, seen: Seen): CapturedFrame {
  const before = seen.frames.length
  for (let step = 0; step < 10_000 && seen.frames.length === before; step++) clock.advance(0.5)
  const frame = seen.frames.at(-1)?.frame
  if (!frame || seen.frames.length === before) throw new Error('no frame came')
  return frame
}

describe('control', () => {
  test('exposure and gain take effect exactly two frames late, frame rate and region three', () => {
    const { clock, imager } = given()
    const seen = watch(imager)
    clock.advance(500)
    const periodMs = 1000 / 30
    clock.advance(periodMs * 0.1)
    const asked = Math.floor(Number(clock.monotonicNanos() - 5_000_000_000n) / 1e6 / periodMs)
    const region = { x: 800, y: 600, width: 2000, height: 1500 }

    imager.control?.set({ exposureMicros: 9000, gainDecibels: 12.34, frameRateMillihertz: 10_000, region })
    clock.advance(1000)

    const frames = settingsOf(seen)
    const first = (changed: (frame: (typeof frames)[number]) => boolean) => frames.find(changed)?.sequence
    expect(first((frame) => frame.exposureMicros === 9000)).toBe(asked + 2)
    expect(first((frame) => frame.gainDecibels === 12.3)).toBe(asked + 2)
    expect(first((frame) => frame.frameRateMillihertz === 10_000)).toBe(asked + 3)
    expect(first((frame) => frame.region.width === 2000)).toBe(asked + 3)
    const at = (sequence: number) => seen.frames.find((frame) => frame.sequence === sequence)?.frame.captureNanos ?? 0n
    expect(Number(at(asked + 3) - at(asked + 2)) / 1e6).toBeCloseTo(periodMs, 3)
    expect(Number(at(asked + 4) - at(asked + 3)) / 1e6).toBeCloseTo(100, 3)
    imager.close()
  })

  test('the pixels follow two frames late as well', () => {
    const { clock, imager } = given({ settings: { exposureMicros: 1000 } })
    const seen = watch(imager, { widthPixels: 64, format: 'bayer-rggb10' }, true)
    const before = nextFrame(clock, seen)
    const mean = (frame: CapturedFrame) => {
      const bytes = frame.read()
      const values = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2)
      return values.reduce((sum, value) => sum + value - 64, 0) / values.length
    }
    const dark = mean(before)
    before.release()
    imager.control?.set({ exposureMicros: 4000 })
    const means: number[] = []
    for (let step = 0; step < 4; step++) {
      const frame = nextFrame(clock, seen)
      means.push(mean(frame) / dark)
      frame.release()
    }
    const brightened = means.findIndex((ratio) => ratio > 2)
    expect(means[brightened]).toBeCloseTo(4, 0)
    expect(seen.frames.slice(1).map(({ frame }) => frame.settings.exposureMicros === 4000)).toEqual(
      means.map((ratio) => ratio > 2),
    )
    expect(brightened).toBeGreaterThanOrEqual(1)
    imager.close()
  })

  test('values out of range are clamped and an exposure fits into its frame', () => {
    const { imager } = given()
    const set = imager.control?.set({ exposureMicros: 10_000_000, gainDecibels: 99, frameRateMillihertz: 500_000 })
    expect(set).toMatchObject({ exposureMicros: 33_333, gainDecibels: 26.9, frameRateMillihertz: 30_000 })
    expect(imager.control?.set({ exposureMicros: 0, gainDecibels: -3 })).toMatchObject({
      exposureMicros: 30,
      gainDecibels: 0,
    })
    expect(imager.control?.set({ gainDecibels: Number.NaN }).gainDecibels).toBe(0)
    const wild = imager.control?.set({ region: { x: 9999, y: -5, width: 100_000, height: 1 } }).region
    expect(wild).toEqual({ x: 0, y: 0, width: 4056, height: 64 })
    imager.close()
  })

  test('a sensor with fixed settings offers no control', () => {
    const { imager } = given({ sensor: HM01B0 })
    expect(imager.control).toBeUndefined()
    expect(imager.facts.controllable).toBe(false)
    imager.close()
  })
})

describe('subscribers', () => {
  test('each has its own rate, size and layout', () => {
    const { clock, imager } = given()
    const fast = watch(imager)
    const slow = watch(
      imager,
      { frameRateMillihertz: 5000, widthPixels: 640, heightPixels: 480, format: 'rgb8' },
      false,
    )
    clock.advance(2000)

    expect(fast.frames.length).toBeGreaterThanOrEqual(58)
    expect(slow.frames.length).toBeGreaterThanOrEqual(9)
    expect(slow.frames.length).toBeLessThanOrEqual(11)
    expect(slow.frames[0]?.frame).toMatchObject({ widthPixels: 640, heightPixels: 480, format: 'rgb8' })
    expect(fast.frames[0]?.frame).toMatchObject({ widthPixels: 320, heightPixels: 240, format: 'gray8' })
    const gaps = slow.frames.slice(1).map((frame, index) => frame.sequence - (slow.frames[index]?.sequence ?? 0))
    expect(new Set(gaps)).toEqual(new Set([6]))
    expect(slow.frames.every((frame) => frame.dropped === 0)).toBe(true)
    fast.close()
    slow.close()
    expect(clock.pending()).toBe(0)
    imager.close()
  })

  test('two that want the same frame share its rendering', () => {
    const { clock, imager } = given({ sensor: IMX219, scene: 'yard' })
    const [one, two] = [watch(imager, {}, true), watch(imager, {}, true)]
    clock.advance(100)
    const [first, second] = [one.frames[0]?.frame, two.frames[0]?.frame]
    expect(first?.sequence).toBe(second?.sequence)
    expect(first?.read()).toBe(second?.read())
    first?.release()
    expect(second?.read()).toHaveLength(320 * 240)
    imager.close()
  })

  test('frames are never larger than the sensor gives', () => {
    const { clock, imager } = given({ sensor: HM01B0 })
    const seen = watch(imager, { widthPixels: 4000, heightPixels: 3000, format: 'rgb8' }, true)
    expect(nextFrame(clock, seen)).toMatchObject({ widthPixels: 320, heightPixels: 240, format: 'gray8' })
    imager.close()
  })

  test('one that is busy misses frames, and is told how many', () => {
    const { clock, imager } = given({ settings: { frameRateMillihertz: 10_000 } })
    const seen = watch(imager, {}, true)
    const first = nextFrame(clock, seen)
    clock.advance(500) // five more frames come meanwhile
    expect(seen.frames).toHaveLength(1)
    first.release()
    const second = nextFrame(clock, seen)

    expect(seen.frames[1]?.dropped).toBe(5)
    expect(second.sequence - first.sequence).toBe(6)
    expect(() => first.read()).toThrow(/released/)
    imager.close()
  })

  test('a clock that jumps gives the newest frame and counts the rest', () => {
    let now = 0n
    const waiting: (() => void)[] = []
    const hold = (_delayMs: number, fire: () => void) => {
      waiting.push(fire)
      return () => undefined
    }
    const sensor = IMX500
    const id = parseImagerId('csi0')
    if (!id) throw new Error('an imager id')
    const imager = createSimulatedImager({
      id,
      sensor,
      clock: { monotonicNanos: () => now, setTimer: hold },
      seed: seedFor('late'),
      scene: createScene('uniform', 4 / 3, seedFor('late')),
      settings: { exposureMicros: 1000, gainDecibels: 0, frameRateMillihertz: 10_000, region: wholeRegion(sensor) },
      celsius: 35,
    })
    const seen = watch(imager)
    now += 2_040_000_000n // the timer for frame 0 fires two seconds late
    waiting.shift()?.()

    expect(seen.frames[0]?.sequence).toBe(20)
    expect(seen.frames[0]?.dropped).toBe(20)
    imager.close()
  })

  test('reading a region takes every so many pixels of it and refuses one outside', () => {
    const { clock, imager } = given({ sensor: HM01B0, scene: 'empty' })
    const seen = watch(imager, {}, true)
    const frame = nextFrame(clock, seen)
    const whole = frame.read()
    const part = frame.readRegion({ x: 11, y: 7, width: 9, height: 5 }, 4)

    expect([...part]).toEqual([7, 11].flatMap((row) => [11, 15, 19].map((column) => whole[row * 320 + column])))
    expect(() => frame.readRegion({ x: 300, y: 0, width: 21, height: 1 }, 1)).toThrow(RangeError)
    expect(() => frame.readRegion({ x: 0, y: 0, width: 10, height: 10 }, 0)).toThrow(RangeError)
    expect(() => frame.readRegion({ x: -1, y: 0, width: 10, height: 10 }, 1)).toThrow(RangeError)
    imager.close()
  })

  test('layouts have the size that they say', () => {
    const { clock, imager } = given()
    const sizes = { gray8: 1, rgb8: 3, yuv420: 1.5, 'bayer-rggb8': 1, 'bayer-rggb10': 2 } as const
    for (const [format, size] of Object.entries(sizes)) {
      const seen = watch(imager, { widthPixels: 160, heightPixels: 120, format: format as keyof typeof sizes }, true)
      expect(nextFrame(clock, seen).read()).toHaveLength(160 * 120 * size)
      seen.close()
    }
    imager.close()
  })
})

test('a region of interest shows that part of the scene', () => {
  const { clock, imager } = given({ sensor: IMX219, scene: 'empty' })
  const seen = watch(imager, { widthPixels: 320 }, true)
  const whole = nextFrame(clock, seen)
  const reference = whole.readRegion({ x: 160, y: 120, width: 160, height: 120 }, 1)
  whole.release()
  imager.control?.set({ region: { x: 1640, y: 1232, width: 1640, height: 1232 } })
  let frame = nextFrame(clock, seen)
  while (frame.settings.region.width !== 1640) {
    frame.release()
    frame = nextFrame(clock, seen)
  }
  const zoomed = frame.readRegion({ x: 0, y: 0, width: 320, height: 240 }, 2)
  const error = zoomed.reduce((sum, value, index) => sum + Math.abs(value - (reference[index] ?? 0)), 0) / zoomed.length

  expect(frame.widthPixels).toBe(320)
  expect(error).toBeLessThan(4) // the same picture, up to noise and sampling
  imager.close()
})

test('a rolling shutter leans a moving edge by speed times row time', () => {
  const leanOf = (sensor: SensorProfile) => {
    const { clock, imager } = given({
      sensor,
      scene: 'moving-object',
      seed: 'lean',
      settings: { exposureMicros: 200, frameRateMillihertz: 20_000 },
    })
    const seen = watch(imager, { widthPixels: sensor.sensorWidthPixels / sensor.binning }, true)
    for (let step = 0; step < 600; step++) {
      const frame = nextFrame(clock, seen)
      const [box] = imager.scene.truthAt(frame.captureNanos).boxes
      if (!box || box.visibleFraction < 0.999 || box.x < 0.3) {
        frame.release()
        continue
      }
      const { widthPixels, heightPixels } = frame
      const rows = [box.y + 0.02, box.y + box.height - 0.02].map((fraction) => Math.round(fraction * heightPixels))
      const pixels = frame.read()
      const edges = rows.map((row) =>
        leadingEdge(pixels.subarray(row * widthPixels, (row + 1) * widthPixels), (box.x + box.width) * widthPixels),
      )
      imager.close()
      const speed = ((1 + 0.22) / 6) * widthPixels // pixels a second: one crossing in 6 s
      const rowSeconds = (sensor.physics.rowNanos * sensor.binning) / 1e9
      return {
        measured: (edges[1] ?? 0) - (edges[0] ?? 0),
        expected: speed * rowSeconds * ((rows[1] ?? 0) - (rows[0] ?? 0)),
      }
    }
    throw new Error('the object never came')
  }

  const rolling = leanOf(IMX500)
  expect(rolling.expected).toBeGreaterThan(2.5)
  expect(rolling.measured).toBeGreaterThan(rolling.expected - 1)
  expect(rolling.measured).toBeLessThan(rolling.expected + 1)
  const global = leanOf({ ...IMX500, physics: { ...IMX500.physics, rowNanos: 0 } })
  expect(Math.abs(global.measured)).toBeLessThan(1)
})

/** Where a row falls (or rises) most near a column, with a fraction from the middle level. */
function leadingEdge(row: Uint8Array, near: number): number {
  const at = (column: number) => row.subarray(column - 6, column).reduce((sum, value) => sum + value, 0) / 6
  const from = Math.max(12, Math.round(near) - 20)
  const inside = at(from)
  const outside = at(Math.min(row.length - 1, from + 60))
  for (let column = from; column < from + 60; column++) {
    const [here = 0, next = 0] = [row[column], row[column + 1]]
    const middle = (inside + outside) / 2
    if ((here - middle) * (next - middle) <= 0 && here !== next) return column + (here - middle) / (here - next)
  }
  throw new Error('no edge')
}

describe('in-sensor network', () => {
  test('follows the truth with the errors of such networks, and is not valid now and then', () => {
    const { clock, imager } = given({ scene: 'platform', settings: { frameRateMillihertz: 5000 } })
    const rows: { truth: number; found: number; valid: boolean }[] = []
    imager.subscribe(
      {},
      {
        onFrame(frame) {
          const inference = frame.inference?.()
          rows.push({
            truth: imager.scene.truthAt(frame.captureNanos).people,
            found: inference?.detections.filter((detection) => detection.score > 0.4).length ?? -1,
            valid: inference?.valid ?? false,
          })
          frame.release()
        },
        onInterrupted: () => undefined,
      },
    )
    clock.advance(300_000)
    const valid = rows.filter((row) => row.valid)
    const correlation = correlationOf(
      valid.map((row) => row.truth),
      valid.map((row) => row.found),
    )

    expect(rows.slice(0, 3).every((row) => !row.valid)).toBe(true)
    expect(rows.length - valid.length).toBeGreaterThan(5)
    expect(valid.length / rows.length).toBeGreaterThan(0.95)
    expect(correlation).toBeGreaterThan(0.93)
    expect(valid.some((row) => row.found !== row.truth)).toBe(true)
    imager.close()
  })

  test('boxes lie on the people of the frame, in its pixels', () => {
    const { clock, imager } = given({ scene: 'platform', settings: { frameRateMillihertz: 5000 } })
    const seen = watch(imager, { widthPixels: 640 }, true)
    let compared = 0
    for (let step = 0; step < 150; step++) {
      const frame = nextFrame(clock, seen)
      const truth = imager.scene.truthAt(frame.captureNanos).boxes
      for (const { box, score } of frame.inference?.().detections ?? []) {
        if (score < 0.5) continue
        compared++
        const best = Math.max(
          ...truth.map((person) =>
            intersectionOverUnion(box, {
              x: person.x * 640,
              y: person.y * 480,
              width: person.width * 640,
              height: person.height * 480,
            }),
          ),
        )
        expect(best).toBeGreaterThan(0.7)
        expect(box.x + box.width).toBeLessThanOrEqual(640)
      }
      frame.release()
    }
    expect(compared).toBeGreaterThan(100)
    imager.close()
  })

  test('a plain camera has none', () => {
    const { clock, imager } = given({ sensor: IMX219 })
    const seen = watch(imager, {}, true)
    expect(nextFrame(clock, seen).inference).toBeUndefined()
    imager.close()
  })
})

describe('hot-plug', () => {
  test('an imager that is unplugged leaves the list, and comes back with its frames going on', () => {
    const clock = createVirtualClock()
    const bank = createDeviceImagers({
      device: 'd',
      profile: PROFILES['two-cameras'],
      scenes: ['yard', 'platform'],
      seed: 1,
      clock,
    })
    const [first] = bank.list()
    if (!first) throw new Error('two imagers')
    const seen = watch(first)
    const changes: number[] = []
    const stop = bank.onChange(() => changes.push(bank.list().length))
    clock.advance(1000)
    const before = seen.frames.length

    expect(bank.unplug('csi0')).toBe(true)
    clock.advance(1000)
    expect(seen.frames).toHaveLength(before)
    expect(seen.interruptions).toEqual(['unplugged'])
    expect(bank.list().map((imager) => imager.facts.id)).toEqual(['csi1'])
    expect(bank.unplug('csi0')).toBe(false)

    expect(bank.plug('csi0')).toBe(true)
    clock.advance(1000)
    expect(bank.list()).toHaveLength(2)
    expect(bank.list()[0]).toBe(first)
    const sequences = seen.frames.map((frame) => frame.sequence)
    expect(sequences.length).toBeGreaterThan(before + 2)
    expect(sequences).toEqual([...sequences].sort((one, other) => one - other))
    expect(changes).toEqual([1, 2])
    stop()
    return bank.close().then(() => expect(clock.pending()).toBe(0))
  })
})

function intersectionOverUnion(one: Box, other: Box): number {
  const across = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x)
  const down = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y)
  if (across <= 0 || down <= 0) return 0
  return (across * down) / (one.width * one.height + other.width * other.height - across * down)
}

type Box = { x: number; y: number; width: number; height: number }

function correlationOf(one: number[], other: number[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [a, b] = [mean(one), mean(other)]
  const covariance = one.reduce((sum, value, index) => sum + (value - a) * ((other[index] ?? 0) - b), 0)
  const spread = (values: number[], middle: number) =>
    Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0))
  return covariance / (spread(one, a) * spread(other, b))
}

describe('consumers of one rate', () => {
  test.each([0, 7, 20, 33.4, 50, 99.9, 133])('get the same frames, though one came %s ms later', (laterMs) => {
    const { clock, imager } = given()
    const first = watch(imager, { frameRateMillihertz: 10_000 })
    clock.advance(1000 + laterMs)
    const second = watch(imager, { frameRateMillihertz: 10_000 })
    clock.advance(1000)
    // The newest frame there is comes at once; then both take turns.
    const [, ...turns] = second.frames.map(({ sequence }) => sequence)
    expect(turns.length).toBeGreaterThanOrEqual(8)
    expect(first.frames.map(({ sequence }) => sequence).slice(-turns.length)).toEqual(turns)
    expect(new Set(turns.slice(1).map((sequence, index) => sequence - (turns[index] ?? 0)))).toEqual(new Set([3]))
  })
})
