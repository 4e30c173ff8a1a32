/** Rows of the store, as the rest of the server sees them. Times are milliseconds since 1970 by the server's clock. */
import type { ChangePlan, DeviceDecision, Placement } from '@ocelli/schemas/api/plan'
import type { Envelope } from '@ocelli/schemas/dsse'
import type { DeploymentId, DeviceId, Digest, ImagerId, InstanceId, ProjectId, StreamId } from '@ocelli/schemas/ids'
import type { DeploymentSpec } from '@ocelli/schemas/manifest/deployment'
import type { DesiredInstance } from '@ocelli/schemas/messages/desired'
import type { Generation } from '@ocelli/schemas/messages/generation'
import type { Inventory } from '@ocelli/schemas/messages/inventory'
import type { Reported } from '@ocelli/schemas/messages/reported'
import type { Session } from '@ocelli/schemas/messages/session'
import type { TelemetryRecord } from '@ocelli/schemas/messages/telemetry'
import type { Change } from './change.ts'
import type { Rollout } from './rollout.ts'
import type { ComponentVersion, PresenceState } from './snapshot.ts'

export interface DeviceRow {
  readonly id: DeviceId
  readonly project: ProjectId
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly enrolledAtMs: number
  readonly presence: PresenceState
  readonly presenceAtMs: number
  /** What keeps deployments away that do not tolerate it. */
  readonly taints?: Readonly<Record<string, string>>
  /** Session that presence was last heard from; a message of an older one is stale. */
  readonly session?: Session
  readonly inventory?: Inventory
  readonly inventoryAtMs?: number
  readonly reported?: Reported
  readonly reportedAtMs?: number
  readonly desired?: DesiredRow
}

/** The desired state of one device, written only by the server. */
export interface DesiredRow {
  readonly device: DeviceId
  readonly generation: Generation
  readonly instances: readonly DesiredInstance[]
  readonly issuedAtMs: number
  readonly trustVersion: number
}

export interface CertificateRow {
  readonly device: DeviceId
  readonly number: number
  /** Hexadecimal serial number. */
  readonly serial: string
  readonly issuedAtMs: number
  readonly expiresAtMs: number
  readonly revokedAtMs?: number
  /** SHA-256 of the root that it comes from, hexadecimal; absent where that was not noted. */
  readonly root?: string
}

export interface EnrolmentTokenRow {
  readonly id: string
  readonly project: ProjectId
  /** SHA-256 of the secret, hexadecimal. */
  readonly secretSha256: string
  readonly labels: Readonly<Record<string, string>>
  readonly fleet?: string
  /** The device whose place new hardware takes with it; absent: each use makes a new device. */
  readonly device?: DeviceId
  readonly createdAtMs: number
  readonly expiresAtMs: number
  readonly uses: number
  readonly usesLeft: number
  readonly revoked: boolean
}

export type Role = 'admin' | 'operator' | 'viewer' | 'publisher'

export interface AccessTokenRow {
  readonly id: string
  readonly project: ProjectId
  readonly name: string
  readonly role: Role
  readonly secretSha256: string
  readonly createdAtMs: number
  readonly expiresAtMs?: number
  readonly revoked: boolean
}

export interface ComponentRow extends ComponentVersion {
  readonly project: ProjectId
  readonly publisher: string
  readonly wit: string
  readonly pushedAtMs: number
}

export interface DeploymentRow {
  readonly id: DeploymentId
  readonly project: ProjectId
  readonly name: string
  readonly revision: number
  readonly spec: DeploymentSpec
  readonly components: Readonly<Record<string, ComponentVersion>>
  readonly createdAtMs: number
  readonly updatedAtMs: number
  /** On how many devices it was to run when a person last said so. */
  readonly agreedDevices?: number
}

/** What was decided of one device, and from when until when it held; still, where `untilMs` is absent. */
export interface DecidedRow {
  readonly decision: DeviceDecision
  readonly sinceMs: number
  readonly untilMs?: number
}

export interface RevisionRow {
  readonly deployment: DeploymentId
  readonly revision: number
  readonly spec: DeploymentSpec
  readonly components: Readonly<Record<string, ComponentVersion>>
  readonly createdAtMs: number
  readonly actor: string
}

