/** Deployments with what became of them on each device. */

import { DeploymentId, Digest } from '../ids.ts'
import { DeploymentSpec } from '../manifest/deployment.ts'
import { ReportedInstance } from '../messages/reported.ts'
import { type Static, Type } from '../typebox.ts'
import { WallMs, Whole } from '../units.ts'
import { DeviceDecision, ExceededReach, Placement } from './plan.ts'
import { closed, DeviceKey, listOf } from './query.ts'

const summary = {
  id: DeploymentId,
  name: Type.String(),
  revision: Whole('Current revision', 1),
  createdAtMs: WallMs('When it was first applied'),
  updatedAtMs: WallMs('When the current revision was applied'),
  devices: Type.Object({
    placed: Whole('Devices with at least one placement'),
    refused: Whole('Devices that are targeted and get none'),
    notTargeted: Whole('Devices outside of the target'),
  }),
  instances: Type.Object({
    placed: Whole('Instances that should run'),
    running: Whole('Of these, running'),
    healthy: Whole('Of these, running for at least healthyForMs'),
    failing: Whole('Of these, in back-off, crash loop or refused by the agent'),
  }),
}
export const DeploymentSummary = Type.Object(summary, { $id: 'DeploymentSummary' })
export type DeploymentSummary = Static<typeof DeploymentSummary>
export const DeploymentList = listOf(DeploymentSummary, 'Deployments by name')

export const DeploymentInstance = Type.Object(
  {
    placement: Placement,
    deviceName: Type.String(),
    presence: Type.String(),
    state: Type.Optional(ReportedInstance),
  },
  { $id: 'DeploymentInstance', description: 'An instance with what its device last reported of it' },
)
export type DeploymentInstance = Static<typeof DeploymentInstance>

export const DeploymentDetail = Type.Object(
  {
    ...summary,
    spec: DeploymentSpec,
    components: Type.Record(Type.String(), Digest, { description: 'Each name@version with its pinned digest' }),
    placements: Type.Array(DeploymentInstance, { description: 'By instance id' }),
    agreedDevices: Type.Optional(
      Whole('On how many devices a person last agreed to run it; it may grow beyond them by maxTouched'),
    ),
  },
  { $id: 'DeploymentDetail' },
)
export type DeploymentDetail = Static<typeof DeploymentDetail>

export const Revision = Type.Object(
  {
    revision: Whole('Number', 1),
    spec: DeploymentSpec,
    components: Type.Record(Type.String(), Digest),
    createdAtMs: WallMs('When it was applied'),
    actor: Type.String(),
  },
  { $id: 'Revision' },
)
export type Revision = Static<typeof Revision>
export const RevisionList = listOf(Revision, 'Revisions, newest first')

export const ExplainQuery = Type.Object(
  {
    device: Type.Optional(DeviceKey),
    outcome: Type.Optional(Type.Union([Type.Literal('placed'), Type.Literal('refused'), Type.Literal('notTargeted')])),
    atMs: Type.Optional(WallMs('What was decided at this time; now where absent. Kept for a month')),
  },
  closed,
)
export type ExplainQuery = Static<typeof ExplainQuery>

export const Explanation = Type.Object(
  {
    deployment: DeploymentId,
    name: Type.String(),
    revision: Whole('Revision decided on', 1),
    decisions: Type.Array(DeviceDecision, { description: 'By device id' }),
    held: Type.Array(
      Type.Object({
        sinceMs: WallMs('Since when the decision holds'),
        untilMs: Type.Optional(WallMs('Until when it held; absent: it still does')),
      }),
      { description: 'For each decision, in the same order' },
    ),
    waits: Type.Optional(
      Type.Object(
        {
          change: Type.String({ description: 'Id of the waiting change' }),
          devices: Type.Array(DeviceKey, { description: 'Names of the devices that it would touch' }),
          exceeded: Type.Array(ExceededReach),
        },
        { description: 'Facts changed and a person is asked: until then nothing is decided anew' },
      ),
    ),
  },
  { $id: 'Explanation', description: 'Why each device got an instance or none' },
)
export type Explanation = Static<typeof Explanation>
