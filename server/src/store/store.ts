/**
 * The store port speaks in domain transactions: each method is one transaction, atomic and durable when its promise
 * resolves. One contract suite runs against every adapter (memory, PGlite, PostgreSQL).
 */
import type { DeviceDecision, Placement } from '@ocelli/schemas/api/plan'
import type { DeploymentId, DeviceId, Digest, InstanceId, ProjectId, StreamId } from '@ocelli/schemas/ids'
import type { FleetManifest } from '@ocelli/schemas/manifest/fleet'
import type { Inventory } from '@ocelli/schemas/messages/inventory'
import type { Presence } from '@ocelli/schemas/messages/presence'
import type { Reported } from '@ocelli/schemas/messages/reported'
import type { TelemetryRecord } from '@ocelli/schemas/messages/telemetry'
import type {
  AccessTokenRow,
  AuditRow,
  CertificateRow,
  ComponentRow,
  DecidedRow,
  DecisionCommit,
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
} from '../domain/records.ts'
import type { Snapshot } from '../domain/snapshot.ts'
import type { AlertStore, HistoryStore, RangeStore, SumStore } from './monitoring.ts'
import type { RolloutStore } from './rollouts.ts'

export interface Store
  extends IdentityStore,
    DeviceStore,
    CatalogueStore,
    IntentStore,
    TelemetryStore,
    RolloutStore,
    RangeStore,
    HistoryStore,
    SumStore,
    AlertStore,
    LeadershipStore {
  close(): Promise<void>
}

export interface IdentityStore {
  /** The epoch of generations; rises with each restore. */
  epoch(): Promise<number>
  sealed(name: string): Promise<SealedRow | undefined>
  /** False where the name exists already: another replica was first, read it again. */
  putSealedOnce(row: SealedRow): Promise<boolean>
  /** Puts another secret of that name in the place of `before`; false where that is no longer what is held. */
  replaceSealed(row: SealedRow, before: Uint8Array, audit: AuditRow): Promise<boolean>
  /** The last restore: certificates that were issued from its backup until then are not held. */
  restored(): Promise<{ readonly backupAtMs: number; readonly restoredAtMs: number } | undefined>

  addEnrolmentToken(row: EnrolmentTokenRow, audit: AuditRow): Promise<void>
  enrolmentToken(id: string): Promise<EnrolmentTokenRow | undefined>
  enrolmentTokens(project: ProjectId): Promise<readonly EnrolmentTokenRow[]>
  revokeEnrolmentToken(id: string, audit: AuditRow): Promise<boolean>
  /**
   * Takes one use of the token, adds the device with its first certificate and makes the name unique by a suffix.
   * Refuses (value, not throw) a token that is unknown, expired at `atMs`, revoked, used up, or whose secret differs.
   */
  enrol(request: {
    readonly token: string
    readonly secretSha256: string
    readonly device: DeviceId
    readonly name: string
    readonly labels: Readonly<Record<string, string>>
    readonly certificate: Omit<CertificateRow, 'device' | 'number'>
    readonly atMs: number
  }): Promise<
    { readonly ok: true; readonly device: DeviceRow; readonly certificate: CertificateRow } | { readonly ok: false }
  >
  /**
   * Takes the use of a token that names the device, revokes its certificates and adds that of the new hardware. Name,
   * labels, placements and history stay; what the old hardware reported goes. Refuses as `enrol` does, and where the
   * device is gone or the token names another.
   */
  replaceDevice(request: {
    readonly token: string
    readonly secretSha256: string
    readonly device: DeviceId
    readonly certificate: Omit<CertificateRow, 'device' | 'number'>
    readonly atMs: number
  }): Promise<
    | {
        readonly ok: true
        readonly device: Pick<DeviceRow, 'id' | 'name' | 'project'>
        readonly certificate: CertificateRow
      }
    | { readonly ok: false }
  >
  /** Its number is above every one that the device had or spoke with. */
  addCertificate(
    device: DeviceId,
    certificate: Omit<CertificateRow, 'device' | 'number'>,
  ): Promise<CertificateRow | undefined>
  certificate(serial: string): Promise<CertificateRow | undefined>
  certificates(device: DeviceId): Promise<readonly CertificateRow[]>
  /** Revokes all certificates of the device; answers the serials that became revoked. */
  revokeCertificates(device: DeviceId, atMs: number, audit: AuditRow): Promise<readonly string[]>
  /**
   * Devices of the installation by the root that their newest certificate comes from: all that hold an unrevoked one
   * which expires after `expiresAfterMs`, and of those the names that have yet to get one from `root`, in order.
   */
  rootHolders(
    root: string,
    expiresAfterMs: number,
  ): Promise<{
    readonly devices: number
    readonly waiting: readonly { readonly project: ProjectId; readonly name: string }[]
  }>
  /** Every revoked certificate that expires after `expiresAfterMs`, those of deleted devices included, by serial. */
  revokedCertificates(expiresAfterMs: number): Promise<readonly CertificateRow[]>

