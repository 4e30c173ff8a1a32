/** The move of one deployment from one revision to the next, as it is kept. Plain data; times by the server's clock. */
import type { GateFinding, RolloutPhase } from '@ocelli/schemas/api/rollout'
import type { DeploymentId, DeviceId, ProjectId } from '@ocelli/schemas/ids'
import type { RolloutSpec } from '@ocelli/schemas/manifest/rollout'

export interface Rollout {
  readonly project: ProjectId
  readonly deployment: DeploymentId
  readonly name: string
  /** The revision that it brings. */
  readonly revision: number
  /** The last revision that reached everybody: what devices keep until released, and go back to. Absent: none. */
  readonly from?: number
  /** Devices that keep another revision than `from` until they are released: an earlier rollout was not finished. */
  readonly bases: Readonly<Record<DeviceId, number>>
  readonly policy: RolloutSpec
  /** all: every device has the revision, those of tomorrow too; released: those of `released` alone. */
  readonly reach: 'all' | 'released'
  readonly actor: string
  readonly startedAtMs: number
  /** Rises with each write; who decided on an older one decides again. */
  readonly version: number
  readonly phase: RolloutPhase
  readonly phaseAtMs: number
  readonly endedAtMs?: number
  /** Where `resume` goes on. */
  readonly pausedFrom?: 'scheduled' | 'approval' | 'shadowing' | 'open'
  /** Why it is paused, goes back, or ended as it did. */
  readonly why?: string
  /** Index of the current wave; all before it have passed. */
  readonly wave: number
  readonly waves: readonly RolloutWave[]
  /** By device id. */
  readonly released: readonly Release[]
  /** Devices that were released and taken back, by id. */
  readonly takenBack: readonly DeviceId[]
  /** Devices that run the new revision as shadow, by id. */
  readonly shadow: readonly DeviceId[]
  /** By device id. */
  readonly failed: readonly Failure[]
  /** Since when all living devices of the wave are healthy, and how often instances had restarted then. */
  readonly steady?: { readonly sinceMs: number; readonly restarts: number }
  /** Failures that a person has seen and went on after. */
  readonly forgiven: number
  /** So many devices may join by themselves before a person is asked; absent: 500. */
  readonly maxJoining?: number
  /** Devices that had joined when a person last went on. */
  readonly joiningAgreed?: number
  /** A person asked for all waves at once, whatever the gates say. */
  readonly promoted: boolean
  /** A person goes on without the shadow run of the current wave. */
  readonly skipsShadow: boolean
  /** Oldest first; bounded. */
  readonly history: readonly RolloutEvent[]
}

export interface RolloutWave {
  /** Its name in the manifest, or how it was made. */
  readonly name: string
  /** Frozen when the rollout was made; by id. */
  readonly devices: readonly DeviceId[]
  /** Devices that came later and belong here; by id. */
  readonly joined: readonly DeviceId[]
  /** What a later device must match to belong here. */
  readonly selector?: string
  readonly listed?: readonly string[]
  readonly approval: 'none' | 'needed' | 'given'
  readonly openedAtMs?: number
  readonly passedAtMs?: number
  /** The gate when it was decided last: when it held, or stopped the rollout. */
  readonly verdict?: readonly GateFinding[]
}

export interface Release {
  readonly device: DeviceId
  readonly atMs: number
  /** The time in which it had to become healthy is over, and it was. */
  readonly tried?: true
}

export interface Failure {
  readonly device: DeviceId
  readonly atMs: number
  readonly code: string
  readonly message: string
  readonly logs: readonly string[]
}

export interface RolloutEvent {
  readonly atMs: number
  readonly actor: string
  readonly text: string
}
