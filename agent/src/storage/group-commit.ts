/**
 * Gathers small writes into one transaction: at most one within `withinMs`, or as soon as somebody asks for it. SD
 * cards wear out by the number of writes, so records and kept values share them.
 */
import { OcelliError } from '@ocelli/schemas/errors'
import type { AgentStore, Clock, Log, StoreWrites } from '../ports.ts'

export interface Contributor {
  /** Adds what waits to the transaction; called again with the same where the last one failed. */
  write(writes: StoreWrites): void
  /** What `write` added is durable. */
  committed(): void
}

/** Wait after a transaction failed because the disk is full. */
const RETRY_MS = 5000

/** Writes, or answers false where the disk is full: to be expected on a device, and no reason to stop what runs. */
export function writeUnlessFull(store: AgentStore, work: (writes: StoreWrites) => void): boolean {
  try {
    store.write(work)
    return true
  } catch (error) {
    if (error instanceof OcelliError && error.code === 'storage.full') return false
    throw error
  }
}

export class GroupCommit {
  readonly #store: AgentStore
  readonly #clock: Clock
  readonly #log: Log
  readonly #withinMs: number
  readonly #contributors = new Set<Contributor>()
  #cancel: (() => void) | undefined
  #closed = false

  constructor(store: AgentStore, clock: Clock, log: Log, withinMs: number) {
    this.#store = store
    this.#clock = clock
    this.#log = log
    this.#withinMs = withinMs
  }

  join(contributor: Contributor): () => void {
    this.#contributors.add(contributor)
    return () => void this.#contributors.delete(contributor)
  }

  /** Something waits: commits within the time limit. */
  request(): void {
    this.#schedule(this.#withinMs)
  }

  /** Commits what waits. False where the disk is full: it is tried again later, and nothing that waits is lost. */
  now(): boolean {
    this.#cancel?.()
    this.#cancel = undefined
    const contributors = [...this.#contributors]
    const written = writeUnlessFull(this.#store, (writes) => {
      for (const contributor of contributors) contributor.write(writes)
    })
    if (!written) {
      this.#log('error', `storage.full: the disk is full; trying again in ${RETRY_MS} ms`)
      this.#schedule(RETRY_MS)
      return false
    }
    for (const contributor of contributors) contributor.committed()
    return true
  }

  /** Commits a last time; nothing is scheduled afterwards. */
  close(): void {
    this.now()
    this.#closed = true
    this.#cancel?.()
  }

  #schedule(delayMs: number): void {
    if (this.#closed) return
    this.#cancel ??= this.#clock.setTimer(delayMs, () => {
      this.#cancel = undefined
      this.now()
    })
  }
}
