/** Changing intent: `plan` shows, `apply` does, and a change that reaches too far waits for a person. */

import { ImagerId } from '../ids.ts'
import { FleetSpec } from '../manifest/fleet.ts'
import { ManifestName } from '../manifest/manifest.ts'
import { Inventory } from '../messages/inventory.ts'
import { type Static, Type } from '../typebox.ts'
import { WallMs, Whole } from '../units.ts'
import { ChangePlan, ComponentUpgrade, DeviceChange } from './plan.ts'
import { closed, DeviceKey, LabelEdits, Labels, listOf, OneOf } from './query.ts'
import { PlannedRollout } from './rollout.ts'

const CHANGE_KINDS = [
  'applyDeployment',
  'deleteDeployment',
  'applyFleet',
  'deleteFleet',
  'editLabels',
  'editTaints',
  'editPins',
  'assume',
  'deleteDevice',
  'replan',
] as const
const ChangeKind = OneOf(CHANGE_KINDS)
/** Changes of alerts touch no device. */
const AskedKind = OneOf([...CHANGE_KINDS, 'applyAlert', 'deleteAlert'])

const asked = {
  manifests: Type.Optional(
    Type.Union(
      [
        Type.String({ maxLength: 1_048_576, description: 'One or more YAML or JSON documents' }),
        Type.Array(Type.Unknown(), { maxItems: 256, description: 'Manifests as objects' }),
      ],
      { description: 'Manifests (kinds Fleet, Deployment and Alert) to apply; fleets are applied first, alerts last' },
    ),
  ),
  remove: Type.Optional(
    Type.Array(
      Type.Object(
        {
          kind: Type.Union([Type.Literal('Deployment'), Type.Literal('Fleet'), Type.Literal('Alert')]),
          name: ManifestName,
        },
        closed,
      ),
      { maxItems: 256, description: 'What to delete, after the manifests were applied' },
    ),
  ),
  labels: Type.Optional(
    Type.Array(Type.Object({ device: DeviceKey, labels: LabelEdits }, closed), {
      minItems: 1,
      maxItems: 100_000,
      description: 'Labels to edit, before the manifests are applied; all together are one change',
    }),
  ),
  taints: Type.Optional(
    Type.Array(Type.Object({ device: DeviceKey, taints: LabelEdits }, closed), {
      minItems: 1,
      maxItems: 10_000,
      description:
        'Taints to edit, before the manifests are applied: what does not tolerate one leaves the device and stays away; `drain` is the one that `ocelli drain` sets',
    }),
  ),
  pins: Type.Optional(
    Type.Array(
      Type.Object(
        {
          deployment: ManifestName,
          device: DeviceKey,
          revision: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], {
            description: 'Revision that the device keeps whatever rollouts do; null frees it',
          }),
        },
        closed,
      ),
      { minItems: 1, maxItems: 10_000, description: 'After the manifests were applied; all together are one change' },
    ),
  ),
}

const assumed = {
  withoutImagers: Type.Optional(
    Type.Array(Type.Object({ device: DeviceKey, imager: ImagerId }, closed), {
      minItems: 1,
      maxItems: 10_000,
      description: 'What if these imagers were gone',
    }),
  ),
  addDevices: Type.Optional(
    Type.Array(
      Type.Object(
        {
          name: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$' }),
          labels: Type.Optional(Labels),
          inventory: Inventory,
        },
        closed,
      ),
      { minItems: 1, maxItems: 1000, description: 'What if there were these devices too, with such an inventory' },
    ),
  ),
}

export const PlanRequest = Type.Object(
  { ...asked, ...assumed },
  {
    ...closed,
    $id: 'PlanRequest',
    description: 'A change of intent, or of facts that are only assumed: at least one of its fields must be given',
  },
)
export type PlanRequest = Static<typeof PlanRequest>

export const ApplyRequest = Type.Object(
  {
    ...asked,
    ifPlan: Type.Optional(
      Type.String({ maxLength: 128, description: '`check` of a plan that must still be true; else change.planMoved' }),
    ),
  },
  { ...closed, $id: 'ApplyRequest' },
)
export type ApplyRequest = Static<typeof ApplyRequest>

/** One change of the request: a manifest, a removal, or the label edits together. */
export const PlannedChange = Type.Object(
  {
    kind: AskedKind,
    name: Type.String({ description: 'Deployment, fleet or device' }),
    plan: ChangePlan,
    upgrades: Type.Optional(
      Type.Array(ComponentUpgrade, { description: 'Components of the deployment that get another version' }),
    ),
    rollout: Type.Optional(PlannedRollout),
  },
  { $id: 'PlannedChange' },
)
export type PlannedChange = Static<typeof PlannedChange>

export const PlanResponse = Type.Object(
  {
    check: Type.String({ description: 'Names the plans together; `ifPlan` of apply demands them to be still true' }),
    changes: Type.Array(PlannedChange, { description: 'In the order in which apply would make them' }),
    touched: Type.Array(DeviceChange, {
      description: 'What all changes together start, change and stop on each device, by id',
    }),
  },
  { $id: 'PlanResponse' },
)
export type PlanResponse = Static<typeof PlanResponse>

export const AppliedChange = Type.Object(
  {
    kind: AskedKind,
    name: Type.String(),
    outcome: Type.Union(
      [Type.Literal('applied'), Type.Literal('unchanged'), Type.Literal('pending'), Type.Literal('skipped')],
      {
        description:
          'applied; unchanged: it was so already; pending: it touches too many devices and waits for a person (change.needsApproval); skipped: not tried, since one before it is pending',
      },
    ),
    plan: Type.Optional(ChangePlan),
    pending: Type.Optional(Type.String({ description: 'Id of the pending change' })),
  },
  { $id: 'AppliedChange' },
)
export type AppliedChange = Static<typeof AppliedChange>

/** Status 200: all done; 202: at least one waits for a person. */
export const ApplyResponse = Type.Object({ changes: Type.Array(AppliedChange) }, { $id: 'ApplyResponse' })
export type ApplyResponse = Static<typeof ApplyResponse>

export const PendingChange = Type.Object(
  {
    id: Type.String(),
    kind: ChangeKind,
    name: Type.String({ description: 'Deployment, fleet or device' }),
    actor: Type.String({ description: 'Who asked; `ocelli` where facts changed by themselves' }),
    createdAtMs: WallMs('When it was asked'),
    touched: Whole('Devices that it touches'),
    maxTouched: Whole('Devices that a change may touch without a person'),
    plan: ChangePlan,
  },
  { $id: 'PendingChange', description: 'A change that touches more devices than allowed' },
)
export type PendingChange = Static<typeof PendingChange>
export const PendingChangeList = listOf(PendingChange, 'Changes that wait for a person, oldest first')
export const PendingParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) }, closed)

export const FleetInfo = Type.Object(
  {
    name: ManifestName,
    spec: FleetSpec,
    members: Type.Array(Type.Object({ device: Type.String(), name: Type.String() }), {
      description: 'Who belongs to it now, by device id',
    }),
  },
  { $id: 'FleetInfo' },
)
export type FleetInfo = Static<typeof FleetInfo>
export const FleetList = listOf(FleetInfo, 'Fleets by name')
export const NameParams = Type.Object({ name: ManifestName }, closed)
