/** The tables as queries see them; `migrations/` makes them, and a test holds the two together. */

import type { Retention } from '@ocelli/schemas/api/alert'
import type { DeviceDecision, Placement } from '@ocelli/schemas/api/plan'
import type { Envelope } from '@ocelli/schemas/dsse'
import type { DeploymentId, DeviceId, Digest, ImagerId, InstanceId, ProjectId, StreamId } from '@ocelli/schemas/ids'
import type { AlertSpec } from '@ocelli/schemas/manifest/alert'
import type { FleetManifest } from '@ocelli/schemas/manifest/fleet'
import type { DesiredInstance } from '@ocelli/schemas/messages/desired'
import type { Generation } from '@ocelli/schemas/messages/generation'
import type { Inventory } from '@ocelli/schemas/messages/inventory'
import type { Reported, ReportedInstance } from '@ocelli/schemas/messages/reported'
import type { Session } from '@ocelli/schemas/messages/session'
import type { TelemetryRecord } from '@ocelli/schemas/messages/telemetry'
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  customType,
  doublePrecision,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
} from 'drizzle-orm/pg-core'
import type { AlertDetail, AlertSeverity, AlertState, DeliveryContent, DeliveryState } from '../../domain/alerts.ts'
import type { ComponentRow, DeploymentRow, PendingChangeRow, Role } from '../../domain/records.ts'
import type { Rollout } from '../../domain/rollout.ts'
import type { PresenceState } from '../../domain/snapshot.ts'
import { storableJson } from '../storable.ts'

/** A whole number below 2^53. */
const whole = (name: string) => bigint(name, { mode: 'number' })

/** A JSON value. It was checked before it was written, so its type is taken on trust when it is read. */
const document = <T>(name: string) =>
  customType<{ data: T; driverData: unknown }>({
    dataType: () => 'jsonb',
    toDriver: (value) => storableJson(value),
    fromDriver: (value) => value as T,
  })(name)

/** `json`, not `jsonb`: it is only read back whole, and written far cheaper. */
const wholeDocument = <T>(name: string) =>
  customType<{ data: T; driverData: unknown }>({
    dataType: () => 'json',
    toDriver: (value) => storableJson(value),
    fromDriver: (value) => value as T,
  })(name)

const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' })

export const meta = pgTable('meta', {
  singleton: boolean('singleton').primaryKey().default(true),
  epoch: whole('epoch').notNull(),
  backupAtMs: whole('backup_at_ms'),
  restoredAtMs: whole('restored_at_ms'),
})

export const projects = pgTable('projects', {
  id: text('id').$type<ProjectId>().primaryKey(),
  version: whole('version').notNull().default(0),
  /** Desired states issued earlier are not told: the rest of a decision is due. */
  restDueMs: whole('rest_due_ms'),
})

export const sealed = pgTable('sealed', {
  name: text('name').primaryKey(),
  sealed: bytes('sealed').notNull(),
})

export const enrolmentTokens = pgTable('enrolment_tokens', {
  id: text('id').primaryKey(),
  project: text('project').$type<ProjectId>().notNull(),
  secretSha256: text('secret_sha256').notNull(),
  labels: document<Readonly<Record<string, string>>>('labels').notNull(),
  fleet: text('fleet'),
  createdAtMs: whole('created_at_ms').notNull(),
  expiresAtMs: whole('expires_at_ms').notNull(),
  uses: whole('uses').notNull(),
  usesLeft: whole('uses_left').notNull(),
  revoked: boolean('revoked').notNull(),
  device: text('device').$type<DeviceId>(),
})

export const accessTokens = pgTable('access_tokens', {
  id: text('id').primaryKey(),
  project: text('project').$type<ProjectId>().notNull(),
  name: text('name').notNull(),
  role: text('role').$type<Role>().notNull(),
  secretSha256: text('secret_sha256').notNull(),
  createdAtMs: whole('created_at_ms').notNull(),
  expiresAtMs: whole('expires_at_ms'),
  revoked: boolean('revoked').notNull(),
})

export const trust = pgTable('trust', {
  version: whole('version').primaryKey(),
  envelope: document<Envelope>('envelope').notNull(),
})

export const audit = pgTable('audit', {
  id: whole('id').primaryKey().generatedAlwaysAsIdentity(),
  atMs: whole('at_ms').notNull(),
  project: text('project').$type<ProjectId>().notNull(),
  actor: text('actor').notNull(),
  action: text('action').notNull(),
  subject: text('subject').notNull(),
  detail: document<Readonly<Record<string, unknown>>>('detail').notNull(),
})

