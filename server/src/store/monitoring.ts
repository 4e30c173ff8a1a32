/** What the store keeps for those who watch: sums over time, history, alerts. A part of the store port. */
import type { Retention } from '@ocelli/schemas/api/alert'
import type { DeviceDecision, Placement } from '@ocelli/schemas/api/plan'
import type { DeploymentId, DeviceId, ImagerId, InstanceId, ProjectId } from '@ocelli/schemas/ids'
import type { ReportedInstance } from '@ocelli/schemas/messages/reported'
import type {
  AlertRow,
  AlertRuleRow,
  AlertSeverity,
  AlertState,
  DeliveryRow,
  DeliveryState,
  ReceiverRow,
} from '../domain/alerts.ts'
import type { AuditRow, DeviceRow } from '../domain/records.ts'
import type { PresenceState } from '../domain/snapshot.ts'

export type RangeSource = 'raw' | 'minute' | 'hour'

export interface RangeRead {
  readonly project: ProjectId
  readonly source: RangeSource
  /** By observation: from, included, to, excluded; both multiples of `intervalMs`. */
  readonly fromMs: number
  readonly toMs: number
  /** Width of a bucket; a multiple of a minute or an hour where that is the source. */
  readonly intervalMs: number
  readonly names?: readonly string[]
  readonly devices?: readonly DeviceId[]
  readonly deployment?: DeploymentId
  readonly instance?: InstanceId
  readonly role: 'live' | 'shadow'
  readonly groupBy: 'none' | 'device' | 'instance' | { readonly label: string }
  readonly aggregate: 'mean' | 'min' | 'max' | 'sum' | 'count' | 'last' | 'rate'
  readonly combine: 'mean' | 'min' | 'max' | 'sum' | 'count'
  readonly maxSeries: number
}

export interface RangeRow {
  readonly name: string
  readonly unit: string
  readonly device?: DeviceId
  readonly instance?: InstanceId
  readonly imager?: ImagerId
  readonly deployment?: DeploymentId
  /** Value of the label that groups; null where devices lack it. */
  readonly label?: string | null
  /** Columns of equal length, ordered by time. */
  readonly atMs: readonly number[]
  readonly value: readonly number[]
  readonly min: readonly number[]
  readonly max: readonly number[]
  readonly count: readonly number[]
}

export interface RangeStore {
  /** Series by name and group; at most `maxSeries` and one more, which says that there are too many. */
  ranges(read: RangeRead): Promise<readonly RangeRow[]>
  /**
   * Adds the next records of each project, at most `limit` of one, to the sums by minute and hour, each project in one
   * transaction with the cursor of what is added. So it may stop, or run twice, at any point. Answers how many records
   * were added; fewer than `limit` of any project: all that could be seen.
   */
  rollUp(limit: number, nowMs: number): Promise<number>
  /** Up to when, by arrival, all records are in the sums; 0 where none is. */
  rolledUpTo(project: ProjectId): Promise<number>
  /** Retention as it was set; what is not set follows the installation. */
  retention(project: ProjectId): Promise<Partial<Retention>>
  putRetention(project: ProjectId, policy: Partial<Retention>, audit: AuditRow): Promise<void>
  /**
   * Drops what is older than the policies want: whole partitions where no project wants them, else rows, at most
   * `limit` in one step, each step a transaction of its own. So it may stop at any point. Answers what was done; `more`
   * where another call would drop more.
   */
  dropExpired(
    defaults: Retention,
    nowMs: number,
    limit: number,
  ): Promise<{ readonly partitions: readonly string[]; readonly rows: number; readonly more: boolean }>
}

export interface HistoryRow {
  readonly id: number
  readonly device: DeviceId
  readonly atMs: number
  readonly kind: 'presence' | 'desired' | 'instance'
  readonly instance?: InstanceId
  readonly detail: Readonly<Record<string, unknown>>
}

export interface DeviceFilter {
  readonly project: ProjectId
  readonly presence?: readonly PresenceState[]
  /** In any case of letters: part of a name, an id, a model or a label. */
  readonly text?: string
  /** Names with or without version; all must be offered. */
  readonly interfaces?: readonly string[]
  readonly agentVersion?: string
  /** Each `key` or `key=value`; all must be there. */
  readonly labels?: readonly string[]
  readonly health?: readonly ('healthy' | 'degraded' | 'notConverged')[]
  readonly ids?: readonly DeviceId[]
  readonly after?: DeviceId
  readonly sort: 'id' | 'name' | 'presence' | '-name' | '-presence'
  readonly offset: number
  readonly limit: number
}

/** A device without its documents. */
export interface DeviceFactRow {
  readonly id: DeviceId
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly presence: PresenceState
  readonly presenceAtMs: number
  /** The last state that it was heard to be in, and since when; a start of the server does not change it. */
  readonly knownPresence?: PresenceState
  readonly knownAtMs?: number
  /** Last message of it, but for telemetry. */
  readonly heardAtMs?: number
  readonly agentVersion?: string
  readonly model?: string
  readonly simulated?: boolean
  readonly interfaces?: readonly string[]
  /** Instances that it reported to be in back-off, in a crash loop or refused. */
  readonly failing?: readonly ReportedInstance[]
  readonly converged: boolean
}

/** Devices that need a look, with the one that it is where there is one alone. */
export interface DeviceGroup {
  readonly count: number
  readonly only?: { readonly id: DeviceId; readonly name: string }
}

export interface DeviceSums {
  readonly total: number
  readonly presence: Readonly<Record<PresenceState, number>>
  readonly converged: number
  readonly simulated: number
  /** Online with an instance in back-off, in a crash loop or refused. */
  readonly degraded: DeviceGroup
  /** Lost, and unknown, since before the time that was asked for. */
  readonly longLost: DeviceGroup
  readonly longUnknown: DeviceGroup
}

