/**
 * The one way out for records: stamps them, holds them to the output budget, and counts what was refused.
 * Promise 7: all output of an instance but images shares a small, visible byte budget.
 */
import type { ImagerId } from '@ocelli/schemas/ids'
import type { FrameStamp, Output } from '../host.ts'
import type { PictureFacts } from './frames.ts'
import { err, ok, type Result } from './result.ts'
import { TokenBucket } from './token-bucket.ts'

export type OutputError =
  | { readonly tag: 'invalid'; readonly val: string }
  | { readonly tag: 'over-budget'; readonly val: number }
  | { readonly tag: 'too-large'; readonly val: number }

export interface OutputGateOptions {
  readonly outputBytesPerSecond: number
  readonly imager: ImagerId | undefined
  monotonicNanos(): bigint
  /** Takes an accepted output. */
  accept(output: Output): void
}

/** The budget may be saved up over this time. */
const BURST_SECONDS = 10
/** One record, whatever the budget: a batch of telemetry must hold several. */
const MAX_RECORD_BYTES = 32_768
/** How often the log says that output was refused. */
const NOTE_INTERVAL_NANOS = 10_000_000_000n
/** Stamp, sequence and times that the agent adds to each record. */
const STAMP_BYTES = 96

export class OutputGate {
  readonly #options: OutputGateOptions
  readonly #bucket: TokenBucket
  #stamp: FrameStamp | undefined
  #droppedBytes = 0
  #unnotedBytes = 0
  #notedAtNanos: bigint | undefined

  constructor(options: OutputGateOptions) {
    this.#options = options
    const rate = options.outputBytesPerSecond
    this.#bucket = new TokenBucket(rate, rate * BURST_SECONDS, options.monotonicNanos())
  }

  /** Bytes refused because the budget was spent, since the start. */
  get droppedBytes(): number {
    return this.#droppedBytes
  }

  /** Records from now on come from this frame, or from none. */
  stampWith(facts: PictureFacts | undefined): void {
    const imager = this.#options.imager
    this.#stamp = facts &&
      imager && { imager, frame: facts.sequence, captureMicros: Number(facts.captureNanos / 1000n) }
  }

  /** Takes a valid record, or says why not; what is refused is counted and noted in the log. */
  publish(output: Output): Result<undefined, OutputError> {
    const bytes = sizeOf(output)
    const limit = Math.min(MAX_RECORD_BYTES, this.#bucket.capacity)
    if (bytes > limit) {
      this.#refuse(bytes)
      return err({ tag: 'too-large', val: Math.floor(limit) })
    }
    const waitMs = this.#bucket.take(bytes, this.#options.monotonicNanos())
    if (waitMs > 0) {
      this.#refuse(bytes)
      return err({ tag: 'over-budget', val: waitMs })
    }
    this.#accept(output)
    return ok(undefined)
  }

  /** Takes a record that the budget does not hold: images, which have their own, and notes of the host. */
  publishFree(output: Output): void {
    this.#accept(output)
  }

  #accept(output: Output): void {
    this.#options.accept(this.#stamp ? { ...output, stamp: this.#stamp } : output)
  }

  #refuse(bytes: number): void {
    this.#droppedBytes += bytes
    this.#unnotedBytes += bytes
    const now = this.#options.monotonicNanos()
    if (this.#notedAtNanos !== undefined && now - this.#notedAtNanos < NOTE_INTERVAL_NANOS) return
    const message = `refused ${this.#unnotedBytes} bytes of output: the budget is ${this.#options.outputBytesPerSecond} bytes a second`
    this.#notedAtNanos = now
    this.#unnotedBytes = 0
    this.publishFree({ kind: 'log', level: 'warn', context: 'host', message })
  }
}

function sizeOf(output: Output): number {
  return Buffer.byteLength(JSON.stringify(output)) + STAMP_BYTES
}
