/** Devices as operators see them. */

import { DeploymentId, DeviceId, ImagerId, InstanceId } from '../ids.ts'
import { ErrorReport } from '../messages/error-report.ts'
import { Generation } from '../messages/generation.ts'
import { Inventory } from '../messages/inventory.ts'
import { Reported } from '../messages/reported.ts'
import { Session } from '../messages/session.ts'
import { type Static, Type } from '../typebox.ts'
import { WallMs, Whole } from '../units.ts'
import { closed, LabelEdits, Limit, OneOf, several } from './query.ts'

const PRESENCE_STATES = ['online', 'offline', 'lost', 'unknown'] as const
const PresenceState = OneOf(
  PRESENCE_STATES,
  'online; offline: said goodbye; lost: last will; unknown: not heard since the server started',
)

export const DeviceQuery = Type.Object(
  {
    presence: Type.Optional(several(PresenceState, 'Only devices in this state')),
    text: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 128,
        description: 'Only devices whose name, id, model or a label contains this, in any case of letters',
      }),
    ),
    interface: Type.Optional(
      several(
        Type.String({ maxLength: 128, description: 'With or without a version, as in ocelli:sensing/detector' }),
        'Only devices that offer this interface',
      ),
    ),
    agentVersion: Type.Optional(
      Type.String({ maxLength: 32, description: 'Only devices with an agent of this version' }),
    ),
    health: Type.Optional(
      several(
        OneOf(['healthy', 'degraded', 'notConverged']),
        'healthy: converged and no instance fails; degraded: an instance fails; notConverged: it did not report the latest desired state',
      ),
    ),
    label: Type.Optional(
      several(Type.String({ maxLength: 320, description: '`key` or `key=value`' }), 'Only devices with this label'),
    ),
    fleet: Type.Optional(Type.String({ maxLength: 63, description: 'Only members of this fleet' })),
    sort: Type.Optional(
      OneOf(
        ['id', 'name', 'presence', '-name', '-presence'],
        'id where absent; presence: those that need somebody first; with - the other way round',
      ),
    ),
    after: Type.Optional(
      Type.String({ maxLength: 64, description: 'Continue after this id; only where the list is sorted by id' }),
    ),
    offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000, description: 'Devices to pass over' })),
    limit: Type.Optional(Limit(10_000)),
  },
  closed,
)
export type DeviceQuery = Static<typeof DeviceQuery>

const summary = {
  id: DeviceId,
  name: Type.String(),
  labels: Type.Record(Type.String(), Type.String()),
  enrolledAtMs: WallMs('When it enrolled'),
  presence: PresenceState,
  presenceAtMs: WallMs('Since when'),
  agentVersion: Type.Optional(Type.String()),
  model: Type.Optional(Type.String({ description: 'Board model' })),
  simulated: Type.Optional(Type.Boolean({ description: 'Whether its imagers are simulated' })),
  imagers: Type.Array(Type.String(), { description: 'Imager ids' }),
  instances: Type.Object({
    desired: Whole('Instances that should run'),
    running: Whole('Of these, running'),
    failing: Whole('Of these, in back-off, crash loop or refused by the agent'),
  }),
  generation: Type.Object({
    desired: Type.Optional(Generation),
    reported: Type.Optional(Generation),
  }),
  converged: Type.Boolean({ description: 'Whether the device reported the latest desired state' }),
}

export const DeviceSummary = Type.Object(summary, { $id: 'DeviceSummary' })
export type DeviceSummary = Static<typeof DeviceSummary>
export const DeviceList = Type.Object(
  {
    items: Type.Array(DeviceSummary),
    next: Type.Optional(Type.String({ description: 'Value for `after` that continues the list; absent at its end' })),
    total: Whole('Devices that match, on all pages'),
  },
  { $id: 'DeviceList' },
)
export type DeviceList = Static<typeof DeviceList>

const Facet = Type.Array(Type.Object({ value: Type.String(), count: Whole('Devices', 1) }), {
  description: 'The most frequent first',
})
/** What devices can be filtered by. */
export const DeviceFacets = Type.Object(
  {
    presence: Facet,
    agentVersions: Facet,
    models: Facet,
    interfaces: Facet,
    labels: Type.Array(Type.Object({ key: Type.String(), values: Facet }), { description: 'By key' }),
  },
  { $id: 'DeviceFacets' },
)
export type DeviceFacets = Static<typeof DeviceFacets>

/** A message that was refused, or a part of one that was set aside. */
export const DeviceProblem = Type.Object(
  {
    ...ErrorReport.properties,
    atMs: WallMs('When it was last seen, by the server'),
    topic: Type.String({ description: 'Last levels of the topic' }),
    count: Whole('How often in a row', 1),
  },
  { $id: 'DeviceProblem' },
)
export type DeviceProblem = Static<typeof DeviceProblem>

export const DeviceDetail = Type.Object(
  {
    ...summary,
    session: Type.Optional(Session),
    inventory: Type.Optional(Inventory),
    inventoryAtMs: Type.Optional(WallMs('When the inventory arrived')),
    reported: Type.Optional(Reported),
    reportedAtMs: Type.Optional(WallMs('When the report arrived')),
    placements: Type.Array(
      Type.Object({
        instance: InstanceId,
        deployment: DeploymentId,
        deploymentName: Type.String(),
        revision: Whole('Revision of the deployment', 1),
        realisation: Type.String(),
        role: OneOf(['live', 'shadow'], 'live: its outputs count; shadow: kept apart'),
        imager: Type.Optional(ImagerId),
        components: Type.Array(Type.String(), { description: 'name@version; the first is the main component' }),
        grants: Type.Array(Type.String(), { description: 'Host interfaces it may call, with version' }),
      }),
      { description: 'Instances that should run, as the device was told' },
    ),
    trustVersion: Type.Object({
      wanted: Type.Optional(Whole('Version in force')),
      held: Type.Optional(Whole('Version the device holds')),
    }),
    certificates: Type.Array(
      Type.Object({
        number: Whole('Issue number', 1),
        serial: Type.String(),
        issuedAtMs: WallMs('Start'),
        expiresAtMs: WallMs('End'),
        revokedAtMs: Type.Optional(WallMs('When it was revoked')),
      }),
    ),
    problems: Type.Array(DeviceProblem, {
      description: 'The last refused messages and records of the device, newest first, since the server started',
    }),
  },
  { $id: 'DeviceDetail' },
)
export type DeviceDetail = Static<typeof DeviceDetail>

export const EditLabels = Type.Object({ labels: LabelEdits }, { ...closed, $id: 'EditLabels' })
export type EditLabels = Static<typeof EditLabels>

export const RevokedCertificates = Type.Object(
  { serials: Type.Array(Type.String(), { description: 'Serial numbers that became revoked' }) },
  { $id: 'RevokedCertificates' },
)
