/** A change of intent as data: planned against a snapshot, then committed, or kept waiting for a person. */
import type { DeploymentId, DeviceId, ImagerId } from '@ocelli/schemas/ids'
import type { DeploymentManifest } from '@ocelli/schemas/manifest/deployment'
import type { FleetManifest } from '@ocelli/schemas/manifest/fleet'
import type { ComponentVersion, DeviceFacts, RevisionState } from './snapshot.ts'

export type Change =
  | {
      readonly kind: 'applyDeployment'
      readonly id: DeploymentId
      readonly manifest: DeploymentManifest
      readonly components: Readonly<Record<string, ComponentVersion>>
    }
  | { readonly kind: 'deleteDeployment'; readonly name: string }
  | { readonly kind: 'applyFleet'; readonly manifest: FleetManifest }
  | { readonly kind: 'deleteFleet'; readonly name: string }
  /** `null` removes a label. */
  | {
      readonly kind: 'editLabels'
      readonly edits: readonly { readonly device: DeviceId; readonly labels: Readonly<Record<string, string | null>> }[]
    }
  /** `null` removes a taint. */
  | {
      readonly kind: 'editTaints'
      readonly edits: readonly { readonly device: DeviceId; readonly taints: Readonly<Record<string, string | null>> }[]
    }
  /** Without a revision the device is free again. */
  | {
      readonly kind: 'editPins'
      readonly pins: readonly {
        readonly deployment: DeploymentId
        readonly device: DeviceId
        readonly revision?: RevisionState
      }[]
    }
  /** What if: facts that are not so. Only ever planned. */
  | {
      readonly kind: 'assume'
      readonly devices: readonly DeviceFacts[]
      readonly withoutImagers: readonly { readonly device: DeviceId; readonly imager: ImagerId }[]
    }
  | { readonly kind: 'deleteDevice'; readonly device: DeviceId }
  /** Facts changed by themselves (inventory, a new device): only placements may move. */
  | {
      readonly kind: 'replan'
      /** Only the placements of this deployment may move: what a person approves of, where it would touch too many. */
      readonly only?: { readonly id: DeploymentId; readonly name: string }
    }
