/** What the scheduler sees: one consistent picture of a project. Plain data, no adapters. */
import type { Placement } from '@ocelli/schemas/api/plan'
import type { ComponentNeeds } from '@ocelli/schemas/component'
import type { DeploymentId, DeviceId, Digest, ProjectId } from '@ocelli/schemas/ids'
import type { DeploymentSpec } from '@ocelli/schemas/manifest/deployment'
import type { FleetManifest } from '@ocelli/schemas/manifest/fleet'
import type { Inventory } from '@ocelli/schemas/messages/inventory'

export type PresenceState = 'online' | 'offline' | 'lost' | 'unknown'

export interface DeviceFacts {
  readonly id: DeviceId
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly presence: PresenceState
  /** Since when. */
  readonly presenceAtMs?: number
  /** What keeps deployments away that do not tolerate it. */
  readonly taints?: Readonly<Record<string, string>>
  /** Absent until the device reported for the first time. */
  readonly inventory?: Inventory
}

/** One admitted component version: what its WIT says, read at admission. */
export interface ComponentVersion {
  readonly name: string
  readonly version: string
  readonly digest: Digest
  readonly sizeBytes: number
  /** Digest of the signature's envelope. */
  readonly signature: Digest
  /** Interfaces with at least one imported function, with version. */
  readonly imports: readonly string[]
  readonly exports: readonly string[]
  readonly needs: ComponentNeeds
}

/** One immutable revision of a deployment. */
export interface RevisionState {
  readonly revision: number
  readonly spec: DeploymentSpec
  /** Every `name@version` that the spec mentions, pinned to a digest when the revision was made. */
  readonly components: Readonly<Record<string, ComponentVersion>>
}

export interface DeploymentState extends RevisionState {
  readonly id: DeploymentId
  readonly name: string
  /** Present while a rollout moves devices from one revision to this one. */
  readonly rollout?: RolloutState
  /** On how many devices it was to run when a person last said so; absent: nobody was asked yet. */
  readonly agreedDevices?: number
  /** Devices pinned to a revision by a person. */
  readonly pins?: Readonly<Record<DeviceId, RevisionState>>
}

export interface RolloutState {
  /** Revision that devices which are not released keep; absent at the first revision: they get nothing yet. */
  readonly from?: RevisionState
  /** Devices that keep another revision than `from` until they are released: an earlier rollout was not finished. */
  readonly bases?: Readonly<Record<DeviceId, RevisionState>>
  /** Devices that may have this revision, ordered by id. */
  readonly released: readonly DeviceId[]
  /** Devices that run this revision as shadow beside `from`, ordered by id. */
  readonly shadow: readonly DeviceId[]
}

export interface Snapshot {
  readonly project: ProjectId
  /** Rises with every commit of intent or placements; a commit based on an older one is refused. */
  readonly version: number
  /** A decision was committed for those who had to hear of it first; until the rest is, nobody else is told anything. */
  readonly restDue?: true
  /** When it was taken, by the server's clock; absent: no device counts as absent. */
  readonly atMs?: number
  /** Ordered by id. */
  readonly devices: readonly DeviceFacts[]
  /** Ordered by name. */
  readonly fleets: readonly FleetManifest[]
  /** Ordered by id. */
  readonly deployments: readonly DeploymentState[]
  /** What should run now, ordered by instance. */
  readonly placements: readonly Placement[]
}
