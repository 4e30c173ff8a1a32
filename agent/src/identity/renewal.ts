/** Asks for a new certificate at two thirds of the life of the one held, and goes on asking after it expired. */
import { OcelliError } from '@ocelli/schemas/errors'
import type { Clock, IdentityKeeper, Log, Random } from '../ports.ts'
import { backoffMs } from '../run/backoff.ts'

export interface RenewalOptions {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly identity: IdentityKeeper
  readonly onRenewed: () => void
}

/** How often the certificate's age is looked at: a device's wall clock may jump by years when it is set. */
const LOOK_EVERY_MS = 3_600_000
const RETRY = { firstMs: 60_000, maxMs: 3_600_000 }

export class Renewal {
  readonly #options: RenewalOptions
  #failures = 0
  #cancel: (() => void) | undefined
  #closed = false

  constructor(options: RenewalOptions) {
    this.#options = options
  }

  start(): void {
    this.#look()
  }

  close(): void {
    this.#closed = true
    this.#cancel?.()
  }

  #look(): void {
    const { clock, identity } = this.#options
    const { validFromMs, validToMs } = identity.current()
    const dueMs = validFromMs + ((validToMs - validFromMs) * 2) / 3 - clock.wallMs()
    // A clock that was never set shows a time before the certificate's: then nothing is due, however old it is.
    if (dueMs <= 0) void this.#renew()
    else this.#after(Math.min(dueMs, LOOK_EVERY_MS))
  }

  async #renew(): Promise<void> {
    const { identity, log, random, onRenewed } = this.#options
    try {
      const { certificateNumber } = await identity.renew()
      if (this.#closed) return
      this.#failures = 0
      log('info', `certificate ${certificateNumber} received`)
      onRenewed()
      this.#after(LOOK_EVERY_MS)
    } catch (cause) {
      if (this.#closed) return
      this.#failures++
      const code = cause instanceof OcelliError ? `${cause.code}: ` : ''
      log('warn', `certificate not renewed: ${code}${cause instanceof Error ? cause.message : String(cause)}`)
      this.#after(backoffMs(RETRY, this.#failures, random, 'renewal'))
    }
  }

  #after(delayMs: number): void {
    this.#cancel = this.#options.clock.setTimer(delayMs, () => this.#look())
  }
}