export const devices = pgTable('devices', {
  id: text('id').$type<DeviceId>().primaryKey(),
  project: text('project').$type<ProjectId>().notNull(),
  name: text('name').notNull(),
  labels: document<Readonly<Record<string, string>>>('labels').notNull(),
  enrolledAtMs: whole('enrolled_at_ms').notNull(),
  presence: text('presence').$type<PresenceState>().notNull(),
  presenceAtMs: whole('presence_at_ms').notNull(),
  taints: document<Readonly<Record<string, string>>>('taints'),
  session: document<Session>('session'),
  inventory: document<Inventory>('inventory'),
  inventoryAtMs: whole('inventory_at_ms'),
  reported: document<Reported>('reported'),
  reportedAtMs: whole('reported_at_ms'),
  knownPresence: text('known_presence').$type<PresenceState>(),
  knownAtMs: whole('known_at_ms'),
  heardAtMs: whole('heard_at_ms'),
  agentVersion: text('agent_version').generatedAlwaysAs(sql``),
  model: text('model').generatedAlwaysAs(sql``),
  simulated: boolean('simulated').generatedAlwaysAs(sql``),
  interfaces: document<readonly string[]>('interfaces').generatedAlwaysAs(sql``),
  failing: document<readonly ReportedInstance[]>('failing').generatedAlwaysAs(sql``),
  running: document<readonly InstanceId[]>('running').generatedAlwaysAs(sql``),
  healthy: document<readonly InstanceId[]>('healthy').generatedAlwaysAs(sql``),
  reportedGeneration: document<Generation>('reported_generation').generatedAlwaysAs(sql``),
  reportedTrustVersion: whole('reported_trust_version').generatedAlwaysAs(sql``),
})

export const certificates = pgTable('certificates', {
  serial: text('serial').primaryKey(),
  device: text('device').$type<DeviceId>().notNull(),
  number: whole('number').notNull(),
  issuedAtMs: whole('issued_at_ms').notNull(),
  expiresAtMs: whole('expires_at_ms').notNull(),
  revokedAtMs: whole('revoked_at_ms'),
  root: text('root'),
})

export const desired = pgTable('desired', {
  device: text('device').$type<DeviceId>().primaryKey(),
  epoch: whole('epoch').notNull(),
  counter: whole('counter').notNull(),
  instances: wholeDocument<readonly DesiredInstance[]>('instances').notNull(),
  issuedAtMs: whole('issued_at_ms').notNull(),
  trustVersion: whole('trust_version').notNull(),
})

export const artifacts = pgTable('artifacts', {
  digest: text('digest').$type<Digest>().primaryKey(),
  bytes: bytes('bytes').notNull(),
})

export const components = pgTable(
  'components',
  {
    project: text('project').$type<ProjectId>().notNull(),
    name: text('name').notNull(),
    version: text('version').notNull(),
    digest: text('digest').$type<Digest>().notNull(),
    sizeBytes: whole('size_bytes').notNull(),
    signature: text('signature').$type<Digest>().notNull(),
    imports: document<readonly string[]>('imports').notNull(),
    exports: document<readonly string[]>('exports').notNull(),
    needs: document<ComponentRow['needs']>('needs').notNull(),
    publisher: text('publisher').notNull(),
    wit: text('wit').notNull(),
    pushedAtMs: whole('pushed_at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.name, table.version] })],
)

export const deployments = pgTable('deployments', {
  id: text('id').$type<DeploymentId>().primaryKey(),
  project: text('project').$type<ProjectId>().notNull(),
  name: text('name').notNull(),
  revision: whole('revision').notNull(),
  spec: document<DeploymentRow['spec']>('spec').notNull(),
  components: document<DeploymentRow['components']>('components').notNull(),
  createdAtMs: whole('created_at_ms').notNull(),
  updatedAtMs: whole('updated_at_ms').notNull(),
  agreedDevices: whole('agreed_devices'),
})

export const revisions = pgTable(
  'revisions',
  {
    deployment: text('deployment').$type<DeploymentId>().notNull(),
    revision: whole('revision').notNull(),
    spec: document<DeploymentRow['spec']>('spec').notNull(),
    components: document<DeploymentRow['components']>('components').notNull(),
    createdAtMs: whole('created_at_ms').notNull(),
    actor: text('actor').notNull(),
  },
  (table) => [primaryKey({ columns: [table.deployment, table.revision] })],
)

export const fleets = pgTable(
  'fleets',
  {
    project: text('project').$type<ProjectId>().notNull(),
    name: text('name').notNull(),
    manifest: document<FleetManifest>('manifest').notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.name] })],
)