  addAccessToken(row: AccessTokenRow, audit: AuditRow): Promise<void>
  accessToken(id: string): Promise<AccessTokenRow | undefined>
  accessTokens(project: ProjectId): Promise<readonly AccessTokenRow[]>
  revokeAccessToken(id: string, audit: AuditRow): Promise<boolean>

  trust(): Promise<TrustRow | undefined>
  /** False where the stored version is not lower. */
  putTrust(row: TrustRow, audit: AuditRow): Promise<boolean>

  /** Newest first. `text`: in any case of letters, part of the action, the subject or a value within the detail. */
  audit(
    project: ProjectId,
    options: { readonly limit: number; readonly actor?: string; readonly text?: string },
  ): Promise<readonly AuditRow[]>
}

/** The latest message of its kind by a device. */
export interface Heard<T> {
  readonly device: DeviceId
  readonly message: T
}

export interface DeviceStore {
  devices(project: ProjectId): Promise<readonly DeviceRow[]>
  device(id: DeviceId): Promise<DeviceRow | undefined>
  deviceByName(project: ProjectId, name: string): Promise<DeviceRow | undefined>
  /**
   * Keeps what devices said, each at most one message. Answers whose was taken: not that of an unknown device, or of an
   * older session (an old last will). `changed` is false where a device in the same session only says it again.
   */
  recordPresence(
    heard: readonly Heard<Presence>[],
    atMs: number,
  ): Promise<ReadonlyMap<DeviceId, { readonly changed: boolean }>>
  /** Every device that is not known to have said goodbye becomes `unknown`: after a start of server or broker. */
  forgetPresence(atMs: number): Promise<void>
  /**
   * As `recordPresence`; `changed` is false where nothing the scheduler reads differs. The kept time rises with each
   * inventory of a device, by 1 ms where the clock does not: so it names one.
   */
  recordInventory(
    heard: readonly Heard<Inventory>[],
    atMs: number,
  ): Promise<ReadonlyMap<DeviceId, { readonly changed: boolean }>>
  /** As `recordPresence`; the kept time names the report, as that of an inventory does. */
  recordReported(heard: readonly Heard<Reported>[], atMs: number): Promise<ReadonlySet<DeviceId>>
}

export interface CatalogueStore {
  /** Bytes by digest; storing the same bytes twice is fine. */
  putArtifact(digest: Digest, bytes: Uint8Array): Promise<void>
  artifact(digest: Digest): Promise<Uint8Array | undefined>
  /** `exists` where name@version is there with another digest; `same` where with the same. */
  addComponent(row: ComponentRow, audit: AuditRow): Promise<'added' | 'same' | 'exists'>
  component(project: ProjectId, name: string, version: string): Promise<ComponentRow | undefined>
  components(project: ProjectId): Promise<readonly ComponentRow[]>
}

/** A desired state without what is in it. */
export interface DesiredKey extends Pick<DesiredRow, 'device' | 'generation' | 'trustVersion'> {
  readonly project: ProjectId
}

/** What decisions are made on, and the devices with all that they said and were told. */
export interface Moment {
  readonly snapshot: Snapshot
  /** Ordered by id. */
  readonly rows: readonly DeviceRow[]
}

