/**
 * A disk that outlives the processes that use it, with the one promise of a database: a transaction is there whole or
 * not at all, it is seen by others only once it is durable, and its caller hears of it only after that.
 */
import { emptyState, type State } from './state.ts'

/** Applies one transaction; runs to its end without waiting, so that it is atomic. Throws before it writes, or never. */
export type Apply<T> = (state: State) => T

interface InFlight {
  readonly apply: () => void
}

/** What a running process has open on the disk. */
export interface Session {
  /** False once the process died: nothing of it may run any more. */
  alive: boolean
  /** Sent to the disk, not yet durable. */
  readonly unsynced: Set<InFlight>
  readonly onRecords: Set<() => void>
  readonly onIntent: Set<() => void>
}

export class MemoryDisk {
  readonly #state: State = emptyState()
  readonly #sessions = new Set<Session>()
  /** The lock that elects the leader; it ends with the process that holds it. */
  leader: Session | undefined

  open(): Session {
    const session: Session = { alive: true, unsynced: new Set(), onRecords: new Set(), onIntent: new Set() }
    this.#sessions.add(session)
    return session
  }

  close(session: Session): void {
    session.alive = false
    if (this.leader === session) this.leader = undefined
    this.#sessions.delete(session)
  }

  /**
   * Every process that uses the disk dies now. What was sent and not yet durable is kept where `keep` answers true and
   * lost where it answers false, each transaction whole; promises that wait for an answer never settle.
   */
  crash(keep: () => boolean): void {
    for (const session of [...this.#sessions]) {
      session.alive = false
      for (const transaction of session.unsynced) if (keep()) settle(transaction)
      session.unsynced.clear()
      this.close(session)
    }
    this.#wake()
  }

  /** Reads at once, without a transaction: for invariants that look at the disk from outside. */
  inspect<T>(read: Apply<T>): T {
    return read(this.#state)
  }

  /** Runs one transaction of a process; `latency` is waited for on the way to durability and on the way back. */
  async run<T>(session: Session, latency: () => Promise<void>, apply: Apply<T>): Promise<T> {
    if (!session.alive) return never()
    let outcome: { readonly value: T } | undefined
    const transaction: InFlight = {
      apply: () => {
        outcome = { value: apply(this.#state) }
      },
    }
    session.unsynced.add(transaction)
    await latency()
    if (!session.alive) return never()
    session.unsynced.delete(transaction)
    transaction.apply()
    this.#wake()
    await latency()
    if (!session.alive || outcome === undefined) return never()
    return (outcome as { readonly value: T }).value
  }

  /** Tells listeners of every process what the last transaction changed. */
  #wake(): void {
    const { recordsChanged, intentChanged } = this.#state
    this.#state.recordsChanged = false
    this.#state.intentChanged = false
    for (const session of [...this.#sessions]) {
      if (recordsChanged) for (const listener of [...session.onRecords]) listener()
      if (intentChanged) for (const listener of [...session.onIntent]) listener()
    }
  }
}

/** A transaction that fails writes nothing, and nobody is left to hear of it. */
function settle(transaction: InFlight): void {
  try {
    transaction.apply()
  } catch {}
}

/** What a dead process would have waited for. */
function never(): Promise<never> {
  return new Promise(() => {})
}