export const placements = pgTable(
  'placements',
  {
    instance: text('instance').$type<InstanceId>().notNull(),
    project: text('project').$type<ProjectId>().notNull(),
    deployment: text('deployment').$type<DeploymentId>().notNull(),
    device: text('device').$type<DeviceId>().notNull(),
    placement: wholeDocument<Placement>('placement').notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.instance] })],
)

/** Whose instances were that are placed no more. */
export const instances = pgTable('instances', {
  instance: text('instance').$type<InstanceId>().primaryKey(),
  deployment: text('deployment').$type<DeploymentId>().notNull(),
  device: text('device').$type<DeviceId>().notNull(),
})

export const decisions = pgTable(
  'decisions',
  {
    deployment: text('deployment').$type<DeploymentId>().notNull(),
    device: text('device').$type<DeviceId>().notNull(),
    decision: document<DeviceDecision>('decision').notNull(),
    sinceMs: whole('since_ms').notNull().default(0),
    outcome: text('outcome').$type<DeviceDecision['outcome']>().generatedAlwaysAs(sql``),
  },
  (table) => [primaryKey({ columns: [table.deployment, table.device] })],
)

export const pastDecisions = pgTable('past_decisions', {
  deployment: text('deployment').$type<DeploymentId>().notNull(),
  device: text('device').$type<DeviceId>().notNull(),
  sinceMs: whole('since_ms').notNull(),
  untilMs: whole('until_ms').notNull(),
  decision: document<DeviceDecision>('decision').notNull(),
})

export const pins = pgTable(
  'pins',
  {
    deployment: text('deployment').$type<DeploymentId>().notNull(),
    device: text('device').$type<DeviceId>().notNull(),
    revision: whole('revision').notNull(),
  },
  (table) => [primaryKey({ columns: [table.deployment, table.device] })],
)

export const pendingChanges = pgTable('pending_changes', {
  id: text('id').primaryKey(),
  project: text('project').$type<ProjectId>().notNull(),
  change: document<PendingChangeRow['change']>('change').notNull(),
  plan: document<PendingChangeRow['plan']>('plan').notNull(),
  actor: text('actor').notNull(),
  createdAtMs: whole('created_at_ms').notNull(),
})

export const rollouts = pgTable(
  'rollouts',
  {
    deployment: text('deployment').$type<DeploymentId>().notNull(),
    revision: whole('revision').notNull(),
    project: text('project').$type<ProjectId>().notNull(),
    version: whole('version').notNull(),
    startedAtMs: whole('started_at_ms').notNull(),
    active: boolean('active').notNull(),
    rollout: wholeDocument<Rollout>('rollout').notNull(),
  },
  (table) => [primaryKey({ columns: [table.deployment, table.revision] })],
)

export const positions = pgTable(
  'positions',
  {
    device: text('device').$type<DeviceId>().notNull(),
    stream: text('stream').$type<StreamId>().notNull(),
    committed: whole('committed').notNull(),
  },
  (table) => [primaryKey({ columns: [table.device, table.stream] })],
)

export const records = pgTable('records', {
  txid: bigint('txid', { mode: 'bigint' }).notNull(),
  row: integer('row').notNull(),
  project: text('project').$type<ProjectId>().notNull(),
  device: text('device').$type<DeviceId>().notNull(),
  stream: text('stream').$type<StreamId>().notNull(),
  receivedAtMs: whole('received_at_ms').notNull(),
  observedAtMs: whole('observed_at_ms').notNull(),
  kind: text('kind').notNull(),
  deployment: text('deployment').$type<DeploymentId>(),
  instance: text('instance').$type<InstanceId>(),
  name: text('name'),
  shadow: boolean('shadow').notNull(),
  /** Of a log line: its place in `LOG_LEVELS`. */
  level: smallint('level'),
  /** Of a measurement, as in the record: what sums are made of. */
  unit: text('unit'),
  value: doublePrecision('value'),
  record: wholeDocument<TelemetryRecord>('record').notNull(),
})