export interface IntentStore {
  projects(): Promise<readonly ProjectId[]>
  /** Projects in which the rest of a decision is to be committed. */
  restDue(): Promise<readonly ProjectId[]>
  snapshot(project: ProjectId): Promise<Snapshot>
  /** The snapshot and the devices of one moment: together they are read once. */
  moment(project: ProjectId): Promise<Moment>
  /** `stale` where the project's version is no longer `basedOn`: take a new snapshot and decide again. */
  commit(
    decision: DecisionCommit,
  ): Promise<{ readonly kind: 'committed'; readonly desired: readonly DesiredRow[] } | { readonly kind: 'stale' }>
  deployments(project: ProjectId): Promise<readonly DeploymentRow[]>
  revisions(deployment: DeploymentId): Promise<readonly RevisionRow[]>
  fleets(project: ProjectId): Promise<readonly FleetManifest[]>
  placements(project: ProjectId): Promise<readonly Placement[]>
  decisions(deployment: DeploymentId): Promise<readonly DeviceDecision[]>
  decision(deployment: DeploymentId, device: DeviceId): Promise<DeviceDecision | undefined>
  /** What held at `atMs`, by device; of one device where it is named. Kept for `DECISIONS_KEPT_MS` after its end. */
  decidedAt(deployment: DeploymentId, atMs: number, device?: DeviceId): Promise<readonly DecidedRow[]>
  putPending(row: PendingChangeRow): Promise<void>
  pending(project: ProjectId): Promise<readonly PendingChangeRow[]>
  removePending(id: string, audit: AuditRow): Promise<boolean>

  desired(device: DeviceId): Promise<DesiredRow | undefined>
  /** Which desired states there are; `unreported`: whose generation or trust version the device has not reported. */
  desiredKeys(which: 'all' | 'unreported'): Promise<readonly DesiredKey[]>
  /** Those of these devices that there are, by device. */
  desiredOf(devices: readonly DeviceId[]): Promise<readonly DesiredRow[]>
  /** Wakes after a commit, a new trust document included, by any replica; carries no data. The function ends it. */
  onIntent(listener: () => void): () => void
}

export interface RecordQuery {
  readonly project: ProjectId
  readonly kinds?: readonly TelemetryRecord['kind'][]
  readonly device?: DeviceId
  readonly deployment?: DeploymentId
  readonly instance?: InstanceId
  readonly name?: string
  /** Absent: both; what no instance put out is live. */
  readonly role?: 'live' | 'shadow'
  /** Of log lines only those at this place in `LOG_LEVELS` or above. */
  readonly minLevel?: number
  /** In any case of letters: part of a log line's message or context, or of an event's name; nothing else is found. */
  readonly text?: string
  /** By `observedAtMs`: from, included. */
  readonly fromMs?: number
  /** By `observedAtMs`: to, excluded. */
  readonly toMs?: number
  /** Only records committed after this cursor. */
  readonly after?: string
  /** Only records committed before this cursor. */
  readonly before?: string
  /** `newest`: the last `limit` records, in order of commit; `oldest`: the first. */
  readonly end: 'newest' | 'oldest'
  readonly limit: number
}

export interface TelemetryStore {
  /**
   * Commits a batch in one transaction with the position of (device, stream) under a row lock, if
   * `first <= committed + 1`, or if `first == oldestHeld` (the gap is then recorded as lost). Records at or below the
   * position are skipped. `committed` is the position afterwards, also where nothing was taken; undefined where the
   * device is unknown.
   */
  commitTelemetry(batch: {
    readonly device: DeviceId
    readonly stream: StreamId
    readonly first: number
    readonly last: number
    readonly oldestHeld: number
    readonly records: readonly TelemetryRecord[]
    readonly receivedAtMs: number
  }): Promise<{ readonly committed: number; readonly added: number } | undefined>
  /** Position of a stream: 0 where it is new. */
  position(device: DeviceId, stream: StreamId): Promise<number>
  /** Records in order of commit. No record that commits later ever gets a lower cursor than one already answered. */
  records(query: RecordQuery): Promise<readonly RecordRow[]>
  /** The cursor after everything committed so far. */
  head(): Promise<string>
  lastValues(
    project: ProjectId,
    options: { readonly deployment?: DeploymentId; readonly device?: DeviceId },
  ): Promise<readonly LastValueRow[]>
  /** Wakes on new records; carries no data. The returned function ends it. */
  onRecords(listener: () => void): () => void
}

export interface LeadershipStore {
  /** True where this process leads now: it holds the lock, or just got it. */
  lead(): Promise<boolean>
  resign(): Promise<void>
}
