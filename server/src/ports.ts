/**
 * What the control plane needs of the world. Adapters: store (memory, PGlite, PostgreSQL), bus (aedes in process,
 * external broker, in-memory network of the simulation), clock, chance, keys, admission.
 */
import type { Envelope } from '@ocelli/schemas/dsse'
import type { DeviceId } from '@ocelli/schemas/ids'
import type { AdmittedComponent } from './domain/component.ts'

export interface Clock {
  /** Milliseconds since 1970. */
  wallMs(): number
  monotonicMs(): number
  /** Calls `fn` once after `delayMs`; the returned function cancels it. */
  setTimer(delayMs: number, fn: () => void): () => void
}

/** Chance split by purpose, so that a new use shifts nobody else's. */
export interface Random {
  bytes(purpose: string, count: number): Uint8Array
}

export interface BusMessage {
  readonly topic: string
  readonly payload: Uint8Array
  readonly retained: boolean
}

/**
 * The server's side of the broker. At-least-once, any order between devices, in order within one device's topic.
 * The server never trusts a device id in a payload: the broker's access rules bind topics to certificates.
 */
export interface Bus {
  /**
   * Starts delivery of what devices write. `telemetry` may be shared with other replicas; all else comes to every
   * caller. The next message of a topic may arrive before the promise of the one before is settled.
   */
  open(handlers: BusHandlers): Promise<void>
  /** Resolves true when the broker has it, false when it could not be handed over now (the loops try again). */
  publish(
    topic: string,
    payload: Uint8Array,
    options: { readonly qos: 0 | 1; readonly retained: boolean },
  ): Promise<boolean>
  /** Ends a device's connection: its certificate was revoked or its record deleted. */
  disconnect(device: DeviceId): Promise<void>
  close(): Promise<void>
}

export interface BusHandlers {
  onMessage(message: BusMessage): void
  /** The broker was (re)started or reached again: retained messages may be gone and must be published again. */
  onUp(): void
  onDown(reason: string): void
}

/** Ed25519 signatures over DSSE envelopes; the desired-state key never leaves the adapter. */
export interface Signer {
  sign(payloadType: string, payload: Uint8Array): Envelope
}

/** SHA-256. */
export type Hash = (bytes: Uint8Array) => Uint8Array

/** Reads a component in a throw-away process with limits on time and memory. */
export interface Admission {
  /**
   * Validates preamble, core modules and WIT; reads imports, exports and the needs section. Rejects with
   * `component.*`; is none the worse afterwards, whatever the bytes were.
   */
  inspect(wasm: Uint8Array): Promise<AdmittedComponent>
}
