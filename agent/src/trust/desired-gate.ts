/**
 * The gate that desired state passes: opened, checked, made durable, then handed on. A state that names a newer trust
 * document, or is signed by a key that is not known, makes the agent fetch that document first, now and then.
 */
import type { Envelope } from '@ocelli/schemas/dsse'
import { type DesiredState, desired as desiredMessage } from '@ocelli/schemas/messages/desired'
import type { Reported } from '@ocelli/schemas/messages/reported'
import type { ArtifactSource, Clock, Log } from '../ports.ts'
import { reportOf } from '../run/coded.ts'
import { monotonicMs } from '../run/monotonic.ts'
import type { Refusal } from './envelope.ts'
import type { DesiredKeeper, TrustKeeper } from './keeper.ts'

export interface GateOptions {
  readonly clock: Clock
  readonly log: Log
  readonly source: Pick<ArtifactSource, 'fetchTrust'>
  readonly trust: TrustKeeper
  readonly desired: DesiredKeeper
  readonly onDesired: (state: DesiredState) => void
  readonly onTrust: () => void
  readonly onChange: () => void
}

/** Least time between two fetches of the trust document, whoever asks: an unknown key costs the sender nothing. */
const TRUST_FETCH_EVERY_MS = 10_000

export class DesiredGate {
  readonly #options: GateOptions
  #refused: Reported['refused']
  /** The latest state that waits for a newer trust document. */
  #waiting: Envelope | undefined
  #fetching = false
  #notBeforeMs = 0
  #cancel: (() => void) | undefined
  #closed = false

  constructor(options: GateOptions) {
    this.#options = options
  }

  /** The last desired state that was refused, until one is accepted. */
  get refused(): Reported['refused'] {
    return this.#refused
  }

  receive(payload: Uint8Array): void {
    const parsed = desiredMessage.parse(payload)
    if (parsed.ok) this.#take(parsed.value, true)
    else this.#refuse(parsed)
  }

  close(): void {
    this.#closed = true
    this.#cancel?.()
  }

  #take(envelope: Envelope, mayFetch: boolean): void {
    const { desired, trust, onDesired } = this.#options
    const opened = desired.accept(envelope)
    if (!opened.ok) {
      this.#refuse(opened)
      if (mayFetch && opened.code === 'trust.unknownPublisher') this.#askTrust(envelope)
      return
    }
    this.#refused = undefined
    this.#waiting = undefined
    onDesired(opened.value)
    if (opened.value.trustVersion > trust.document.version) this.#askTrust(undefined)
  }

  /** Fetches the trust document now, or as soon as the rate limit allows. */
  #askTrust(waiting: Envelope | undefined): void {
    if (waiting !== undefined) this.#waiting = waiting
    if (this.#fetching || this.#cancel !== undefined || this.#closed) return
    const delayMs = this.#notBeforeMs - monotonicMs(this.#options.clock)
    if (delayMs <= 0) {
      void this.#fetchTrust()
      return
    }
    this.#cancel = this.#options.clock.setTimer(delayMs, () => {
      this.#cancel = undefined
      void this.#fetchTrust()
    })
  }

  async #fetchTrust(): Promise<void> {
    const { source, trust, log, clock, onTrust } = this.#options
    this.#fetching = true
    this.#notBeforeMs = monotonicMs(this.#options.clock) + TRUST_FETCH_EVERY_MS
    let failed = false
    try {
      const opened = trust.accept(await source.fetchTrust())
      if (opened.ok) {
        log('info', `trust document version ${opened.value.version} accepted`)
        onTrust()
      } else if (opened.code !== 'trust.rollback') {
        log('error', `trust document refused: ${opened.code}: ${opened.message}`)
      }
    } catch (cause) {
      failed = true
      const { code, message } = reportOf(cause, 'artifact.unavailable', clock.wallMs())
      log('warn', `trust document not fetched: ${code}: ${message}`)
    }
    this.#fetching = false
    if (this.#closed) return
    this.#afterFetch(failed)
  }

  #afterFetch(failed: boolean): void {
    const { trust, desired } = this.#options
    const waiting = this.#waiting
    this.#waiting = undefined
    // A document that came without the key is no reason to ask again: the server sends the state again anyway.
    if (waiting !== undefined && !failed) this.#take(waiting, false)
    const wanted = desired.accepted?.trustVersion ?? 0
    if (failed && waiting !== undefined) this.#askTrust(waiting)
    else if (wanted > trust.document.version) this.#askTrust(undefined)
    this.#options.onChange()
  }

  #refuse({ code, message, generation }: Omit<Refusal, 'ok'>): void {
    const { log, clock, onChange } = this.#options
    log('warn', `desired state refused: ${code}: ${message}`)
    const error = { code, message: message.slice(0, 2048), atMs: clock.wallMs() }
    this.#refused = generation ? { generation, error } : { error }
    onChange()
  }
}
