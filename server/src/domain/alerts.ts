/** Rows of alerts, as the rest of the server sees them. Times are milliseconds since 1970 by the server's clock. */
import type { Alert, Delivery } from '@ocelli/schemas/api/alert'
import type { DeploymentId, DeviceId, ImagerId, InstanceId, ProjectId } from '@ocelli/schemas/ids'
import type { AlertSpec } from '@ocelli/schemas/manifest/alert'

export type AlertState = Alert['state']
export type AlertSeverity = Alert['severity']
export type DeliveryState = Delivery['state']

export interface AlertRuleRow {
  readonly project: ProjectId
  readonly name: string
  readonly spec: AlertSpec
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly mutedUntilMs?: number
  readonly mutedBy?: string
}

/** What an alert says beside its key and state. */
export interface AlertDetail {
  readonly summary: string
  readonly deviceName: string
  readonly instance?: InstanceId
  readonly imager?: ImagerId
  readonly deployment?: DeploymentId
  readonly deploymentName?: string
  readonly name?: string
  readonly unit?: string
  readonly value?: number
  readonly limit?: number
  readonly group: string
  readonly firedAtMs?: number
  readonly resolvedAtMs?: number
  readonly acknowledged?: { readonly atMs: number; readonly by: string; readonly note?: string }
  readonly mutedUntilMs?: number
}

/** One time that a condition held. At most one of a rule and subject is not resolved. */
export interface AlertRow {
  readonly id: string
  readonly project: ProjectId
  readonly rule: string
  /** What the rule looks at: a device, an instance, or a measurement of one. */
  readonly subject: string
  readonly state: AlertState
  readonly severity: AlertSeverity
  readonly device: DeviceId
  readonly sinceMs: number
  /** Rises with each change; a change of an older one is refused. */
  readonly version: number
  readonly alert: AlertDetail
}

export interface ReceiverRow {
  readonly project: ProjectId
  readonly name: string
  readonly url: string
  /** The key of the signatures, sealed. */
  readonly sealed: Uint8Array
  readonly createdAtMs: number
}

export interface DeliveryContent {
  readonly event: Delivery['event']
  readonly atMs: number
  readonly summary: string
  /** The alert as it was when it changed; absent in a test. */
  readonly alert?: Alert
}

/** One transition of an alert for one receiver. */
export interface DeliveryRow {
  readonly id: string
  readonly project: ProjectId
  readonly receiver: string
  readonly rule: string
  readonly alert?: string
  readonly groupKey: string
  readonly state: DeliveryState
  readonly createdAtMs: number
  /** When it is to be sent, or sent again. */
  readonly dueAtMs: number
  /** Id of the message that it is part of, from its first attempt on. */
  readonly batch?: string
  readonly attempts: number
  readonly deliveredAtMs?: number
  readonly lastError?: string
  readonly content: DeliveryContent
}
