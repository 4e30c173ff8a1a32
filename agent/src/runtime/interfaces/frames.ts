/** ocelli:sensing/frames: pictures of the imager that the instance is bound to. */
import type { PixelFormat } from '@ocelli/schemas/messages/inventory'
import type { ImagerSettings, Region } from '../../imager/imager.ts'
import type { GuestContext, HostInterface } from './guest-context.ts'
import { checkRegion, witFormat } from './pixels.ts'
import { err, ok, type Result } from './result.ts'

/** One frame as a guest sees it, whatever holds its pixels. */
export interface Picture {
  readonly facts: PictureFacts
  /** The whole plane in the layout that `facts.format` names. */
  plane(): Uint8Array
  /** Luma of every `step`-th pixel of a region that lies inside the frame. */
  luma(region: Region, step: number): Uint8Array
  release(): void
}

export interface PictureFacts {
  readonly sequence: number
  readonly captureNanos: bigint
  readonly widthPixels: number
  readonly heightPixels: number
  readonly format: PixelFormat
  readonly settings: ImagerSettings
  /** Frames missed since the one before. */
  readonly dropped: number
}

/** Frames on demand: what `latest` and `next` take from. */
export interface FrameSource {
  /** The newest frame that was not taken yet, waiting up to `timeoutMs` for it. */
  take(timeoutMs: number): Picture | 'none' | { readonly lost: string }
  /** Asks for other frames; the answer is what will be delivered. */
  request(wanted: FrameRequest): FrameRequest
  statistics(): FrameStatistics
}

export interface FrameRequest {
  readonly widthPixels: number | undefined
  readonly heightPixels: number | undefined
  readonly format: PixelFormat | undefined
  readonly frameRateMillihertz: number | undefined
}

export interface FrameStatistics {
  readonly captured: number
  readonly delivered: number
  readonly dropped: number
  readonly poolDepth: number
}

export type FrameError =
  | { readonly tag: 'invalid-region'; readonly val: string }
  | { readonly tag: 'timeout' }
  | { readonly tag: 'imager-lost'; readonly val: string }

interface WitFrameRequest {
  width?: number | undefined
  height?: number | undefined
  format?: string | undefined
  frameRateMillihertz?: number | undefined
  buffering?: 'latest' | 'queued' | undefined
}

const DISPOSE = Symbol.dispose ?? Symbol.for('dispose')
/** Under this key jco's glue finds the number that stands for a host resource in its tables. */
const REPRESENTATION = Symbol.for('cabiRep')
/** The frame of `on-frame` is one object per instance: with a number of its own each, the glue's table would grow for ever. */
const BORROWED = 1
const LARGEST_STEP = 64
const LARGEST_TIMEOUT_MS = 60_000

/** The resource class of one instance: main component and providers share it, so a frame passes from one to the other. */
export class Frame {
  picture: Picture | undefined
  readonly #taken: Set<number> | undefined

  /** `taken` holds the numbers of the frames that the guest owns; without it the frame is the borrowed one. */
  constructor(picture?: Picture, taken?: Set<number>) {
    this.picture = picture
    this.#taken = taken
    let representation = BORROWED
    if (taken) {
      do representation++
      while (taken.has(representation))
      taken.add(representation)
    }
    Object.defineProperty(this, REPRESENTATION, { value: representation, writable: true })
  }

  info(): object {
    const { facts } = this.#open()
    return {
      sequence: BigInt(facts.sequence),
      captureTimeNanos: facts.captureNanos,
      width: facts.widthPixels,
      height: facts.heightPixels,
      format: witFormat(facts.format),
      dropped: facts.dropped,
      settings: witSettings(facts.settings),
    }
  }

  read(): Uint8Array {
    return this.#open().plane()
  }

  readRegion(region: Region, step: number): Result<Uint8Array, FrameError> {
    const picture = this.#open()
    const problem = checkRegion(region, picture.facts) ?? checkStep(step)
    return problem === undefined ? ok(picture.luma(region, step)) : err({ tag: 'invalid-region', val: problem })
  }

  /** Called by the glue when the guest drops a frame that it owns. */
  [DISPOSE](): void {
    this.picture?.release()
    this.picture = undefined
    const representation = Object.getOwnPropertyDescriptor(this, REPRESENTATION)?.value
    this.#taken?.delete(representation)
  }

  #open(): Picture {
    if (!this.picture) throw new Error('the frame was used after the call that lent it')
    return this.picture
  }
}

export function framesInterface(context: GuestContext): HostInterface {
  const taken = new Set<number>()
  const take = (timeoutMs: number): Result<Frame | undefined, FrameError> => {
    const picture = context.frames.take(timeoutMs)
    if (picture === 'none') return ok(undefined)
    if ('lost' in picture) return err({ tag: 'imager-lost', val: picture.lost })
    context.outputs.stampWith(picture.facts)
    return ok(new Frame(picture, taken))
  }
  return {
    Frame,
    request(wanted: WitFrameRequest): Result<WitFrameRequest, FrameError> {
      const granted = context.frames.request({
        widthPixels: wanted.width,
        heightPixels: wanted.height,
        format: wanted.format === undefined ? undefined : hostFormat(wanted.format),
        frameRateMillihertz: wanted.frameRateMillihertz,
      })
      return ok({
        width: granted.widthPixels,
        height: granted.heightPixels,
        format: granted.format && witFormat(granted.format),
        frameRateMillihertz: granted.frameRateMillihertz,
        buffering: 'latest',
      })
    },
    latest(): Frame | undefined {
      const found = take(0)
      return found.tag === 'ok' ? found.val : undefined
    },
    next(timeoutMs: number): Result<Frame, FrameError> {
      const found = take(Math.min(timeoutMs, LARGEST_TIMEOUT_MS))
      if (found.tag === 'err') return found
      return found.val ? ok(found.val) : err({ tag: 'timeout' })
    },
    statistics() {
      const { captured, delivered, dropped, poolDepth } = context.frames.statistics()
      return { captured: BigInt(captured), delivered: BigInt(delivered), dropped: BigInt(dropped), poolDepth }
    },
  }
}

/** Settings as the contract's record `frame-settings`. */
export function witSettings(settings: ImagerSettings): object {
  return {
    exposureMicros: Math.round(settings.exposureMicros),
    gainDecibels: settings.gainDecibels,
    region: settings.region,
    frameRateMillihertz: Math.round(settings.frameRateMillihertz),
  }
}

function checkStep(step: number): string | undefined {
  return step >= 1 && step <= LARGEST_STEP ? undefined : `step ${step} is not from 1 to ${LARGEST_STEP}`
}

/** The contract's name of a layout as the host's; one that no driver delivers is left to the host. */
function hostFormat(format: string): PixelFormat | undefined {
  switch (format) {
    case 'gray8':
    case 'gray10':
    case 'rgb8':
    case 'bayer-rggb8':
    case 'bayer-rggb10':
      return format
    case 'nv12':
      return 'yuv420'
    default:
      return undefined
  }
}
