/** What every action works with: ports, and the ways to tell the loops that something changed. */
import type { BrokerConfig, BrokerConfigRequest } from '@ocelli/schemas/api/broker'
import type { ComponentStatement } from '@ocelli/schemas/component'
import type { Envelope } from '@ocelli/schemas/dsse'
import type { DeviceId, KeyId, ProjectId } from '@ocelli/schemas/ids'
import type { TrustDocument } from '@ocelli/schemas/trust'
import type { AccessTokenRow, AuditRow, ComponentRow, EnrolmentTokenRow } from '../domain/records.ts'
import type { LocalTimeOf } from '../local-time.ts'
import type { Commands } from '../loops/commands.ts'
import type { HeldTelling } from '../loops/publish.ts'
import type { Admission, Bus, Clock, Hash, Random } from '../ports.ts'
import type { ClassIndex } from '../scheduler/schedule.ts'
import type { Store } from '../store/store.ts'
import type { Decided } from './decided.ts'
import type { Turns } from './turns.ts'

export interface ActionContext {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly random: Random
  readonly hash: Hash
  readonly commands: Commands
  readonly decided: Decided
  readonly turns: Turns
  readonly localTime: LocalTimeOf
  /** Remembers facts of devices between plans. */
  readonly classes: () => ClassIndex
  /** Devices hear nothing new until it is released, or for some seconds. */
  readonly holdTelling: () => HeldTelling
  readonly wake: {
    /** Facts or intent of a project may have changed. */
    replan(project: ProjectId): void
    publish(): void
    /** Alert rules changed. */
    alerts(): void
    /** Messages about alerts wait. */
    webhooks(): void
    /** A rollout was made, or asked for something. */
    rollout(): void
    /** The rest of a decision is due. */
    rest(): void
    /** Certificates were revoked. */
    upkeep(): void
    /** A device is no more. */
    deviceGone(device: DeviceId): Promise<void>
  }
}

/** What only a server with an authority has; the core in the simulation does without. */
export interface IdentityContext {
  /** Reads components in a throw-away process. */
  readonly admission: Admission
  /** Whether a trusted publisher signed the statement and may publish its name. */
  readonly verifyComponent: (envelope: Envelope) => Promise<ComponentVerdict>
  /** Verifies, reads and stores a component. Throws OcelliError `component.*` or `trust.*`. */
  readonly push: (request: {
    readonly bytes: Uint8Array
    readonly envelope: Envelope
    readonly project: ProjectId
    readonly actor: string
    readonly atMs: number
  }) => Promise<ComponentRow>
  readonly makeAccessToken: (
    fields: Pick<AccessTokenRow, 'project' | 'name' | 'role' | 'createdAtMs' | 'expiresAtMs'>,
  ) => { readonly row: AccessTokenRow; readonly text: string }
  readonly makeEnrolmentToken: (
    fields: Pick<EnrolmentTokenRow, 'project' | 'labels' | 'device' | 'uses' | 'createdAtMs' | 'expiresAtMs'>,
  ) => { readonly row: EnrolmentTokenRow; readonly text: string }
  readonly trust: {
    current(): Promise<{ readonly document: TrustDocument; readonly envelope: Envelope } | undefined>
    /** Throws OcelliError `trust.signature`, `trust.rollback`, `trust.mismatch`, `message.*`, `request.conflict`. */
    adopt(envelope: Envelope, audit: Pick<AuditRow, 'actor' | 'atMs'>): Promise<TrustDocument>
    operatorKey(): Promise<PublicKey | undefined>
    serverKey(): PublicKey
  }
  /** A new key for the signatures of a webhook: sealed for the store, and as it is shown once. */
  readonly makeWebhookSecret: (
    project: ProjectId,
    receiver: string,
  ) => { readonly sealed: Uint8Array; readonly secret: string }
  /** Absent where there is no certificate authority. */
  readonly roots?: {
    state(): {
      /** SHA-256 of the root in use, hexadecimal. */
      readonly current: string
      readonly next: { readonly rootSha256: string; readonly sinceMs: number } | undefined
      /** Certificates that end before this can no longer be renewed. */
      readonly renewableAfterMs: number
    }
    /** Answers the name of the next root's key file. Throws OcelliError `request.conflict`. */
    rotate(audit: AuditRow): Promise<string>
    /** Throws OcelliError `request.conflict`. */
    retire(audit: AuditRow): Promise<void>
  }
  /** Absent where there is no certificate authority. */
  readonly brokerConfig?: (request: BrokerConfigRequest) => Promise<BrokerConfig>
}

export interface PublicKey {
  readonly keyId: KeyId
  /** SPKI DER, base64. */
  readonly publicKey: string
}

export type ComponentVerdict =
  | { readonly ok: true; readonly statement: ComponentStatement; readonly publisher: string }
  | {
      readonly ok: false
      readonly code: 'trust.unknownPublisher' | 'trust.signature' | 'trust.mismatch'
      readonly message: string
    }
