/** The worker's copy of an instance's state: read here, written through to the agent's thread. */
import type { InstanceState } from '../host.ts'

export class GuestStateCopy implements InstanceState {
  readonly #values: Map<string, Uint8Array>
  readonly #write: (key: string, value: Uint8Array | undefined) => void

  constructor(values: ReadonlyMap<string, Uint8Array>, write: (key: string, value: Uint8Array | undefined) => void) {
    this.#values = new Map(values)
    this.#write = write
  }

  get(key: string): Uint8Array | undefined {
    return this.#values.get(key)
  }

  set(key: string, value: Uint8Array): void {
    this.#values.set(key, value)
    this.#write(key, value)
  }

  delete(key: string): void {
    if (this.#values.delete(key)) this.#write(key, undefined)
  }

  keys(): readonly string[] {
    return [...this.#values.keys()]
  }
}
