/** Rows and messages for tests of the store, with defaults: a test states only what matters to it. */
import type { DeviceDecision, Placement } from '@ocelli/schemas/api/plan'
import {
  type DeploymentId,
  type DeviceId,
  type Digest,
  type ImagerId,
  type InstanceId,
  idText,
  type ProjectId,
  type StreamId,
} from '@ocelli/schemas/ids'
import type { DesiredInstance } from '@ocelli/schemas/messages/desired'
import type { Inventory } from '@ocelli/schemas/messages/inventory'
import type { Presence } from '@ocelli/schemas/messages/presence'
import type { Reported } from '@ocelli/schemas/messages/reported'
import type { MeasurementRecord } from '@ocelli/schemas/messages/telemetry'
import type {
  AccessTokenRow,
  AuditRow,
  ComponentRow,
  DecisionCommit,
  DeviceRow,
  EnrolmentTokenRow,
  IntentWrite,
} from '../../server/src/domain/records.ts'
import type { ComponentVersion } from '../../server/src/domain/snapshot.ts'
import type { Store } from '../../server/src/store/store.ts'
import type { TelemetryBatch } from '../../server/src/store/telemetry-rule.ts'

export const PROJECT = 'default' as ProjectId
export const NOON_MS = Date.UTC(2026, 10, 22, 12)

function idBytes(number: number): Uint8Array {
  const bytes = new Uint8Array(10)
  new DataView(bytes.buffer).setUint32(6, number)
  return bytes
}
export const deviceId = (number: number) => `d-${idText(idBytes(number))}` as DeviceId
export const deploymentId = (number: number) => `p-${idText(idBytes(number))}` as DeploymentId
export const instanceId = (number: number) => `i-${idText(idBytes(number))}` as InstanceId
export const streamId = (number: number) => `s-${idText(idBytes(number))}` as StreamId
export const digestOf = (digit: string) => `sha256:${digit.repeat(64)}` as Digest

export function auditRow(change: Partial<AuditRow> = {}): AuditRow {
  return { atMs: NOON_MS, project: PROJECT, actor: 'test', action: 'act', subject: 'thing', detail: {}, ...change }
}

export function enrolmentToken(change: Partial<EnrolmentTokenRow> = {}): EnrolmentTokenRow {
  return {
    id: 't1',
    project: PROJECT,
    secretSha256: 'ab'.repeat(32),
    labels: { floor: '1' },
    createdAtMs: NOON_MS,
    expiresAtMs: NOON_MS + 3_600_000,
    uses: 1000,
    usesLeft: 1000,
    revoked: false,
    ...change,
  }
}

export function accessToken(change: Partial<AccessTokenRow> = {}): AccessTokenRow {
  return {
    id: 'a1',
    project: PROJECT,
    name: 'laptop',
    role: 'operator',
    secretSha256: 'cd'.repeat(32),
    createdAtMs: NOON_MS,
    revoked: false,
    ...change,
  }
}

export function enrolment(number: number, change: Partial<Parameters<Store['enrol']>[0]> = {}) {
  return {
    token: 't1',
    secretSha256: 'ab'.repeat(32),
    device: deviceId(number),
    name: `device${number}`,
    labels: { floor: '1' },
    certificate: { serial: `${number}a`, issuedAtMs: NOON_MS, expiresAtMs: NOON_MS + 1_000_000 },
    atMs: NOON_MS,
    ...change,
  }
}

/** Enrols devices 1 to `count` and answers their ids. */
export async function enrolDevices(store: Store, count: number): Promise<DeviceId[]> {
  if ((await store.enrolmentToken('t1')) === undefined) await store.addEnrolmentToken(enrolmentToken(), auditRow())
  const ids: DeviceId[] = []
  for (let number = 1; number <= count; number++) {
    const answer = await store.enrol(enrolment(number))
    if (!answer.ok) throw new Error(`device ${number} was refused`)
    ids.push(answer.device.id)
  }
  return ids
}

export async function theDevice(store: Store, id: DeviceId): Promise<DeviceRow> {
  const row = await store.device(id)
  if (row === undefined) throw new Error(`there is no device ${id}`)
  return row
}

/** One message of one device; false where it was not taken. */
export const recordPresence = async (store: Store, device: DeviceId, message: Presence, atMs: number) =>
  (await store.recordPresence([{ device, message }], atMs)).has(device)

export async function recordInventory(store: Store, device: DeviceId, message: Inventory, atMs: number) {
  const taken = (await store.recordInventory([{ device, message }], atMs)).get(device)
  return { accepted: taken !== undefined, changed: taken?.changed ?? false }
}

export const recordReported = async (store: Store, device: DeviceId, message: Reported, atMs: number) =>
  (await store.recordReported([{ device, message }], atMs)).has(device)

