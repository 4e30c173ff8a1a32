/** Remembers over a restart of the agent which tasks ended well, so that they are not run again. */
import type { InstanceId } from '@ocelli/schemas/ids'
import type { DesiredInstance } from '@ocelli/schemas/messages/desired'
import type { AgentStore, Crypto } from '../ports.ts'
import { writeUnlessFull } from '../storage/group-commit.ts'

export class CompletedTasks {
  readonly #store: AgentStore
  readonly #crypto: Crypto

  constructor(store: AgentStore, crypto: Crypto) {
    this.#store = store
    this.#crypto = crypto
  }

  remember(instance: DesiredInstance, exitCode: number): void {
    const value = JSON.stringify({ spec: this.#digestOf(instance), exitCode })
    // Forgotten on a full disk: the task would run once more after a restart, which is the lesser harm.
    writeUnlessFull(this.#store, (writes) => writes.put(keyOf(instance.id), value))
  }

  /** The exit code with which this very instance ended; `undefined` where it did not, or was asked for anew. */
  recall(instance: DesiredInstance): number | undefined {
    const stored = this.#store.get(keyOf(instance.id))
    if (stored === undefined) return undefined
    const { spec, exitCode } = JSON.parse(stored) as { spec: string; exitCode: number }
    return spec === this.#digestOf(instance) ? exitCode : undefined
  }

  forget(id: InstanceId): void {
    if (this.#store.get(keyOf(id)) === undefined) return
    writeUnlessFull(this.#store, (writes) => writes.remove(keyOf(id)))
  }

  #digestOf(instance: DesiredInstance): string {
    // The same signed text gives the same order of fields, which is all that a restart needs.
    return this.#crypto.sha256(Buffer.from(JSON.stringify(instance)))
  }
}

const keyOf = (id: InstanceId): string => `completed ${id}`
