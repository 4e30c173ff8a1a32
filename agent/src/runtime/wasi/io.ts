/** wasi:io: streams that write lines or are at their end, and pollables that are ready at once or at a time. */
import type { HostInterface } from './closed-wasi.ts'

type StreamError = { readonly tag: 'closed' } | { readonly tag: 'last-operation-failed'; readonly val: IoError }
type StreamResult<T> = { readonly tag: 'ok'; readonly val: T } | { readonly tag: 'err'; readonly val: StreamError }

const CLOSED: { readonly tag: 'err'; readonly val: StreamError } = { tag: 'err', val: { tag: 'closed' } }
const ok = <T>(val: T): StreamResult<T> => ({ tag: 'ok', val })

/** How much a guest may hand over in one write. */
const WRITE_BYTES = 65_536n

export class IoError {
  toDebugString(): string {
    return 'nothing is behind this stream'
  }
}

/** Ready at once, or when `remainingNanos` says 0; `wait` lets that time pass. */
export class Pollable {
  readonly #remainingNanos: () => bigint
  readonly #wait: (nanos: bigint) => void

  constructor(remainingNanos: () => bigint, wait: (nanos: bigint) => void) {
    this.#remainingNanos = remainingNanos
    this.#wait = wait
  }

  static ready(): Pollable {
    return new Pollable(
      () => 0n,
      () => {},
    )
  }

  ready(): boolean {
    return this.#remainingNanos() <= 0n
  }

  block(): void {
    const remaining = this.#remainingNanos()
    if (remaining > 0n) this.#wait(remaining)
  }

  /** Blocks until one of `pollables` is ready; answers with the places of all that are. */
  static poll(pollables: readonly Pollable[]): Uint32Array {
    if (pollables.length === 0) throw new Error('poll needs at least one pollable')
    let first = pollables[0] ?? Pollable.ready()
    for (const pollable of pollables) if (pollable.#remainingNanos() < first.#remainingNanos()) first = pollable
    first.block()
    return Uint32Array.from(pollables.map((_, index) => index).filter((index) => pollables[index]?.ready() ?? false))
  }
}

/** A stream at its end. */
export class InputStream {
  read(_length: bigint): StreamResult<Uint8Array> {
    return CLOSED
  }
  blockingRead(_length: bigint): StreamResult<Uint8Array> {
    return CLOSED
  }
  skip(_length: bigint): StreamResult<bigint> {
    return CLOSED
  }
  blockingSkip(_length: bigint): StreamResult<bigint> {
    return CLOSED
  }
  subscribe(): Pollable {
    return Pollable.ready()
  }
}

/** Takes whatever is written and hands it to a sink. */
export class OutputStream {
  readonly #sink: (bytes: Uint8Array) => void

  constructor(sink: (bytes: Uint8Array) => void) {
    this.#sink = sink
  }

  checkWrite(): StreamResult<bigint> {
    return ok(WRITE_BYTES)
  }
  write(contents: Uint8Array): StreamResult<undefined> {
    this.#sink(contents)
    return ok(undefined)
  }
  blockingWriteAndFlush(contents: Uint8Array): StreamResult<undefined> {
    return this.write(contents)
  }
  flush(): StreamResult<undefined> {
    return ok(undefined)
  }
  blockingFlush(): StreamResult<undefined> {
    return ok(undefined)
  }
  subscribe(): Pollable {
    return Pollable.ready()
  }
  writeZeroes(length: bigint): StreamResult<undefined> {
    return this.write(new Uint8Array(Number(length < WRITE_BYTES ? length : WRITE_BYTES)))
  }
  blockingWriteZeroesAndFlush(length: bigint): StreamResult<undefined> {
    return this.writeZeroes(length)
  }
  splice(_source: InputStream, _length: bigint): StreamResult<bigint> {
    return CLOSED
  }
  blockingSplice(_source: InputStream, _length: bigint): StreamResult<bigint> {
    return CLOSED
  }
}

export function io(): [string, HostInterface][] {
  return [
    ['wasi:io/error', { Error: IoError }],
    ['wasi:io/poll', { Pollable, poll: Pollable.poll }],
    ['wasi:io/streams', { InputStream, OutputStream }],
  ]
}