export const lastValues = pgTable(
  'last_values',
  {
    device: text('device').$type<DeviceId>().notNull(),
    instance: text('instance').$type<InstanceId>().notNull(),
    name: text('name').notNull(),
    project: text('project').$type<ProjectId>().notNull(),
    deployment: text('deployment').$type<DeploymentId>(),
    imager: text('imager').$type<ImagerId>(),
    unit: text('unit').notNull(),
    value: doublePrecision('value').notNull(),
    observedAtMs: whole('observed_at_ms').notNull(),
    receivedAtMs: whole('received_at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.device, table.instance, table.name] })],
)

/** The columns of sums by minute and by hour. */
const sums = () => ({
  device: text('device').$type<DeviceId>().notNull(),
  instance: text('instance').$type<InstanceId>().notNull(),
  name: text('name').notNull(),
  shadow: boolean('shadow').notNull(),
  bucketMs: whole('bucket_ms').notNull(),
  project: text('project').$type<ProjectId>().notNull(),
  deployment: text('deployment').$type<DeploymentId>(),
  unit: text('unit').notNull(),
  count: whole('count').notNull(),
  sum: doublePrecision('sum').notNull(),
  min: doublePrecision('min').notNull(),
  max: doublePrecision('max').notNull(),
  last: doublePrecision('last').notNull(),
  lastAtMs: whole('last_at_ms').notNull(),
})
export const minutes = pgTable('minutes', sums())
export const hours = pgTable('hours', sums())

export const rollups = pgTable('rollups', {
  project: text('project').$type<ProjectId>().primaryKey(),
  txid: bigint('txid', { mode: 'bigint' }).notNull(),
  row: integer('row').notNull(),
  completeToMs: whole('complete_to_ms').notNull(),
})

export const retention = pgTable('retention', {
  project: text('project').$type<ProjectId>().primaryKey(),
  policy: document<Partial<Retention>>('policy').notNull(),
})

export const deviceHistory = pgTable('device_history', {
  id: whole('id').notNull().default(sql`nextval('device_history_ids')`),
  project: text('project').$type<ProjectId>().notNull(),
  device: text('device').$type<DeviceId>().notNull(),
  atMs: whole('at_ms').notNull(),
  kind: text('kind').notNull(),
  instance: text('instance').$type<InstanceId>(),
  detail: document<Readonly<Record<string, unknown>>>('detail').notNull(),
})

export const alertRules = pgTable(
  'alert_rules',
  {
    project: text('project').$type<ProjectId>().notNull(),
    name: text('name').notNull(),
    spec: document<AlertSpec>('spec').notNull(),
    createdAtMs: whole('created_at_ms').notNull(),
    updatedAtMs: whole('updated_at_ms').notNull(),
    mutedUntilMs: whole('muted_until_ms'),
    mutedBy: text('muted_by'),
  },
  (table) => [primaryKey({ columns: [table.project, table.name] })],
)

export const alerts = pgTable('alerts', {
  id: text('id').primaryKey(),
  project: text('project').$type<ProjectId>().notNull(),
  rule: text('rule').notNull(),
  subject: text('subject').notNull(),
  state: text('state').$type<AlertState>().notNull(),
  severity: text('severity').$type<AlertSeverity>().notNull(),
  device: text('device').$type<DeviceId>().notNull(),
  sinceMs: whole('since_ms').notNull(),
  version: whole('version').notNull(),
  alert: document<AlertDetail>('alert').notNull(),
})

export const receivers = pgTable(
  'receivers',
  {
    project: text('project').$type<ProjectId>().notNull(),
    name: text('name').notNull(),
    url: text('url').notNull(),
    sealed: bytes('sealed').notNull(),
    createdAtMs: whole('created_at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.name] })],
)

export const deliveries = pgTable('deliveries', {
  id: text('id').primaryKey(),
  project: text('project').$type<ProjectId>().notNull(),
  receiver: text('receiver').notNull(),
  rule: text('rule').notNull(),
  alert: text('alert'),
  groupKey: text('group_key').notNull(),
  state: text('state').$type<DeliveryState>().notNull(),
  createdAtMs: whole('created_at_ms').notNull(),
  dueAtMs: whole('due_at_ms').notNull(),
  batch: text('batch'),
  attempts: integer('attempts').notNull(),
  deliveredAtMs: whole('delivered_at_ms'),
  lastError: text('last_error'),
  content: document<DeliveryContent>('content').notNull(),
})
