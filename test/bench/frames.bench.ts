/**
 * Frames of 640 x 480 through a component that sums each plane, against the same loop in plain JavaScript. Real: the
 * component (C), the worker and in-thread hosts, the measurement that comes out of each frame. Not real: the imager,
 * whose one plane lies ready: in shared memory, as the ffmpeg driver captures it, and for comparison outside of it.
 */
import type { CapturedFrame, FrameConsumer, Imager } from '@ocelli/agent/imager/imager'
import { PROBE_IMPORTS, probe } from '../support/runtime-guests.ts'
import {
  type HostUnderTest,
  inThreadHostUnderTest,
  startInstance,
  until,
  workerHostUnderTest,
} from '../support/runtime-harness.ts'
import { ManualImager } from '../support/runtime-imager.ts'
import type { BenchResult } from './run.ts'

const WIDTH = 640
const HEIGHT = 480
const FRAMES = 1500

export async function run(): Promise<BenchResult[]> {
  const plane = filled(new Uint8Array(new SharedArrayBuffer(WIDTH * HEIGHT)))
  const apart = filled(new Uint8Array(WIDTH * HEIGHT))

  const plain = plainRate(plane)
  const results: BenchResult[] = []
  for (const [name, host] of [
    ['worker host', workerHostUnderTest()],
    ['in-thread host', inThreadHostUnderTest()],
  ] as const) {
    const sums = await componentRate(host, plane, 'reads')
    const touches = await componentRate(host, plane, 'touches')
    const copied = await componentRate(host, apart, 'touches')
    const blind = await componentRate(host, plane, 'none')
    await host.close()
    const baseline = { name: 'plain JavaScript loop', value: plain }
    results.push(
      { name: `component sums each plane, ${name}`, value: sums, unit: 'frames/s', baseline, ratio: sums / plain },
      {
        name: `component only takes each plane, ${name}`,
        value: touches,
        unit: 'frames/s',
        baseline,
        ratio: touches / plain,
        note: `${microseconds(touches)} a frame in all; ${microseconds(copied)} from a plane outside of shared memory; ${microseconds(blind)} without pixels`,
      },
    )
  }
  return results
}

const microseconds = (rate: number) => `${(1e6 / rate).toFixed(0)} microseconds`

function filled(plane: Uint8Array): Uint8Array {
  for (let index = 0; index < plane.length; index++) plane[index] = (index * 7) & 255
  return plane
}

/** The weighted sum that the component makes, frame by frame. */
function plainRate(plane: Uint8Array): number {
  let kept = 0
  const startMs = performance.now()
  for (let frame = 0; frame < FRAMES; frame++) {
    let sum = 0
    for (let index = 0; index < plane.length; index++) sum += (plane[index] ?? 0) * ((index % 251) + 1)
    kept += sum
  }
  const rate = FRAMES / ((performance.now() - startMs) / 1000)
  if (kept <= 0) throw new Error('the loop did nothing')
  return rate
}

async function componentRate(under: HostUnderTest, plane: Uint8Array, mode: string): Promise<number> {
  const imager = new EagerImager(plane)
  const limits = { memoryBytes: 1 << 24, callTimeoutMs: 10_000, outputBytesPerSecond: 1 << 30 }
  const part = { component: await probe(), imports: PROBE_IMPORTS }
  const { instance } = await startInstance(under.host, [part], { imager, mode, limits })
  imager.start()
  await until(() => instance.usage().framesHandled > 100, 30_000)
  const before = instance.usage().framesHandled
  const startMs = performance.now()
  await until(() => instance.usage().framesHandled >= before + FRAMES, 120_000)
  const rate = (instance.usage().framesHandled - before) / ((performance.now() - startMs) / 1000)
  imager.stop()
  await instance.stop()
  return rate
}

/** Has the next frame ready the moment the consumer gives one back. */
class EagerImager implements Imager {
  readonly facts = new ManualImager(WIDTH, HEIGHT).facts
  readonly #plane: Uint8Array
  readonly #settings = new ManualImager(WIDTH, HEIGHT).settings
  #consumer: FrameConsumer | undefined
  #sequence = 0
  #running = false

  constructor(plane: Uint8Array) {
    this.#plane = plane
  }

  subscribe(_request: unknown, consumer: FrameConsumer): { close(): void } {
    this.#consumer = consumer
    return { close: () => this.stop() }
  }

  start(): void {
    this.#running = true
    this.#next()
  }

  stop(): void {
    this.#running = false
  }

  async close(): Promise<void> {}

  #next(): void {
    if (this.#running) this.#consumer?.onFrame(this.#frame(), 0)
  }

  #frame(): CapturedFrame {
    return {
      sequence: this.#sequence++,
      captureNanos: BigInt(this.#sequence) * 1_000_000n,
      widthPixels: WIDTH,
      heightPixels: HEIGHT,
      format: 'gray8',
      settings: this.#settings,
      read: () => this.#plane,
      readRegion: () => this.#plane,
      // Not at once: the host is still inside of the call that gives it back.
      release: () => setImmediate(() => this.#next()),
    }
  }
}
