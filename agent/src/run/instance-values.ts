/** The kept values of one instance: read from the store once, written with the next group commit. */
import { OcelliError } from '@ocelli/schemas/errors'
import type { InstanceId } from '@ocelli/schemas/ids'
import type { AgentStore, StoreWrites } from '../ports.ts'
import type { InstanceState } from '../runtime/host.ts'
import type { Contributor, GroupCommit } from '../storage/group-commit.ts'

export const MAX_KEY_CHARACTERS = 256
export const MAX_VALUE_BYTES = 64 * 1024
export const MAX_TOTAL_BYTES = 1024 * 1024

export class InstanceValues implements InstanceState, Contributor {
  readonly #id: InstanceId
  readonly #commit: GroupCommit
  readonly #values: Map<string, Uint8Array>
  readonly #dirty = new Set<string>()
  readonly #leave: () => void
  #total: number

  constructor(id: InstanceId, store: AgentStore, commit: GroupCommit) {
    this.#id = id
    this.#commit = commit
    this.#values = new Map(store.instanceState(id))
    this.#total = [...this.#values].reduce((sum, [key, value]) => sum + key.length + value.byteLength, 0)
    this.#leave = commit.join(this)
  }

  get(key: string): Uint8Array | undefined {
    return this.#values.get(key)
  }

  /** Throws OcelliError `storage.full` beyond the limits of the interface. */
  set(key: string, value: Uint8Array): void {
    const before = this.#values.get(key)
    const total = this.#total - sizeOf(key, before) + sizeOf(key, value)
    if (key.length > MAX_KEY_CHARACTERS || value.byteLength > MAX_VALUE_BYTES || total > MAX_TOTAL_BYTES) {
      throw new OcelliError(
        'storage.full',
        `a value of ${value.byteLength} bytes under a key of ${key.length} characters would make ${total} bytes; the limits are ${MAX_VALUE_BYTES}, ${MAX_KEY_CHARACTERS} and ${MAX_TOTAL_BYTES}`,
      )
    }
    this.#total = total
    this.#values.set(key, value.slice())
    this.#mark(key)
  }

  delete(key: string): void {
    const before = this.#values.get(key)
    if (before === undefined) return
    this.#total -= sizeOf(key, before)
    this.#values.delete(key)
    this.#mark(key)
  }

  keys(): readonly string[] {
    return [...this.#values.keys()]
  }

  write(writes: StoreWrites): void {
    for (const key of this.#dirty) {
      const value = this.#values.get(key)
      if (value === undefined) writes.removeState(this.#id, key)
      else writes.putState(this.#id, key, value)
    }
  }

  committed(): void {
    this.#dirty.clear()
  }

  /** Writes what is left and takes part in no further commit. */
  close(): void {
    if (this.#dirty.size > 0) this.#commit.now()
    this.#leave()
  }

  #mark(key: string): void {
    this.#dirty.add(key)
    this.#commit.request()
  }
}

const sizeOf = (key: string, value: Uint8Array | undefined): number =>
  value === undefined ? 0 : key.length + value.byteLength
