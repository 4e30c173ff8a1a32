/** Imagers of the simulation: small grey frames at a steady rate, each of one grey drawn from its number; they can be unplugged. */
import type { CapturedFrame, Imager, ImagerBank, ImagerSettings, Region } from '@ocelli/agent/imager/imager'
import type { ImagerId } from '@ocelli/schemas/ids'
import type { ProcessClock } from './timeline.ts'

const WIDTH = 64
const HEIGHT = 48
const DEFAULT_RATE_MILLIHERTZ = 1000

export class SteadyImagers {
  readonly #plugged: Set<string>
  readonly #listeners = new Set<() => void>()

  constructor(ids: readonly string[]) {
    this.#plugged = new Set(ids)
  }

  get ids(): readonly string[] {
    return [...this.#plugged].sort()
  }

  unplug(id: string): void {
    if (this.#plugged.delete(id)) this.#tell()
  }

  plug(id: string): void {
    if (this.#plugged.has(id)) return
    this.#plugged.add(id)
    this.#tell()
  }

  /** The imagers as one run of the agent sees them. */
  bank(clock: ProcessClock): ImagerBank {
    const known = new Map<string, Imager>()
    return {
      list: () =>
        this.ids.map((id) => {
          const imager = known.get(id) ?? steadyImager(id as ImagerId, clock, () => this.#plugged.has(id))
          known.set(id, imager)
          return imager
        }),
      onChange: (listener) => {
        this.#listeners.add(listener)
        return () => void this.#listeners.delete(listener)
      },
      close: async () => undefined,
    }
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

function steadyImager(id: ImagerId, clock: ProcessClock, isThere: () => boolean): Imager {
  const settings: ImagerSettings = {
    exposureMicros: 10_000,
    gainDecibels: 0,
    frameRateMillihertz: DEFAULT_RATE_MILLIHERTZ,
    region: { x: 0, y: 0, width: WIDTH, height: HEIGHT },
  }
  return {
    facts: {
      id,
      driver: 'simulated',
      model: 'steady',
      widthPixels: WIDTH,
      heightPixels: HEIGHT,
      colour: 'mono',
      formats: ['gray8'],
      maxFrameRateMillihertz: 30_000,
      controllable: false,
    },
    subscribe(request, consumer) {
      const periodMs = 1e6 / (request.frameRateMillihertz ?? DEFAULT_RATE_MILLIHERTZ)
      let sequence = 0
      let dropped = 0
      let busy = false
      let cancel = () => {}
      const next = () => {
        cancel = clock.setTimer(periodMs, () => {
          sequence++
          if (isThere() && !busy) {
            busy = true
            consumer.onFrame(
              frame(sequence, clock.monotonicNanos(), settings, () => (busy = false)),
              dropped,
            )
            dropped = 0
          } else dropped++
          next()
        })
      }
      next()
      return { close: () => cancel() }
    },
    close: async () => undefined,
  }
}

function frame(sequence: number, captureNanos: bigint, settings: ImagerSettings, release: () => void): CapturedFrame {
  const plane = () => new Uint8Array(WIDTH * HEIGHT).fill((sequence * 31) & 255)
  return {
    sequence,
    captureNanos,
    widthPixels: WIDTH,
    heightPixels: HEIGHT,
    format: 'gray8',
    settings,
    read: plane,
    readRegion(region: Region, step: number) {
      const whole = plane()
      const pixels: number[] = []
      for (let y = region.y; y < region.y + region.height; y += step) {
        for (let x = region.x; x < region.x + region.width; x += step) pixels.push(whole[y * WIDTH + x] ?? 0)
      }
      return Uint8Array.from(pixels)
    },
    release,
  }
}
