/** The inputs of a decision, recorded: whoever replays them gets the same plan, byte for byte. */

import { ComponentNeeds } from '../component.ts'
import { DeploymentId, DeviceId, Digest, ProjectId } from '../ids.ts'
import { DeploymentSpec } from '../manifest/deployment.ts'
import { FleetManifest } from '../manifest/fleet.ts'
import { validator } from '../message.ts'
import { Inventory } from '../messages/inventory.ts'
import { type Static, Type } from '../typebox.ts'
import { WallMs, Whole } from '../units.ts'
import { DeploymentPlan, Placement } from './plan.ts'
import { OneOf } from './query.ts'

/** Largest recording that is replayed: about 100,000 devices. */
export const MAX_RECORDING_BYTES = 268_435_456
export const RECORDING_TYPE = 'application/vnd.ocelli.recording'

const Texts = Type.Record(Type.String(), Type.String())

const PinnedComponent = Type.Object({
  name: Type.String(),
  version: Type.String(),
  digest: Digest,
  sizeBytes: Whole('Size of the component'),
  signature: Digest,
  imports: Type.Array(Type.String()),
  exports: Type.Array(Type.String()),
  needs: ComponentNeeds,
})

const revision = {
  revision: Whole('Number', 1),
  spec: DeploymentSpec,
  components: Type.Record(Type.String(), PinnedComponent),
}
const RevisionState = Type.Object(revision)

const RecordedSnapshot = Type.Object(
  {
    project: ProjectId,
    version: Whole('Version of the intent'),
    atMs: Type.Optional(WallMs('When it was taken')),
    devices: Type.Array(
      Type.Object({
        id: DeviceId,
        name: Type.String(),
        labels: Texts,
        presence: OneOf(['online', 'offline', 'lost', 'unknown']),
        presenceAtMs: Type.Optional(WallMs('Since when')),
        taints: Type.Optional(Texts),
        inventory: Type.Optional(Inventory),
      }),
    ),
    fleets: Type.Array(FleetManifest),
    deployments: Type.Array(
      Type.Object({
        id: DeploymentId,
        name: Type.String(),
        ...revision,
        agreedDevices: Type.Optional(Whole('On how many devices it was to run when a person last said so')),
        rollout: Type.Optional(
          Type.Object({
            from: Type.Optional(RevisionState),
            released: Type.Array(DeviceId),
            shadow: Type.Array(DeviceId),
          }),
        ),
        pins: Type.Optional(Type.Record(Type.String(), RevisionState)),
      }),
    ),
    placements: Type.Array(Placement),
  },
  { description: 'Everything that the scheduler reads: devices, fleets, deployments, and what runs' },
)

export const Recording = Type.Object(
  {
    recording: Type.Literal(1, { description: 'Version of this format' }),
    snapshot: RecordedSnapshot,
    planSha256: Type.String({ description: 'SHA-256 of the plans of all deployments as JSON, hexadecimal' }),
  },
  { $id: 'Recording' },
)
export type Recording = Static<typeof Recording>
export const readRecording = validator(Recording)

export const Replay = Type.Object(
  {
    planSha256: Type.String({ description: 'Of the plans that are made now' }),
    same: Type.Boolean({ description: 'Whether they are those of the recording, byte for byte' }),
    deployments: Type.Array(DeploymentPlan),
  },
  { $id: 'Replay' },
)
export type Replay = Static<typeof Replay>
