/** An imager whose frames a test makes one by one: it counts what is read and released, and renders only when asked. */
import type {
  CapturedFrame,
  FrameConsumer,
  Imager,
  ImagerControl,
  ImagerSettings,
  Region,
  SensorInference,
  StreamRequest,
} from '@ocelli/agent/imager/imager'
import type { ImagerId } from '@ocelli/schemas/ids'
import type { ImagerFacts, PixelFormat } from '@ocelli/schemas/messages/inventory'

export class ManualImager implements Imager {
  readonly facts: ImagerFacts
  readonly control: ImagerControl
  readonly requests: StreamRequest[] = []
  settings: ImagerSettings
  inference: SensorInference | undefined
  format: PixelFormat = 'gray8'
  /** Whether planes lie in shared memory, as those of a driver that captures into it. */
  sharesMemory = false
  /** How often pixels were made. */
  renders = 0
  /** Frames that were delivered and not released. */
  held = 0
  #sequence = 0
  readonly #consumers = new Map<FrameConsumer, { busy: boolean; dropped: number }>()

  constructor(widthPixels: number, heightPixels: number) {
    this.facts = {
      id: 'cam0' as ImagerId,
      driver: 'manual',
      model: 'test',
      widthPixels,
      heightPixels,
      colour: 'mono',
      formats: ['gray8'],
      maxFrameRateMillihertz: 30_000,
      exposureMicros: { min: 100, max: 33_000 },
      gainDecibels: { min: 0, max: 20 },
      controllable: true,
    }
    this.settings = {
      exposureMicros: 10_000,
      gainDecibels: 6,
      frameRateMillihertz: 30_000,
      region: { x: 0, y: 0, width: widthPixels, height: heightPixels },
    }
    this.control = {
      current: () => this.settings,
      set: (change) => {
        this.settings = { ...this.settings, ...change }
        return this.settings
      },
    }
  }

  get subscribers(): number {
    return this.#consumers.size
  }

  subscribe(request: StreamRequest, consumer: FrameConsumer): { close(): void } {
    this.requests.push(request)
    this.#consumers.set(consumer, { busy: false, dropped: 0 })
    return { close: () => this.#consumers.delete(consumer) }
  }

  /** Takes one frame; consumers that still hold one miss it. Answers with the pixels it has. */
  emit(pixel: (x: number, y: number, sequence: number) => number = pattern): Uint8Array {
    const sequence = this.#sequence++
    const { widthPixels, heightPixels } = this.facts
    const bytes = widthPixels * heightPixels
    const plane: Uint8Array = this.sharesMemory ? new Uint8Array(new SharedArrayBuffer(bytes)) : new Uint8Array(bytes)
    render(plane, widthPixels, heightPixels, (x, y) => pixel(x, y, sequence))
    for (const [consumer, state] of [...this.#consumers]) {
      if (state.busy) {
        state.dropped++
        continue
      }
      state.busy = true
      this.held++
      const { dropped } = state
      state.dropped = 0
      consumer.onFrame(
        this.#frame(sequence, plane, () => {
          state.busy = false
        }),
        dropped,
      )
    }
    return plane
  }

  interrupt(reason: string): void {
    for (const consumer of this.#consumers.keys()) consumer.onInterrupted(reason)
  }

  async close(): Promise<void> {}

  #frame(sequence: number, plane: Uint8Array, onRelease: () => void): CapturedFrame {
    const { widthPixels, heightPixels } = this.facts
    let released = false
    const { inference } = this
    return {
      sequence,
      captureNanos: BigInt(sequence) * 1_000_000n + 5_000_000n,
      widthPixels,
      heightPixels,
      format: this.format,
      settings: this.settings,
      read: () => {
        if (released) throw new Error('read after release')
        this.renders++
        return plane
      },
      readRegion: (region, step) => {
        this.renders++
        return cut(plane, widthPixels, region, step)
      },
      ...(inference && { inference: () => inference }),
      release: () => {
        if (released) throw new Error('released twice')
        released = true
        this.held--
        onRelease()
      },
    }
  }
}

/** A picture in which each pixel differs from its neighbours and from the same pixel of the next frame. */
function pattern(x: number, y: number, sequence: number): number {
  return (x * 7 + y * 13 + sequence * 29) & 255
}

function render(plane: Uint8Array, width: number, height: number, pixel: (x: number, y: number) => number): void {
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) plane[y * width + x] = pixel(x, y)
}

export function cut(plane: Uint8Array, width: number, region: Region, step: number): Uint8Array {
  const out: number[] = []
  for (let y = region.y; y < region.y + region.height; y += step) {
    for (let x = region.x; x < region.x + region.width; x += step) out.push(plane[y * width + x] ?? -1)
  }
  return Uint8Array.from(out)
}

/** What the probe publishes for bytes that it read. */
export function checksum(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte, index) => sum + byte * ((index % 251) + 1), 0)
}
