/** An imager behind ffmpeg: runs it while somebody wants frames, starts it again when it dies, serves each at its own rate and size. */
import type { ChildProcess } from 'node:child_process'
import type { ImagerFacts } from '@ocelli/schemas/messages/inventory'
import type { Clock, Log, Random } from '../ports.ts'
import { backoffMs } from '../run/backoff.ts'
import type { CameraSource } from './camera-source.ts'
import { type FfmpegPaths, type Probed, startFfmpeg } from './ffmpeg-process.ts'
import { FramePace } from './frame-pace.ts'
import type {
  CapturedFrame,
  FrameConsumer,
  FrameSubscription,
  Imager,
  ImagerSettings,
  StreamRequest,
} from './imager.ts'
import { readRegion } from './plane-region.ts'
import { FrameCutter, type RawFrame } from './raw-frames.ts'
import { redact } from './redact.ts'
import { deliveredSize, type Size, shrink } from './scale.ts'

export interface FfmpegImagerDeps {
  readonly paths: FfmpegPaths
  readonly clock: Pick<Clock, 'monotonicNanos' | 'setTimer'>
  readonly random: Random
  readonly log: Log
}

interface Subscriber {
  readonly consumer: FrameConsumer
  readonly size: Size
  readonly pace: FramePace
  dropped: number
  isBusy: boolean
}

const RETRY = { firstMs: 500, maxMs: 30_000 }
/** A source that is silent for so long hangs. */
const STALL_MS = 15_000
/** A new consumer soon after the last one went (an instance that restarts) finds ffmpeg still running. */
const LINGER_MS = 1000

export class FfmpegImager implements Imager {
  readonly facts: ImagerFacts
  readonly #source: CameraSource
  readonly #deps: FfmpegImagerDeps
  readonly #native: Size
  readonly #cutter: FrameCutter
  readonly #settings: ImagerSettings
  readonly #subscribers = new Set<Subscriber>()
  #child: ChildProcess | undefined
  #complaint = ''
  #failures = 0
  #cancelRetry: (() => void) | undefined
  #cancelStall: (() => void) | undefined
  #cancelLinger: (() => void) | undefined
  #isClosed = false

  constructor(source: CameraSource, probed: Probed, deps: FfmpegImagerDeps) {
    const { widthPixels, heightPixels, frameRateMillihertz, colour } = probed
    this.#source = source
    this.#deps = deps
    this.#native = { widthPixels, heightPixels }
    this.#cutter = new FrameCutter(widthPixels * heightPixels, () => deps.clock.monotonicNanos())
    // Exposure and gain are the camera's own business and unknown here.
    const region = { x: 0, y: 0, width: widthPixels, height: heightPixels }
    this.#settings = { exposureMicros: 0, gainDecibels: 0, frameRateMillihertz, region }
    this.facts = {
      id: source.id,
      driver: 'ffmpeg',
      model: source.kind,
      widthPixels,
      heightPixels,
      colour,
      formats: ['gray8'],
      maxFrameRateMillihertz: frameRateMillihertz,
      controllable: false,
    }
  }

