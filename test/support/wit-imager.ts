/** A simple linear imager for `auto-exposure`: light times exposure times gain, settings some frames late. */
import type { FrameSource, Settings } from './wit-host.ts'

const WIDTH = 160
const HEIGHT = 120

export class LinearImager {
  /** Luma that the scene gives at an exposure of 1 microsecond and a gain of 0 dB. */
  light: number
  /** How often exposure or gain was set. */
  requests = 0
  readonly #delayFrames: number
  readonly #noise: number
  #asked: Settings
  readonly #pending: Settings[] = []
  #sequence = 0

  constructor(options: { light: number; delayFrames: number; noise: number }) {
    this.light = options.light
    this.#noise = options.noise
    this.#delayFrames = options.delayFrames
    const region = { x: 0, y: 0, width: WIDTH, height: HEIGHT }
    this.#asked = { exposureMicros: 1000, gainDecibels: 0, region, frameRateMillihertz: 30_000 }
    for (let i = 0; i < options.delayFrames; i++) this.#pending.push(this.#asked)
  }

  /** The next frame, taken with the settings asked for `delayFrames` before. */
  next(): FrameSource {
    this.#pending.push(this.#asked)
    const settings = this.#pending.shift() ?? this.#asked
    const level = this.light * settings.exposureMicros * 10 ** (settings.gainDecibels / 20)
    const luma = new Uint8Array(WIDTH * HEIGHT)
    for (let i = 0; i < luma.length; i++) {
      // A scene with tones from half to one and a half times its mean, and noise without a generator: a fixed pattern that moves.
      const tone = 0.5 + (i % WIDTH) / WIDTH
      const grain = ((((i * 7919 + this.#sequence * 104_729) % 1000) / 1000) * 2 - 1) * this.#noise
      luma[i] = Math.max(0, Math.min(255, Math.round(level * tone + grain)))
    }
    const sequence = this.#sequence++
    return { sequence, captureTimeNanos: BigInt(sequence) * 33_333_333n, width: WIDTH, height: HEIGHT, luma, settings }
  }

  /** `imager-control` for the component. */
  readonly control = {
    ranges: () => ({
      minExposureMicros: 20,
      maxExposureMicros: 33_000,
      minGainDecibels: 0,
      maxGainDecibels: 24,
      minFrameRateMillihertz: 1000,
      maxFrameRateMillihertz: 30_000,
      sensorWidth: WIDTH,
      sensorHeight: HEIGHT,
      exposureDelayFrames: this.#delayFrames,
      timingDelayFrames: this.#delayFrames + 1,
    }),
    requested: () => this.#asked,
    setExposure: (exposureMicros: number) => {
      this.requests += 1
      this.#asked = { ...this.#asked, exposureMicros }
      return exposureMicros
    },
    setGain: (gainDecibels: number) => {
      this.requests += 1
      this.#asked = { ...this.#asked, gainDecibels }
      return gainDecibels
    },
    setRegion: () => this.#asked.region,
    setFrameRate: () => this.#asked.frameRateMillihertz,
  }
}