export function inventory(change: Partial<Inventory> = {}): Inventory {
  return {
    session: { certificate: 1, start: 1 },
    bootId: 'boot',
    atMs: NOON_MS,
    clockSynchronised: true,
    agent: { version: '0.1.0', features: [] },
    platform: {
      architecture: 'arm64',
      operatingSystem: 'Raspberry Pi OS 12',
      model: 'Raspberry Pi 5',
      cpuCount: 4,
      memoryBytes: 2 ** 30,
      storageBytes: 2 ** 33,
      simulated: true,
    },
    imagers: [],
    interfaces: [{ name: 'ocelli:sensing/frames@0.1.0' }],
    ...change,
  }
}

export function reported(change: Partial<Reported> = {}): Reported {
  return {
    session: { certificate: 1, start: 1 },
    atMs: NOON_MS,
    trustVersion: 0,
    instances: [],
    outbox: { stream: streamId(1), offered: 0, accepted: 0, held: 0, heldBytes: 0, lost: 0 },
    ...change,
  }
}

function componentVersion(change: Partial<ComponentVersion> = {}): ComponentVersion {
  return {
    name: 'people-count',
    version: '0.1.0',
    digest: digestOf('a'),
    sizeBytes: 7000,
    signature: digestOf('b'),
    imports: ['ocelli:sensing/frames@0.1.0'],
    exports: ['ocelli:sensing/frame-handler@0.1.0'],
    needs: { memoryBytes: 65_536 },
    ...change,
  }
}

export function componentRow(change: Partial<ComponentRow> = {}): ComponentRow {
  return {
    ...componentVersion(),
    project: PROJECT,
    publisher: 'somebody',
    wit: 'world people-count {}',
    pushedAtMs: NOON_MS,
    ...change,
  }
}

export function putDeployment(
  number: number,
  change: Partial<Extract<IntentWrite, { kind: 'putDeployment' }>> = {},
): IntentWrite {
  return {
    kind: 'putDeployment',
    id: deploymentId(number),
    name: `deployment${number}`,
    revision: 1,
    spec: { realisations: [{ name: 'software', component: 'people-count@0.1.0' }], grants: ['measurements'] },
    components: { 'people-count@0.1.0': componentVersion() },
    actor: 'operator',
    ...change,
  }
}

export function placement(number: number, device: DeviceId, change: Partial<Placement> = {}): Placement {
  return {
    instance: instanceId(number),
    deployment: deploymentId(1),
    revision: 1,
    device,
    slot: 'cam0',
    imager: 'cam0' as ImagerId,
    realisation: 'software',
    components: [{ reference: 'people-count@0.1.0', digest: digestOf('a'), links: [] }],
    score: 50,
    ...change,
  }
}

export function deviceDecision(device: DeviceId, change: Partial<DeviceDecision> = {}): DeviceDecision {
  return { device, name: device, outcome: 'refused', instances: [], reasons: [], candidates: [], ...change }
}

export function desiredInstance(number: number): DesiredInstance {
  return {
    id: instanceId(number),
    deployment: { id: deploymentId(1), name: 'deployment1' },
    revision: 1,
    realisation: 'software',
    role: 'live',
    components: [
      {
        name: 'people-count',
        version: '0.1.0',
        digest: digestOf('a'),
        sizeBytes: 7000,
        signature: digestOf('b'),
        links: [],
      },
    ],
    config: { values: {} },
    grants: [],
    limits: { memoryBytes: 65_536, callTimeoutMs: 1000, outputBytesPerSecond: 4096 },
    frames: {},
    intervalMs: 1000,
    restart: { policy: 'always', maxAttempts: 10, backoffMs: 1000, maxBackoffMs: 60_000, healthyForMs: 10_000 },
    features: [],
  }
}

export function decisionOn(basedOn: number, change: Partial<DecisionCommit> = {}): DecisionCommit {
  return {
    project: PROJECT,
    basedOn,
    atMs: NOON_MS,
    intent: [],
    put: [],
    remove: [],
    decisions: [],
    desired: [],
    audit: [],
    ...change,
  }
}

/** Commits on the current version; a stale answer is a mistake of the test. */
export async function commitNow(store: Store, change: Partial<DecisionCommit> = {}) {
  const { version } = await store.snapshot(change.project ?? PROJECT)
  const answer = await store.commit(decisionOn(version, change))
  if (answer.kind !== 'committed') throw new Error('the commit was stale')
  return answer
}

export function measurement(sequence: number, change: Partial<MeasurementRecord> = {}): MeasurementRecord {
  return {
    kind: 'measurement',
    sequence,
    atMs: NOON_MS + sequence,
    synchronised: true,
    boot: 'boot',
    instance: instanceId(1),
    revision: 1,
    role: 'live',
    name: 'people',
    unit: '1',
    value: sequence,
    ...change,
  }
}

/** A batch that speaks for `first` to `last` with a measurement each. */
export function batchOf(
  device: DeviceId,
  first: number,
  last: number,
  change: Partial<TelemetryBatch> = {},
): TelemetryBatch {
  const records = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => measurement(first + index))
  return {
    device,
    stream: streamId(1),
    first,
    last,
    oldestHeld: 1,
    records,
    receivedAtMs: NOON_MS + 100_000,
    ...change,
  }
}