  subscribe(request: StreamRequest, consumer: FrameConsumer): FrameSubscription {
    const rate = request.frameRateMillihertz
    const subscriber: Subscriber = {
      consumer,
      size: deliveredSize(this.#native, request),
      pace: this.#paceOf(rate ? 1_000_000_000_000n / BigInt(rate) : 0n),
      dropped: 0,
      isBusy: false,
    }
    this.#subscribers.add(subscriber)
    this.#cancelLinger?.()
    this.#cancelLinger = undefined
    if (this.#child === undefined && this.#cancelRetry === undefined) this.#start()
    return {
      close: () => {
        this.#subscribers.delete(subscriber)
        if (this.#subscribers.size === 0) this.#linger()
      },
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#interrupt('the imager was closed')
    this.#subscribers.clear()
    this.#cancelLinger?.()
    await this.#end()
  }

  #start(): void {
    if (this.#isClosed) return
    this.#complaint = ''
    this.#cutter.restart()
    const child = startFfmpeg(this.#deps.paths, this.#source, this.#native)
    this.#child = child
    this.#watchStall()
    child.stdout?.on('data', (chunk: Uint8Array) => this.#cutter.push(chunk, (frame) => this.#onFrame(frame)))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-500)
    })
    child.on('error', (error) => {
      this.#complaint = error.message
    })
    child.on('close', (code, signal) => this.#onExit(child, `ffmpeg ended (${signal ?? code})`))
  }

  #onFrame(frame: RawFrame): void {
    this.#failures = 0
    this.#watchStall()
    for (const subscriber of [...this.#subscribers]) this.#deliver(subscriber, frame)
  }

  /** Consumers of one rate share its pace, so that a shadow sees the frames that its live twin sees. */
  #paceOf(periodNanos: bigint): FramePace {
    for (const { pace } of this.#subscribers) if (pace.periodNanos === periodNanos) return pace
    return new FramePace(periodNanos, this.facts.maxFrameRateMillihertz)
  }

  #deliver(subscriber: Subscriber, frame: RawFrame): void {
    if (!subscriber.pace.takes(frame.sequence, frame.captureNanos)) return
    if (subscriber.isBusy) {
      subscriber.dropped++
      return
    }
    const { dropped, consumer, size } = subscriber
    subscriber.dropped = 0
    subscriber.isBusy = true
    frame.hold()
    consumer.onFrame(
      capturedFrame(frame, this.#native, size, this.#settings, () => {
        subscriber.isBusy = false
        frame.letGo()
      }),
      dropped,
    )
  }

  #onExit(child: ChildProcess, what: string): void {
    if (child !== this.#child) return
    this.#child = undefined
    this.#cancelStall?.()
    if (this.#isClosed || this.#subscribers.size === 0) return
    const reason = redact(`${what}${this.#complaint ? `: ${this.#complaint.trim()}` : ''}`)
    const waitMs = backoffMs(RETRY, ++this.#failures, this.#deps.random, `imager ${this.#source.id}`)
    this.#deps.log('warn', `imager ${this.#source.id}: ${reason}; again in ${waitMs} ms`)
    this.#interrupt(reason)
    this.#cancelRetry = this.#deps.clock.setTimer(waitMs, () => {
      this.#cancelRetry = undefined
      if (this.#subscribers.size > 0) this.#start()
    })
  }

  #interrupt(reason: string): void {
    for (const subscriber of [...this.#subscribers]) subscriber.consumer.onInterrupted(reason)
  }

  #watchStall(): void {
    this.#cancelStall?.()
    this.#cancelStall = this.#deps.clock.setTimer(STALL_MS, () => {
      this.#complaint = `no frame within ${STALL_MS} ms`
      this.#child?.kill('SIGKILL')
    })
  }

  #linger(): void {
    this.#cancelLinger?.()
    this.#cancelLinger = this.#deps.clock.setTimer(LINGER_MS, () => {
      this.#cancelLinger = undefined
      void this.#end()
    })
  }

  /** Ends ffmpeg, which has nothing to save, and waits until it is gone. */
  async #end(): Promise<void> {
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
    this.#cancelStall?.()
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
    child.kill('SIGKILL')
    await gone
  }
}

const isSame = (a: Size, b: Size) => a.widthPixels === b.widthPixels && a.heightPixels === b.heightPixels

function capturedFrame(
  frame: RawFrame,
  native: Size,
  size: Size,
  settings: ImagerSettings,
  onRelease: () => void,
): CapturedFrame {
  let scaled: Uint8Array | undefined
  let isReleased = false
  const plane = () => {
    if (isReleased) throw new RangeError(`frame ${frame.sequence} was released`)
    scaled ??= isSame(native, size) ? frame.plane : shrink(frame.plane, native, size)
    return scaled
  }
  return {
    sequence: frame.sequence,
    captureNanos: frame.captureNanos,
    ...size,
    format: 'gray8',
    settings,
    read: plane,
    readRegion: (region, step) => readRegion(plane(), size, region, step),
    release() {
      if (isReleased) return
      isReleased = true
      onRelease()
    },
  }
}
