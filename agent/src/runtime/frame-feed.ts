/**
 * Between an imager and one instance: delivers frames one at a time to a handler, or keeps the newest for a component
 * that pulls. Pixels are not touched here. A frame is held until it is done with: the imager takes a consumer that
 * holds one for busy.
 */
import { OcelliError } from '@ocelli/schemas/errors'
import type { PixelFormat } from '@ocelli/schemas/messages/inventory'
import type { CapturedFrame, FrameSubscription, Imager, StreamRequest } from '../imager/imager.ts'
import type { FrameRequest, FrameStatistics, PictureFacts } from './interfaces/frames.ts'

export interface HeldFrame {
  readonly captured: CapturedFrame
  readonly facts: PictureFacts
}

export interface FrameFeedOptions {
  readonly imager: Imager
  readonly request: StreamRequest
  /** Takes a frame and answers true, or is busy and answers false. Absent for an instance that pulls. */
  readonly deliver?: (frame: HeldFrame) => boolean
  /** Used to let go of a frame that nobody pulls, so that the next one can come. */
  setTimer(delayMs: number, fn: () => void): () => void
}

/** Frames that a pulling instance may hold at once. */
const POOL_DEPTH = 4
/** Where neither the request nor the imager says how fast frames come. */
const FALLBACK_MILLIHERTZ = 10_000

export class FrameFeed {
  readonly #options: FrameFeedOptions
  #request: StreamRequest
  #subscription: FrameSubscription | undefined
  #pending: HeldFrame | undefined
  #forget: (() => void) | undefined
  #waiting: (() => void) | undefined
  #lost: string | undefined
  #delivered = 0
  #dropped = 0
  #droppedSince = 0
  #outstanding = 0

  constructor(options: FrameFeedOptions) {
    this.#options = options
    this.#request = options.request
  }

  /** Throws `imager.missing` where the imager was closed meanwhile. */
  open(): void {
    const { imager } = this.#options
    try {
      this.#subscription = imager.subscribe(this.#request, {
        onFrame: (captured, dropped) => this.#onFrame(captured, dropped),
        onInterrupted: (reason) => {
          this.#lost = reason
          this.#wake()
        },
      })
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new OcelliError('imager.missing', `Imager ${imager.facts.id} takes no consumer: ${reason}`, { cause })
    }
  }

  close(): void {
    this.#subscription?.close()
    this.#subscription = undefined
    this.#drop()
    this.#waiting = undefined
  }

  /** Why the imager delivers nothing, while it does not. */
  get lost(): string | undefined {
    return this.#lost
  }

  statistics(): FrameStatistics {
    const poolDepth = this.#options.deliver ? 1 : POOL_DEPTH
    return { captured: this.#delivered + this.#dropped, delivered: this.#delivered, dropped: this.#dropped, poolDepth }
  }

  /** The newest frame nobody took yet. The taker gives it back with `done`. */
  take(): HeldFrame | undefined {
    const taken = this.#outstanding < POOL_DEPTH ? this.#pending : undefined
    if (!taken) return undefined
    this.#forget?.()
    this.#forget = undefined
    this.#pending = undefined
    this.#outstanding++
    this.#delivered++
    this.#droppedSince = 0
    return taken
  }

  /** Calls `fn` once when a frame can be taken or the imager was lost; one waiter at a time. */
  whenReady(fn: () => void): void {
    if (this.#pending || this.#lost !== undefined) fn()
    else this.#waiting = fn
  }

  /** The frame is done with: the imager may deliver the next. */
  done(frame: HeldFrame): void {
    if (!this.#options.deliver) this.#outstanding--
    frame.captured.release()
  }

  /** Asks the imager for other frames; the answer is what it will deliver. */
  request(wanted: FrameRequest): FrameRequest {
    const { facts } = this.#options.imager
    const granted = {
      widthPixels: atMost(wanted.widthPixels ?? this.#request.widthPixels, facts.widthPixels),
      heightPixels: atMost(wanted.heightPixels ?? this.#request.heightPixels, facts.heightPixels),
      format: formatOf(wanted.format ?? this.#request.format, facts.formats),
      frameRateMillihertz: atMost(
        wanted.frameRateMillihertz ?? this.#request.frameRateMillihertz,
        facts.maxFrameRateMillihertz,
      ),
    }
    this.#request = granted
    if (this.#subscription) {
      this.#subscription.close()
      this.#drop()
      this.open()
    }
    return granted
  }

  #onFrame(captured: CapturedFrame, dropped: number): void {
    this.#lost = undefined
    this.#dropped += dropped
    this.#droppedSince += dropped
    const frame = { captured, facts: factsOf(captured, this.#droppedSince) }
    if (this.#options.deliver) {
      if (this.#options.deliver(frame)) {
        this.#delivered++
        this.#droppedSince = 0
      } else this.#discard(frame)
      return
    }
    this.#drop()
    this.#pending = frame
    // Held longer than a frame's time it would no longer be the newest: let it go, so that the next one comes.
    this.#forget = this.#options.setTimer(this.#frameMs(), () => this.#drop())
    this.#wake()
  }

  #frameMs(): number {
    const rate = this.#request.frameRateMillihertz ?? this.#options.imager.facts.maxFrameRateMillihertz
    return Math.ceil(1_000_000 / (rate > 0 ? rate : FALLBACK_MILLIHERTZ))
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.()
  }

  #drop(): void {
    this.#forget?.()
    this.#forget = undefined
    const pending = this.#pending
    this.#pending = undefined
    if (pending) this.#discard(pending)
  }

  #discard(frame: HeldFrame): void {
    this.#dropped++
    this.#droppedSince++
    frame.captured.release()
  }
}

function factsOf(captured: CapturedFrame, dropped: number): PictureFacts {
  const { sequence, captureNanos, widthPixels, heightPixels, format, settings } = captured
  return { sequence, captureNanos, widthPixels, heightPixels, format, settings, dropped }
}

function atMost(wanted: number | undefined, most: number): number {
  return wanted === undefined ? most : Math.min(wanted, most)
}

function formatOf(wanted: PixelFormat | undefined, offered: readonly PixelFormat[]): PixelFormat {
  const fallback = offered[0] ?? 'gray8'
  return wanted !== undefined && offered.includes(wanted) ? wanted : fallback
}
