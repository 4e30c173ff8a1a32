/**
 * What the agent needs of the world. Each port is small; production and simulation pass their own.
 * The simulation forbids awaiting anything that is not one of these ports.
 */
import type { Envelope } from '@ocelli/schemas/dsse'
import type { DeviceId, Digest, InstanceId, ProjectId } from '@ocelli/schemas/ids'
import type { Inventory, ProvidedInterface } from '@ocelli/schemas/messages/inventory'
import type { ImagerBank } from './imager/imager.ts'
import type { ComponentHost } from './runtime/host.ts'

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

/** Artifacts on the device, by digest. What `has` says is complete and was checked against its digest. */
export interface ArtifactFiles {
  has(digest: Digest): boolean
  /** The bytes of a complete artifact. */
  read(digest: Digest): Uint8Array | undefined
  /** Bytes of an unfinished fetch, which may go on from there; survives a restart. */
  partialBytes(digest: Digest): number
  appendPartial(digest: Digest, chunk: Uint8Array): void
  /** The unfinished bytes, to be checked before `finish`. */
  readPartial(digest: Digest): Uint8Array
  /** Makes the unfinished artifact complete, in one atomic step. */
  finish(digest: Digest): void
  discardPartial(digest: Digest): void
  /** Removes every artifact, whole or unfinished, that is not in `keep`. */
  prune(keep: ReadonlySet<Digest>): void
}

/** What a record is worth when the outbox is full: 0 goes first (measurements, detections), 1 next (logs), 2 last. */
export type RecordPriority = 0 | 1 | 2

/** One record of the outbox: JSON text of a `TelemetryRecord`. */
export interface OutboxRow {
  readonly sequence: number
  readonly priority: RecordPriority
  readonly json: string
  /** Size of `json` in UTF-8. */
  readonly sizeBytes: number
}

/** Writes of one transaction of the store. */
export interface StoreWrites {
  put(key: string, value: string): void
  remove(key: string): void
  appendRecord(row: OutboxRow): void
  /** Forgets every record up to and including the sequence. */
  forgetRecordsThrough(sequence: number): void
  forgetRecords(sequences: readonly number[]): void
  putState(instance: InstanceId, key: string, value: Uint8Array): void
  removeState(instance: InstanceId, key: string): void
  removeAllState(instance: InstanceId): void
}

/**
 * What the agent must still know after a crash. Synchronous: a write has happened, durably and as a whole, when
 * `write` returns. Adapters: a SQLite file, and memory (simulation).
 */
export interface AgentStore {
  get(key: string): string | undefined
  /** All or nothing; where `work` throws, nothing was written. Throws OcelliError `storage.full` when the disk is. */
  write(work: (writes: StoreWrites) => void): void
  /** Records above `after` in order of sequence, at most `limit`. */
  records(after: number, limit: number): readonly OutboxRow[]
  /** Records of one priority above `after`, oldest first, at most `limit`. */
  recordsOfPriority(priority: RecordPriority, after: number, limit: number): readonly OutboxRow[]
  /** How many records there are up to and including the sequence, and their size. */
  countRecords(through: number): { readonly records: number; readonly bytes: number }
  instanceState(instance: InstanceId): ReadonlyMap<string, Uint8Array>
  close(): void
}

/** Digests and signatures; synchronous, so that no step of the agent waits for arithmetic. */
export interface Crypto {
  sha256(bytes: Uint8Array): Digest
  /** Ed25519; `publicKey` is SPKI DER in base64, `signature` base64. False for anything that does not verify or parse. */
  verifyEd25519(publicKey: string, message: Uint8Array, signature: string): boolean
}

/** Who this device is, as enrolment and renewal left it. */
export interface DeviceIdentity {
  readonly device: DeviceId
  readonly project: ProjectId
  readonly name: string
  readonly certificateNumber: number
  /** Validity of the certificate in wall time. */
  readonly validFromMs: number
  readonly validToMs: number
  /** Ed25519 public key of the operator: SPKI DER in base64. */
  readonly operatorKey: string
  /** The trust document as it was at enrolment; the store may hold a newer one. */
  readonly trust: Envelope
}

export interface IdentityKeeper {
  current(): DeviceIdentity
  /** Gets a new certificate and keeps it; `current` is the new one afterwards. Rejects with a coded error. */
  renew(): Promise<DeviceIdentity>
}

/** What kind of device this is. Facts that can change while the agent runs come from the imager bank. */
export interface DeviceFacts {
  /** Random at each start of the operating system. */
  readonly bootId: string
  readonly platform: Inventory['platform']
  /** Interfaces that the host can link before imagers narrow them; a simulated profile may offer fewer or older ones. */
  readonly offered: readonly Offer[]
}

/** An interface the host can link; `needs` says which imagers can serve it, where it is served by an imager. */
export interface Offer extends Pick<ProvidedInterface, 'name' | 'attributes'> {
  readonly needs?: 'imager' | 'control' | 'detector'
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Where the agent says what it does; for people. */
export type Log = (level: LogLevel, message: string) => void

export interface AgentPorts {
  readonly clock: Clock
  readonly random: Random
  readonly crypto: Crypto
  readonly identity: IdentityKeeper
  readonly store: AgentStore
  readonly artifacts: ArtifactFiles
  readonly source: ArtifactSource
  readonly link: Link
  readonly host: ComponentHost
  readonly imagers: ImagerBank
  readonly facts: DeviceFacts
  readonly log: Log
}
