/** All that a memory store holds. Rows are replaced, never changed, so that a picture handed out stays as it was. */
import type { Retention } from '@ocelli/schemas/api/alert'
import type { DeviceDecision, Placement } from '@ocelli/schemas/api/plan'
import type { DeploymentId, DeviceId, Digest, InstanceId, ProjectId } from '@ocelli/schemas/ids'
import type { FleetManifest } from '@ocelli/schemas/manifest/fleet'
import type { AlertRow, AlertRuleRow, DeliveryRow, ReceiverRow } from '../../domain/alerts.ts'
import type {
  AccessTokenRow,
  AuditRow,
  CertificateRow,
  ComponentRow,
  DecidedRow,
  DeploymentRow,
  DesiredRow,
  DeviceRow,
  EnrolmentTokenRow,
  LastValueRow,
  PendingChangeRow,
  RecordRow,
  RevisionRow,
  SealedRow,
  TrustRow,
} from '../../domain/records.ts'
import type { Rollout } from '../../domain/rollout.ts'
import type { DeviceFactRow, HistoryRow } from '../monitoring.ts'
import type { Sum } from './ranges.ts'

export interface StoredRecord {
  readonly project: ProjectId
  readonly name: string | undefined
  readonly row: RecordRow
}

export interface State {
  epoch: number
  trust: TrustRow | undefined
  readonly sealed: Map<string, SealedRow>
  readonly enrolmentTokens: Map<string, EnrolmentTokenRow>
  readonly accessTokens: Map<string, AccessTokenRow>
  /** By serial number. They outlive their device, so that a revoked one stays known. */
  readonly certificates: Map<string, CertificateRow>
  readonly audit: AuditRow[]
  /** Version of each project's intent and placements. */
  readonly projects: Map<ProjectId, number>
  /** Desired states issued earlier are not told: the rest of a decision is due. */
  readonly restDueMs: Map<ProjectId, number>
  /** Without `desired`, which is a row of its own. */
  readonly devices: Map<DeviceId, DeviceRow>
  readonly desired: Map<DeviceId, DesiredRow>
  readonly artifacts: Map<Digest, Uint8Array>
  /** By project, name and version. */
  readonly components: Map<string, ComponentRow>
  readonly deployments: Map<DeploymentId, DeploymentRow>
  readonly revisions: Map<DeploymentId, readonly RevisionRow[]>
  /** By project and name. */
  readonly fleets: Map<string, { readonly project: ProjectId; readonly manifest: FleetManifest }>
  readonly placements: Map<InstanceId, { readonly project: ProjectId; readonly placement: Placement }>
  /** Whose every instance ever placed was: records may arrive long after it was removed. */
  readonly instances: Map<InstanceId, { readonly deployment: DeploymentId; readonly device: DeviceId }>
  readonly decisions: Map<DeploymentId, Map<DeviceId, DeviceDecision>>
  /** By deployment and device: since when the decision holds. */
  readonly decidedSince: Map<string, number>
  /** By deployment and device, the oldest first. */
  readonly pastDecisions: Map<string, readonly DecidedRow[]>
  /** Revisions by deployment and device. */
  readonly pins: Map<DeploymentId, ReadonlyMap<DeviceId, number>>
  readonly pending: Map<string, PendingChangeRow>
  /** By deployment and revision. */
  readonly rollouts: Map<string, Rollout>
  /** By device and stream. */
  readonly positions: Map<string, number>
  /** In order of commit; the cursor of a record is its number, from 1. One that was dropped leaves its place empty. */
  readonly records: (StoredRecord | undefined)[]
  /** By device, instance and name. */
  readonly lastValues: Map<string, { readonly project: ProjectId; readonly row: LastValueRow }>
  /** By key of instance, name and bucket. */
  readonly sums: { readonly minute: Map<string, Sum>; readonly hour: Map<string, Sum> }
  /** Index of the first record that is not in the sums. */
  readonly rollups: Map<ProjectId, { readonly next: number; readonly completeToMs: number }>
  readonly retention: Map<ProjectId, Partial<Retention>>
  historyIds: number
  /** By id. */
  readonly deviceHistory: Map<string, { readonly project: ProjectId; readonly row: HistoryRow }>
  /** What a start of the server does not forget of presence. */
  readonly deviceKnown: Map<DeviceId, Pick<DeviceFactRow, 'knownPresence' | 'knownAtMs' | 'heardAtMs'>>
  /** By project and name. */
  readonly alertRules: Map<string, AlertRuleRow>
  readonly alerts: Map<string, AlertRow>
  /** By project and name. */
  readonly receivers: Map<string, ReceiverRow>
  readonly deliveries: Map<string, DeliveryRow>
  /** What the running transaction changed that others wait for. */
  recordsChanged: boolean
  intentChanged: boolean
}

export function emptyState(): State {
  return {
    epoch: 1,
    trust: undefined,
    sealed: new Map(),
    enrolmentTokens: new Map(),
    accessTokens: new Map(),
    certificates: new Map(),
    audit: [],
    projects: new Map([['default' as ProjectId, 0]]),
    restDueMs: new Map(),
    devices: new Map(),
    desired: new Map(),
    artifacts: new Map(),
    components: new Map(),
    deployments: new Map(),
    revisions: new Map(),
    fleets: new Map(),
    placements: new Map(),
    instances: new Map(),
    decisions: new Map(),
    decidedSince: new Map(),
    pastDecisions: new Map(),
    pins: new Map(),
    pending: new Map(),
    rollouts: new Map(),
    positions: new Map(),
    records: [],
    lastValues: new Map(),
    sums: { minute: new Map(), hour: new Map() },
    rollups: new Map(),
    retention: new Map(),
    historyIds: 0,
    deviceHistory: new Map(),
    deviceKnown: new Map(),
    alertRules: new Map(),
    alerts: new Map(),
    receivers: new Map(),
    deliveries: new Map(),
    recordsChanged: false,
    intentChanged: false,
  }
}

/** A key of several words; none of them holds a space. */
export function keyOf(...words: readonly string[]): string {
  return words.join(' ')
}

export function knowProject(state: State, project: ProjectId): void {
  if (!state.projects.has(project)) state.projects.set(project, 0)
}

export function byText<T>(text: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0)
}

/** A device as the rest of the server sees it. */
export function deviceRow(state: State, id: DeviceId): DeviceRow | undefined {
  const device = state.devices.get(id)
  const desired = state.desired.get(id)
  return device && desired ? { ...device, desired } : device
}
