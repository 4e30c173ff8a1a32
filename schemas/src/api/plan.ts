/**
 * The one format of plans and explanations: before (`plan`), after (`explain`) and in the stored decision.
 * For each device: placed or refused, with all reasons and numbers, and what would have to change.
 */

import { DeploymentId, DeviceId, Digest, ImagerId, InstanceId } from '../ids.ts'
import { type Static, Type } from '../typebox.ts'

const Text = Type.String()

export const Reason = Type.Object(
  {
    code: Type.String({ description: 'A placement.* code of the error registry' }),
    message: Type.String({ description: 'For people, with the numbers: imager cam0 width 320 < 640 pixels' }),
    /** What was wanted and what is there, where it can be said as values. */
    wanted: Type.Optional(Type.Union([Text, Type.Number()])),
    offered: Type.Optional(Type.Union([Text, Type.Number(), Type.Array(Text)])),
  },
  { $id: 'Reason' },
)
export type Reason = Static<typeof Reason>

export const PlannedComponent = Type.Object({
  reference: Type.String({ description: 'name@version' }),
  digest: Digest,
  links: Type.Array(
    Type.Object(
      { interface: Text, from: Type.Union([Type.Literal('host'), Type.Integer()]) },
      { description: 'Who meets each import' },
    ),
  ),
})
export type PlannedComponent = Static<typeof PlannedComponent>

/** One instance: nothing left to choose. */
export const Placement = Type.Object(
  {
    instance: InstanceId,
    deployment: DeploymentId,
    revision: Type.Integer({ minimum: 1 }),
    device: DeviceId,
    slot: Type.String({
      description: 'Imager id, or `device` for an instance without one; with `shadow:` in front for a shadow',
    }),
    role: Type.Optional(
      Type.Literal('shadow', { description: 'It runs beside the live instance; its outputs are kept apart' }),
    ),
    imager: Type.Optional(ImagerId),
    realisation: Text,
    components: Type.Array(PlannedComponent),
    score: Type.Integer({ minimum: 0, maximum: 100 }),
  },
  { $id: 'Placement' },
)
export type Placement = Static<typeof Placement>

/** One realisation considered on one slot of a device. */
export const Candidate = Type.Object({
  realisation: Text,
  slot: Text,
  fits: Type.Boolean(),
  score: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
  loadPercent: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 100,
      description: 'Memory of the device that others hold; replicas go where less is held',
    }),
  ),
  picked: Type.Optional(
    Type.Array(Text, { description: 'Each provider that is linked in, for which import, and why not another' }),
  ),
  reasons: Type.Array(Reason, { description: 'All that stands against it; empty where it fits' }),
})
export type Candidate = Static<typeof Candidate>

export const DeviceDecision = Type.Object(
  {
    device: DeviceId,
    name: Text,
    outcome: Type.Union([Type.Literal('placed'), Type.Literal('refused'), Type.Literal('notTargeted')]),
    instances: Type.Array(InstanceId),
    reasons: Type.Array(Reason, {
      description: 'Reasons that concern the device as a whole; where it is placed: conflicts that others lost',
    }),
    candidates: Type.Array(Candidate),
    nearestMiss: Type.Optional(Type.String({ description: 'What would have to change, as a sentence' })),
  },
  { $id: 'DeviceDecision' },
)
export type DeviceDecision = Static<typeof DeviceDecision>

/** An instance that gives way to a deployment of higher priority. */
export const Preemption = Type.Object({
  device: DeviceId,
  name: Type.String({ description: 'Name of the device' }),
  deployment: Type.String({ description: 'Deployment that loses the instance' }),
  instance: InstanceId,
  priority: Type.Integer(),
})
export type Preemption = Static<typeof Preemption>

export const DeploymentPlan = Type.Object(
  {
    deployment: DeploymentId,
    name: Text,
    revision: Type.Integer({ minimum: 1 }),
    placements: Type.Array(Placement, { description: 'All instances that should run after the change' }),
    preempts: Type.Optional(
      Type.Array(Preemption, { description: 'Instances of others that give way to it, by device' }),
    ),
    decisions: Type.Array(DeviceDecision, { description: 'For every device of the project, by id' }),
    grants: Type.Object({
      needed: Type.Array(Text, { description: 'Host interfaces that the imports ask for, over all realisations' }),
      missing: Type.Array(Text, { description: 'Of these, not granted by the manifest: apply refuses' }),
    }),
  },
  { $id: 'DeploymentPlan' },
)
export type DeploymentPlan = Static<typeof DeploymentPlan>

/** Another version of a component, seen from its interfaces. */
export const ComponentUpgrade = Type.Object(
  {
    component: Text,
    from: Type.String({ description: 'Version that runs now' }),
    to: Text,
    newImports: Type.Array(Text, { description: 'Interfaces that it imports and the one before did not' }),
    droppedImports: Type.Array(Text),
    newNeeds: Type.Array(Text, { description: 'Needs of imager and memory that are new or others, with the old ones' }),
    loses: Type.Array(
      Type.Object({ device: DeviceId, name: Text, why: Type.String({ description: 'What would have to change' }) }),
      { description: 'Devices that run the deployment now and would not any more' },
    ),
  },
  { $id: 'ComponentUpgrade' },
)
export type ComponentUpgrade = Static<typeof ComponentUpgrade>

/** What happens to one device when a plan is applied. */
export const DeviceChange = Type.Object({
  device: DeviceId,
  name: Text,
  start: Type.Array(Placement),
  change: Type.Array(Placement, { description: 'Instances that go on in another revision or realisation' }),
  stop: Type.Array(Placement),
})
export type DeviceChange = Static<typeof DeviceChange>

/** A deployment that reaches further than it may without a person. */
export const ExceededReach = Type.Object(
  {
    deployment: DeploymentId,
    name: Text,
    maxTouched: Type.Integer({ minimum: 0, description: 'Its limit: its own, else that of its fleet, else 500' }),
    touched: Type.Integer({ minimum: 0, description: 'Devices that this change touches' }),
    devices: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Present where it grew too far: devices that it would run on' }),
    ),
    agreedDevices: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Along with `devices`: on how many a person last agreed to' }),
    ),
  },
  { $id: 'ExceededReach' },
)
export type ExceededReach = Static<typeof ExceededReach>

/** The answer to a change of intent or facts: what it touches, before it touches it. */
export const ChangePlan = Type.Object(
  {
    check: Type.String({ description: 'Names this plan; `apply --if-plan` demands it to be still true' }),
    deployments: Type.Array(DeploymentPlan),
    touched: Type.Array(DeviceChange, { description: 'Devices whose desired state changes, by id' }),
    maxTouched: Type.Integer({ minimum: 0 }),
    needsApproval: Type.Boolean({
      description:
        'More devices are touched than maxTouched allows, or more than that are reached beyond what a person agreed to',
    }),
    exceeded: Type.Optional(Type.Array(ExceededReach, { description: 'Deployments that a person is asked about' })),
  },
  { $id: 'ChangePlan' },
)
export type ChangePlan = Static<typeof ChangePlan>