/** A change that would touch more devices than allowed and waits for a person. */
export interface PendingChangeRow {
  readonly id: string
  readonly project: ProjectId
  readonly change: Change
  readonly plan: ChangePlan
  readonly actor: string
  readonly createdAtMs: number
}

export interface AuditRow {
  readonly atMs: number
  readonly project: ProjectId
  readonly actor: string
  readonly action: string
  readonly subject: string
  readonly detail: Readonly<Record<string, unknown>>
}

/** One committed telemetry record. `cursor` orders all records of a store by commit. */
export interface RecordRow {
  readonly cursor: string
  readonly device: DeviceId
  readonly stream: StreamId
  readonly receivedAtMs: number
  /** Best estimate of when it happened. */
  readonly observedAtMs: number
  readonly deployment?: DeploymentId
  readonly record: TelemetryRecord
}

/** The latest measurement of one name by one instance. */
export interface LastValueRow {
  readonly device: DeviceId
  readonly instance: InstanceId
  readonly deployment?: DeploymentId
  readonly imager?: ImagerId
  readonly name: string
  readonly unit: string
  readonly value: number
  readonly observedAtMs: number
  readonly receivedAtMs: number
}

/** Everything one scheduling decision changes, committed together or not at all. */
export interface DecisionCommit {
  readonly project: ProjectId
  /** Snapshot version it was decided on; a store that has moved on refuses. */
  readonly basedOn: number
  readonly atMs: number
  readonly intent: readonly IntentWrite[]
  /** Placements to add or replace, by instance. */
  readonly put: readonly Placement[]
  readonly remove: readonly InstanceId[]
  /** Explanations that changed, by deployment and device. */
  readonly decisions: readonly { readonly deployment: DeploymentId; readonly decisions: readonly DeviceDecision[] }[]
  /** New desired states; the store raises the counter, and answers with the rows it wrote. */
  readonly desired: readonly { readonly device: DeviceId; readonly instances: readonly DesiredInstance[] }[]
  readonly pendingDone?: string
  /**
   * `due`: the rest of the decision follows, and until a commit with `done` only desired states of this commit and of
   * later ones are told.
   */
  readonly rest?: 'due' | 'done' | undefined
  /** Rollouts to keep; one that is not exactly one version newer than what is there makes the commit stale. */
  readonly rollouts?: readonly Rollout[]
  readonly audit: readonly AuditRow[]
}

export type IntentWrite =
  | {
      readonly kind: 'putDeployment'
      readonly id: DeploymentId
      readonly name: string
      readonly revision: number
      readonly spec: DeploymentSpec
      readonly components: Readonly<Record<string, ComponentVersion>>
      readonly actor: string
    }
  | { readonly kind: 'deleteDeployment'; readonly id: DeploymentId }
  /** A person agreed that it runs on so many devices. */
  | { readonly kind: 'setAgreed'; readonly deployment: DeploymentId; readonly devices: number }
  | {
      readonly kind: 'putFleet'
      readonly name: string
      readonly manifest: import('@ocelli/schemas/manifest/fleet').FleetManifest
    }
  | { readonly kind: 'deleteFleet'; readonly name: string }
  | { readonly kind: 'setLabels'; readonly device: DeviceId; readonly labels: Readonly<Record<string, string>> }
  | { readonly kind: 'setTaints'; readonly device: DeviceId; readonly taints: Readonly<Record<string, string>> }
  /** Without a revision the pin is taken away. */
  | {
      readonly kind: 'setPin'
      readonly deployment: DeploymentId
      readonly device: DeviceId
      readonly revision: number | undefined
    }
  | { readonly kind: 'deleteDevice'; readonly device: DeviceId }

/** The signed trust document in force. */
export interface TrustRow {
  readonly version: number
  readonly envelope: Envelope
}

/** Named secrets of the authority: encrypted by the adapter that made them, opaque to the store. */
export interface SealedRow {
  readonly name: string
  readonly sealed: Uint8Array
}

export interface ArtifactRow {
  readonly digest: Digest
  readonly sizeBytes: number
}
