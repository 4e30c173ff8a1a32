/**
 * The few numbers that the agent's thread and a worker share: a bell that wakes the worker, the deadline of the call
 * under way, and counters. Reading them costs no message, so a call costs none beyond its own.
 */

const BELL = 0
/** Places in 64-bit words; the bell takes the first. */
const DEADLINE = 1
const CALLS = 2
const FRAMES_HANDLED = 3
const MEMORY_BYTES = 4
const OUTPUT_DROPPED_BYTES = 5
const LOG_LINES_CUT = 6
const WORDS = 7

export interface GuestCounters {
  readonly calls: number
  readonly framesHandled: number
  readonly memoryBytes: number
  readonly outputDroppedBytes: number
  readonly logLinesCut: number
}

export class ControlBlock {
  readonly buffer: SharedArrayBuffer
  readonly #bell: Int32Array
  readonly #words: BigInt64Array

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(8 * WORDS)) {
    this.buffer = buffer
    this.#bell = new Int32Array(buffer, 0, 1)
    this.#words = new BigInt64Array(buffer)
  }

  /** Tells the worker that a message was posted. */
  ring(): void {
    Atomics.add(this.#bell, BELL, 1)
    Atomics.notify(this.#bell, BELL)
  }

  /** How often the bell rang; to be read before looking for messages. */
  rings(): number {
    return Atomics.load(this.#bell, BELL)
  }

  /** Sleeps until the bell rang more often than `heard`. */
  waitForRing(heard: number): void {
    Atomics.wait(this.#bell, BELL, heard)
  }

  /** A call begins that must be done by then, in nanoseconds of the process's monotonic clock; 0 where it has no deadline. */
  beginCall(deadlineNanos: bigint): void {
    Atomics.add(this.#words, CALLS, 1n)
    Atomics.store(this.#words, DEADLINE, deadlineNanos)
  }

  endCall(counters: Omit<GuestCounters, 'calls'>): void {
    Atomics.store(this.#words, FRAMES_HANDLED, BigInt(counters.framesHandled))
    Atomics.store(this.#words, MEMORY_BYTES, BigInt(counters.memoryBytes))
    Atomics.store(this.#words, OUTPUT_DROPPED_BYTES, BigInt(counters.outputDroppedBytes))
    Atomics.store(this.#words, LOG_LINES_CUT, BigInt(counters.logLinesCut))
    Atomics.store(this.#words, DEADLINE, 0n)
  }

  /** Deadline of the call under way; 0 where there is none. */
  deadlineNanos(): bigint {
    return Atomics.load(this.#words, DEADLINE)
  }

  counters(): GuestCounters {
    const at = (place: number): number => Number(Atomics.load(this.#words, place))
    return {
      calls: at(CALLS),
      framesHandled: at(FRAMES_HANDLED),
      memoryBytes: at(MEMORY_BYTES),
      outputDroppedBytes: at(OUTPUT_DROPPED_BYTES),
      logLinesCut: at(LOG_LINES_CUT),
    }
  }
}