/** How many devices a deployment decided about, and how its instances were reported. */
export interface DeploymentSums {
  readonly deployment: DeploymentId
  readonly devices: Readonly<Record<DeviceDecision['outcome'], number>>
  readonly instances: {
    readonly placed: number
    readonly running: number
    /** Running and healthy. */
    readonly healthy: number
    /** In back-off, in a crash loop or refused. */
    readonly failing: number
  }
}

/** A placement with what its device reported of it last; what another device reported of it is nothing. */
export interface InstanceRow {
  readonly placement: Placement
  readonly deviceName: string
  readonly presence: PresenceState
  readonly state?: ReportedInstance
}

/** Sums over a whole fleet, which read no document of a device. */
export interface SumStore {
  /** `longBeforeMs`: since before when a silence is long. */
  deviceSums(project: ProjectId, longBeforeMs: number): Promise<DeviceSums>
  /** Of each deployment of the project, by id. */
  deploymentSums(project: ProjectId): Promise<readonly DeploymentSums[]>
  /** Every placement of a deployment, by instance. */
  deploymentInstances(deployment: DeploymentId): Promise<readonly InstanceRow[]>
}

export interface HistoryStore {
  /** `total` counts all that match, `after`, `offset` and `limit` aside. */
  findDevices(filter: DeviceFilter): Promise<{ readonly rows: readonly DeviceRow[]; readonly total: number }>
  deviceFacts(project: ProjectId): Promise<readonly DeviceFactRow[]>
  /** Newest first: at or before `toMs`; below `beforeId` where it is as old as `toMs`. */
  deviceHistory(
    device: DeviceId,
    query: {
      readonly kinds?: readonly HistoryRow['kind'][]
      readonly fromMs?: number
      readonly toMs: number
      readonly limit: number
    },
  ): Promise<readonly HistoryRow[]>
  /** Entries of the audit log about a device, by its id or name, newest first, at or before `toMs`. */
  deviceAudit(
    project: ProjectId,
    device: { readonly id: DeviceId; readonly name: string },
    query: { readonly fromMs?: number; readonly toMs: number; readonly limit: number },
  ): Promise<readonly (AuditRow & { readonly id: number })[]>
}

export interface AlertQuery {
  readonly project: ProjectId
  readonly states?: readonly AlertState[]
  readonly severities?: readonly AlertSeverity[]
  readonly rule?: string
  readonly device?: DeviceId
  readonly fromMs?: number
  readonly toMs?: number
  /** Continue after this alert. */
  readonly after?: { readonly sinceMs: number; readonly id: string }
  readonly limit: number
}

export interface AlertStore {
  alertRules(project: ProjectId): Promise<readonly AlertRuleRow[]>
  /** Adds or replaces the spec; a silence stays. False where it was so already. */
  putAlertRule(rule: Pick<AlertRuleRow, 'project' | 'name' | 'spec'>, atMs: number, audit: AuditRow): Promise<boolean>
  /** Its open alerts resolve, and nobody is told. False where there is none. */
  deleteAlertRule(project: ProjectId, name: string, atMs: number, audit: AuditRow): Promise<boolean>
  /** `undefined` ends the silence. False where there is no such rule. */
  muteAlertRule(
    project: ProjectId,
    name: string,
    until: { readonly atMs: number; readonly by: string } | undefined,
    audit: AuditRow,
  ): Promise<boolean>

  /** Newest first. */
  alerts(query: AlertQuery): Promise<readonly AlertRow[]>
  alert(id: string): Promise<AlertRow | undefined>
  /** Every alert that is not resolved. */
  openAlerts(project: ProjectId): Promise<readonly AlertRow[]>
  /**
   * Writes alerts with the messages that tell of them, all or nothing. `version` of each is one above the one it was
   * computed from, 1 for a new one; `stale` where any has changed since or is there already.
   */
  commitAlerts(change: {
    readonly alerts: readonly AlertRow[]
    /** Pending alerts that came to nothing. */
    readonly remove: readonly string[]
    readonly deliveries: readonly DeliveryRow[]
    readonly audit: readonly AuditRow[]
  }): Promise<'committed' | 'stale'>

  receivers(project: ProjectId): Promise<readonly ReceiverRow[]>
  putReceiver(row: ReceiverRow, audit: AuditRow): Promise<void>
  /** What waits for it is given up. */
  deleteReceiver(project: ProjectId, name: string, audit: AuditRow): Promise<boolean>

  /** Newest first. */
  deliveries(
    project: ProjectId,
    query: {
      readonly states?: readonly DeliveryState[]
      readonly receiver?: string
      readonly after?: string
      readonly limit: number
    },
  ): Promise<readonly DeliveryRow[]>
  delivery(id: string): Promise<DeliveryRow | undefined>
  /**
   * Deliveries that are due. Those of one receiver, rule and group that have no message yet become part of one, whose
   * id is `message` of the first of them; at most `limit` messages are answered, oldest first, each whole.
   */
  dueDeliveries(nowMs: number, limit: number): Promise<readonly DeliveryRow[]>
  /** When the next one is due; undefined where none waits. */
  nextDelivery(): Promise<number | undefined>
  /** Writes what became of a message, for all its deliveries that are still pending. */
  settleDeliveries(
    batch: string,
    outcome:
      | { readonly state: 'delivered'; readonly atMs: number }
      | { readonly state: 'pending'; readonly dueAtMs: number; readonly error: string }
      | { readonly state: 'dead'; readonly error: string },
  ): Promise<void>
  /** Gives a dead delivery all its attempts again. False where it is not dead. */
  retryDelivery(id: string, nowMs: number, audit: AuditRow): Promise<boolean>
}
