/** Ends a worker whose call passed its deadline. One timer at a time, and none while nothing was asked of the worker. */
import type { ControlBlock } from './control-block.ts'

/** A timer that comes later than this part of the period says that the machine is busy, not the call. */
const BUSY_FRACTION = 0.25

export class DeadlineWatch {
  readonly #control: ControlBlock
  readonly #onLate: () => void
  #timer: NodeJS.Timeout | undefined
  readonly #periodMs: number
  #outstanding = 0
  #dueMs = 0
  /** Deadline that was passed over once because this thread was kept from running, as the worker may have been. */
  #excusedNanos = 0n

  /** `periodMs` is the usual deadline of a call: the timer comes at most this late. */
  constructor(control: ControlBlock, periodMs: number, onLate: () => void) {
    this.#control = control
    this.#periodMs = periodMs
    this.#onLate = onLate
  }

  /** Something was asked of the worker. */
  begin(): void {
    this.#outstanding++
    if (!this.#timer) this.#arm(this.#periodMs)
  }

  /** It was answered. The timer is left to run out: arming one per call would cost more than a look a period. */
  end(): void {
    this.#outstanding--
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#outstanding = 0
  }

  #arm(delayMs: number): void {
    this.#dueMs = performance.now() + delayMs
    this.#timer = setTimeout(() => this.#check(), delayMs)
  }

  #check(): void {
    this.#timer = undefined
    if (this.#outstanding <= 0) return
    const deadline = this.#control.deadlineNanos()
    const leftMs = deadline === 0n ? this.#periodMs : Number(deadline - process.hrtime.bigint()) / 1e6
    if (leftMs > 0) {
      this.#arm(Math.ceil(leftMs))
      return
    }
    const lateMs = performance.now() - this.#dueMs
    if (lateMs > BUSY_FRACTION * this.#periodMs && this.#excusedNanos !== deadline) {
      this.#excusedNanos = deadline
      this.#arm(Math.min(lateMs, this.#periodMs))
    } else this.#onLate()
  }
}
