/** Ends a worker whose call passed its deadline. One timer at a time, and none while nothing was asked of the worker. */
import type { ControlBlock } from './control-block.ts'

export class DeadlineWatch {
  readonly #control: ControlBlock
  readonly #onLate: () => void
  #timer: NodeJS.Timeout | undefined
  #outstanding = 0
  #periodMs: number

  /** `periodMs` is the usual deadline of a call: the timer comes at most this late. */
  constructor(control: ControlBlock, periodMs: number, onLate: () => void) {
    this.#control = control
    this.#periodMs = periodMs
    this.#onLate = onLate
  }

  /** Something was asked of the worker. */
  begin(): void {
    this.#outstanding++
    this.#timer ??= setTimeout(() => this.#check(), this.#periodMs)
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

  #check(): void {
    this.#timer = undefined
    if (this.#outstanding <= 0) return
    const deadline = this.#control.deadlineNanos()
    const leftMs = deadline === 0n ? this.#periodMs : Number(deadline - process.hrtime.bigint()) / 1e6
    if (leftMs <= 0) this.#onLate()
    else this.#timer = setTimeout(() => this.#check(), Math.ceil(leftMs))
  }
}
