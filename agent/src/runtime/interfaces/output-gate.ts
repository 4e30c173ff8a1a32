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
/** Most that log lines may take of the budget: a component that chatters still has the rest for what it measures. */
const LOG_SHARE = 0.5
/** Lines below `info` are cut while less than this part of the savings for logs is left: errors have it to themselves. */
const DETAIL_KEEPS = 0.5
/** One record, whatever the budget: a batch of telemetry must hold several. */
const MAX_RECORD_BYTES = 32_768
/** How often the log says that output was refused. */
const NOTE_INTERVAL_NANOS = 10_000_000_000n
/** Stamp, sequence and times that the agent adds to each record. */
const STAMP_BYTES = 96

/** Refused since the log said so last, and when it did. */
interface Unnoted {
  count: number
  atNanos: bigint | undefined
}

export class OutputGate {
  readonly #options: OutputGateOptions
  readonly #bucket: TokenBucket
  readonly #logBucket: TokenBucket
  readonly #unnotedBytes: Unnoted = { count: 0, atNanos: undefined }
  readonly #unnotedLines: Unnoted = { count: 0, atNanos: undefined }
  #stamp: FrameStamp | undefined
  #droppedBytes = 0
  #linesCut = 0

  constructor(options: OutputGateOptions) {
    this.#options = options
    const rate = options.outputBytesPerSecond
    const nowNanos = options.monotonicNanos()
    this.#bucket = new TokenBucket(rate, rate * BURST_SECONDS, nowNanos)
    this.#logBucket = new TokenBucket(rate * LOG_SHARE, rate * LOG_SHARE * BURST_SECONDS, nowNanos)
  }

  /** Bytes refused because the budget was spent, since the start; those of log lines are among them. */
  get droppedBytes(): number {
    return this.#droppedBytes
  }

  /** Log lines refused since the start. */
  get linesCut(): number {
    return this.#linesCut
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
    const isLog = output.kind === 'log'
    const limit = Math.min(MAX_RECORD_BYTES, (isLog ? this.#logBucket : this.#bucket).capacity)
    const waitMs = bytes > limit ? 0 : this.#take(output, bytes)
    if (bytes <= limit && waitMs === 0) {
      this.#accept(output)
      this.#note(NOTE_INTERVAL_NANOS)
      return ok(undefined)
    }
    this.#droppedBytes += bytes
    if (isLog) {
      this.#linesCut++
      this.#unnotedLines.count++
    } else this.#unnotedBytes.count += bytes
    this.#note(NOTE_INTERVAL_NANOS)
    return err(bytes > limit ? { tag: 'too-large', val: Math.floor(limit) } : { tag: 'over-budget', val: waitMs })
  }

  /** Takes a record that the budget does not hold: images, which have their own, and notes of the host. */
  publishFree(output: Output): void {
    this.#accept(output)
  }

  /** The instance ends: says what was refused and not yet said. */
  close(): void {
    this.#note(0n)
  }

  /** Milliseconds until there is room for it; 0 where it was taken. */
  #take(output: Output, bytes: number): number {
    const nowNanos = this.#options.monotonicNanos()
    if (output.kind === 'log') {
      const isDetail = output.level === 'trace' || output.level === 'debug'
      const waitMs = this.#logBucket.take(bytes, nowNanos, isDetail ? this.#logBucket.capacity * DETAIL_KEEPS : 0)
      if (waitMs > 0) return waitMs
    }
    return this.#bucket.take(bytes, nowNanos)
  }

  #accept(output: Output): void {
    this.#options.accept(this.#stamp ? { ...output, stamp: this.#stamp } : output)
  }

  /** Says what was refused, where that was said last at least `sinceNanos` ago. */
  #note(sinceNanos: bigint): void {
    const { outputBytesPerSecond: budget } = this.#options
    const lines = this.#due(this.#unnotedLines, sinceNanos)
    if (lines > 0) this.#say(`cut ${lines} log lines: logs may take ${budget * LOG_SHARE} bytes a second`)
    const bytes = this.#due(this.#unnotedBytes, sinceNanos)
    if (bytes > 0) this.#say(`refused ${bytes} bytes of output: the budget is ${budget} bytes a second`)
  }

  /** What is to be said now, which is then said. */
  #due(unnoted: Unnoted, sinceNanos: bigint): number {
    const { count, atNanos } = unnoted
    if (count === 0) return 0
    const nowNanos = this.#options.monotonicNanos()
    if (atNanos !== undefined && nowNanos - atNanos < sinceNanos) return 0
    unnoted.count = 0
    unnoted.atNanos = nowNanos
    return count
  }

  #say(message: string): void {
    this.publishFree({ kind: 'log', level: 'warn', context: 'host', message })
  }
}

function sizeOf(output: Output): number {
  return Buffer.byteLength(JSON.stringify(output)) + STAMP_BYTES
}
