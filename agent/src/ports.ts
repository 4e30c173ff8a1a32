/**
 * What the agent needs of the world. Each port is small; production and simulation pass their own.
 * The simulation forbids awaiting anything that is not one of these ports.
 */
import type { Digest } from '@ocelli/schemas/ids'

export interface Clock {
  /** Wall time in milliseconds since 1970; may jump, and is used only for people and certificates. */
  wallMs(): number
  /** Nanoseconds since an arbitrary start; never goes back within a boot. */
  monotonicNanos(): bigint
  /** Whether the operating system says the wall clock is synchronised. */
  isSynchronised(): boolean
  /** Calls `fn` once after `delayMs`; the returned function cancels it. */
  setTimer(delayMs: number, fn: () => void): () => void
}

/** Chance split by purpose, so that a new use shifts nobody else's. */
export interface Random {
  bytes(purpose: string, count: number): Uint8Array
  /** From 0 (included) to 1 (excluded). */
  fraction(purpose: string): number
}

export interface LinkMessage {
  readonly topic: string
  readonly payload: Uint8Array
}

export interface LinkOptions {
  readonly clientId: string
  readonly will: { readonly topic: string; readonly payload: Uint8Array; readonly qos: 1; readonly retained: true }
  readonly subscriptions: readonly string[]
  readonly keepAliveMs: number
  readonly onMessage: (message: LinkMessage) => void
  /** Called once for each successful connection, after the subscriptions are in place. */
  readonly onUp: () => void
  /** Called once for each loss of the connection, with what is known of why. */
  readonly onDown: (reason: string) => void
}

/** An MQTT 3.1.1 session with clean start that reconnects by itself, with backoff and jitter. */
export interface Link {
  open(options: LinkOptions): LinkSession
}

export interface LinkSession {
  /** QoS 1: resolves true with PUBACK; resolves false when the connection went away first. QoS 0: resolves when handed over. */
  publish(
    topic: string,
    payload: Uint8Array,
    options: { readonly qos: 0 | 1; readonly retained: boolean },
  ): Promise<boolean>
  /** Drops the connection and connects again with the current identity (after a renewal). */
  reconnect(): void
  /** Sends DISCONNECT: the last will is not sent. Resolves when the connection is closed. */
  close(): Promise<void>
}

/** Where artifacts, signatures, large configurations and the trust document come from: HTTPS with the device's certificate. */
export interface ArtifactSource {
  /** Bytes of an artifact from `offset` on, in chunks. Rejects with `artifact.unavailable` (retryable) or `request.notFound`. */
  fetch(digest: Digest, offset: number): AsyncIterable<Uint8Array>
  /** The current signed trust document, as JSON text of its envelope. */
  fetchTrust(): Promise<string>
}
