/** The state of the control plane and its fleet at a glance, and what was done by whom. */
import { type Static, Type } from '../typebox.ts'
import { WallMs, Whole } from '../units.ts'
import { DeploymentSummary } from './deployment.ts'
import { closed, Limit, listOf, OneOf } from './query.ts'

const ATTENTION_KINDS = [
  'server',
  'alert',
  'change',
  'deployment',
  'devicesLost',
  'devicesSilent',
  'devicesDegraded',
  'certificate',
  'delivery',
] as const
/** Something that needs a person. */
export const Attention = Type.Object(
  {
    kind: OneOf(ATTENTION_KINDS),
    severity: OneOf(['info', 'warning', 'critical']),
    text: Type.String({ description: 'What is wrong, as a sentence with numbers' }),
    count: Whole('How many', 1),
    sinceMs: Type.Optional(WallMs('Since when')),
    target: Type.Object(
      {
        kind: OneOf(['alert', 'alerts', 'change', 'deployment', 'device', 'devices', 'deliveries', 'status']),
        id: Type.Optional(Type.String({ description: 'Id or name, where it is one thing' })),
        query: Type.Optional(
          Type.Record(Type.String(), Type.String(), { description: 'Filters of the list, where it is several' }),
        ),
      },
      { description: 'Where to look' },
    ),
  },
  { $id: 'Attention' },
)
export type Attention = Static<typeof Attention>

export const Status = Type.Object(
  {
    server: Type.Object({
      version: Type.String(),
      startedAtMs: WallMs('When this process started'),
      nowMs: WallMs('Time of the answer'),
      development: Type.Boolean({
        description: 'True where the operator root key was made by this server and lies beside it: not for production',
      }),
      leader: Type.Boolean({ description: 'Whether this process runs the loops' }),
      epoch: Whole('Epoch of generations', 1),
      broker: Type.Union([Type.Literal('up'), Type.Literal('down')]),
      database: Type.String({ description: 'memory, pglite or postgresql' }),
      deviceUrl: Type.Optional(Type.String({ description: 'Where devices enrol and fetch' })),
      mqttUrl: Type.Optional(Type.String({ description: 'Where devices connect' })),
    }),
    devices: Type.Object({
      total: Whole('All'),
      online: Whole('Online'),
      offline: Whole('Said goodbye'),
      lost: Whole('Lost'),
      unknown: Whole('Not heard since the server started'),
      converged: Whole('Reported the latest desired state'),
      simulated: Whole('With simulated imagers'),
      degraded: Whole('Online, and an instance fails'),
    }),
    attention: Type.Array(Attention, { description: 'What needs somebody, the most severe first' }),
    alerts: Type.Object({
      firing: Whole('Alerts that fire'),
      pending: Whole('Alerts that may fire'),
      critical: Whole('Of those that fire, critical'),
      unacknowledged: Whole('Of those that fire, nobody has taken them on'),
    }),
    deploymentHealth: Type.Object({
      healthy: Whole('All instances run and are healthy'),
      progressing: Whole('Instances are on their way'),
      degraded: Whole('An instance fails'),
      empty: Whole('No device fits or is targeted'),
    }),
    deployments: Type.Array(DeploymentSummary),
    components: Whole('Component versions'),
    pendingChanges: Whole('Changes that wait for a person'),
    telemetry: Type.Object(
      {
        batches: Whole('Batches committed'),
        records: Whole('Records committed'),
        refused: Whole('Messages and records refused'),
        recordsPerSecond: Type.Number({ minimum: 0, description: 'Records committed a second, over the last minute' }),
        history: Type.Array(Type.Number({ minimum: 0 }), {
          description: 'Records a second in each of the last minutes, oldest first; at most 60',
        }),
      },
      { description: 'By this process since it started' },
    ),
  },
  { $id: 'Status' },
)
export type Status = Static<typeof Status>

export const Health = Type.Object(
  {
    status: Type.Union([Type.Literal('ok'), Type.Literal('failing')]),
    checks: Type.Array(Type.Object({ name: Type.String(), ok: Type.Boolean(), message: Type.Optional(Type.String()) })),
  },
  { $id: 'Health' },
)
export type Health = Static<typeof Health>

export const AuditQuery = Type.Object(
  {
    limit: Type.Optional(Limit(10_000)),
    actor: Type.Optional(Type.String({ minLength: 1, maxLength: 128, description: 'Who did it' })),
    text: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 128,
        description: 'Part of the action, the subject or a value of the detail, in any case of letters',
      }),
    ),
  },
  closed,
)
export const AuditEntry = Type.Object(
  {
    atMs: WallMs('When'),
    actor: Type.String({ description: 'Name of the token, or `ocelli` for the server itself' }),
    action: Type.String(),
    subject: Type.String(),
    detail: Type.Record(Type.String(), Type.Unknown()),
  },
  { $id: 'AuditEntry' },
)
export type AuditEntry = Static<typeof AuditEntry>
export const AuditList = listOf(AuditEntry, 'Changes, newest first')
