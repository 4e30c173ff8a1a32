/** A shadow beside its live twin, with real components, in every component host. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FramePace } from '@ocelli/agent/imager/frame-pace'
import { shadowImager } from '@ocelli/agent/imager/shadow-imager'
import { parseImagerId } from '@ocelli/schemas/ids'
import { wholeRegion } from '@ocelli/simulator/imager/imager-limits'
import { HM01B0 } from '@ocelli/simulator/imager/sensor-profiles'
import { createSimulatedImager } from '@ocelli/simulator/imager/simulated-imager'
import { seedFor } from '@ocelli/simulator/random'
import { createScene } from '@ocelli/simulator/scene/scenes'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PROBE_IMPORTS, probe, type TestComponent } from '../support/runtime-guests.ts'
import {
  type HostUnderTest,
  inThreadHostUnderTest,
  measured,
  type Running,
  startInstance,
  until,
  workerHostUnderTest,
} from '../support/runtime-harness.ts'
import { ManualImager } from '../support/runtime-imager.ts'

const adapters: [string, (cacheDirectory: string) => HostUnderTest][] = [
  ['one worker per instance', (cacheDirectory) => workerHostUnderTest({ cacheDirectory })],
  ['in-thread', (cacheDirectory) => inThreadHostUnderTest(cacheDirectory)],
]

/** Code made once for both adapters. */
const cacheDirectory = mkdtempSync(join(tmpdir(), 'ocelli-code-'))
afterAll(() => rmSync(cacheDirectory, { recursive: true, force: true }))

/** A simulated sensor on the real clock. */
function sensor() {
  const id = parseImagerId('csi0')
  if (!id) throw new Error('an imager id')
  return createSimulatedImager({
    id,
    sensor: HM01B0,
    scene: createScene('uniform', HM01B0.sensorWidthPixels / HM01B0.sensorHeightPixels, seedFor('one', 'scene')),
    clock: {
      monotonicNanos: () => process.hrtime.bigint(),
      setTimer: (delayMs, fn) => {
        const timer = setTimeout(fn, delayMs)
        return () => clearTimeout(timer)
      },
    },
    seed: seedFor('one', 'imager'),
    settings: {
      exposureMicros: 5000,
      gainDecibels: 0,
      frameRateMillihertz: 30_000,
      region: wholeRegion(HM01B0),
    },
    celsius: 35,
  })
}

describe.each(adapters)('a shadow in the component host: %s', (_name, make) => {
  let under: HostUnderTest
  let component: TestComponent
  const start = (options: Parameters<typeof startInstance>[2]): Promise<Running> =>
    startInstance(under.host, [{ component, imports: PROBE_IMPORTS }], options)

  beforeAll(async () => {
    under = make(cacheDirectory)
    component = await probe()
    await under.host.prepare(component.digest, component.wasm)
  })
  afterAll(() => under.close())

  test('sees the frames of its live twin, though it subscribed later', async () => {
    const imager = sensor()
    const frames = { frameRateMillihertz: 10_000, widthPixels: 32, heightPixels: 32 }
    const live = await start({ imager, frames, mode: 'info' })
    await until(() => measured(live, 'sequence').length >= 2)
    const shadow = await start({ imager: shadowImager(imager), frames, mode: 'info', role: 'shadow' })
    await until(() => measured(shadow, 'sequence').length >= 6)
    await Promise.all([live.instance.stop(), shadow.instance.stop()])
    // Its very first frame is the newest there was, so that it need not wait for its turn.
    const [, from = 0, ...rest] = measured(shadow, 'sequence')
    const to = rest.at(-1) ?? 0
    const between = (sequence: number) => sequence >= from && sequence <= to
    const twin = measured(live, 'sequence').filter(between)
    // One of the two may have been busy for a turn on a loaded machine; neither has a frame that is not a turn of both.
    const dropped = [live, shadow].some(({ instance }) => instance.usage().framesDropped > 0)
    if (!dropped) expect([from, ...rest].filter((sequence) => sequence <= (twin.at(-1) ?? 0))).toEqual(twin)
    expect(new Set([...twin, from, ...rest].map((sequence) => sequence % 3)).size).toBe(1)
    expect(twin.length).toBeGreaterThan(2)
    await imager.close()
  })

  test('sends no image and sets nothing', async () => {
    const imager = new ManualImager(64, 48)
    const shadow = await start({ imager: shadowImager(imager), mode: 'image', role: 'shadow' })
    imager.emit()
    await until(() => measured(shadow, 'bytes').length === 1)
    expect(measured(shadow, 'bytes')).toEqual([0])
    expect(shadow.outputs.filter(({ kind }) => kind === 'image')).toEqual([])
    expect(imager.renders).toBe(0)
    await shadow.instance.stop()

    const control = await start({ imager: shadowImager(imager), mode: 'exposes', role: 'shadow' })
    imager.emit()
    await until(() => measured(control, 'refused').length === 1)
    // What is set is what was set before; what would be out of range is still refused.
    expect(measured(control, 'exposed')).toEqual([10_000])
    expect(measured(control, 'refused')).toEqual([1])
    expect(imager.settings.exposureMicros).toBe(10_000)
    await control.instance.stop()
  })

  test('spends its own output budget', async () => {
    const limits = { memoryBytes: 16 * 1024 * 1024, callTimeoutMs: 5000, outputBytesPerSecond: 1000 }
    const live = await start({ limits, imager: new ManualImager(16, 8) })
    const shadow = await start({ limits, imager: new ManualImager(16, 8), role: 'shadow' })
    const taken = Number(await shadow.instance.command('flood', '', 5000))
    expect(taken).toBeLessThan(200)
    expect(shadow.instance.usage().outputDroppedBytes).toBeGreaterThan(0)
    expect(Number(await live.instance.command('flood', '', 5000))).toBeGreaterThanOrEqual(taken / 2)
    await Promise.all([live.instance.stop(), shadow.instance.stop()])
  })
})

describe('the pace of a slower rate', () => {
  test('gives every consumer that asks the same answer, whenever it came', () => {
    const pace = new FramePace(100_000_000n, 30_000)
    const taken = [...Array(30).keys()].filter((sequence) => {
      const captureNanos = 7_000_000_000n + BigInt(sequence) * 33_333_333n
      const first = pace.takes(sequence, captureNanos)
      expect(pace.takes(sequence, captureNanos)).toBe(first)
      return first
    })
    expect(taken).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27])
  })

  test('takes every frame where no rate was asked for, and goes on after a pause without catching up', () => {
    const every = new FramePace(0n, 30_000)
    expect([1, 2, 3].every((sequence) => every.takes(sequence, BigInt(sequence)))).toBe(true)
    const pace = new FramePace(100_000_000n, 30_000)
    expect(pace.takes(0, 1_000_000_000n)).toBe(true)
    expect(pace.takes(1, 60_000_000_000n)).toBe(true)
    expect(pace.takes(2, 60_033_000_000n)).toBe(false)
  })
})
