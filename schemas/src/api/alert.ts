/** Alerts: their rules, what fires, who is told, and what could not be told. */

import { DeploymentId, DeviceId, ImagerId, InstanceId } from '../ids.ts'
import { AlertSpec } from '../manifest/alert.ts'
import { ManifestName } from '../manifest/manifest.ts'
import { type Static, Type } from '../typebox.ts'
import { Millis, WallMs, Whole } from '../units.ts'
import { closed, DeviceKey, Limit, listOf, OneOf, several } from './query.ts'

export const ALERT_STATES = ['pending', 'firing', 'resolved'] as const
const AlertState = OneOf(
  ALERT_STATES,
  'pending: true, not yet for long enough; firing; resolved: no longer true after it fired',
)
const Severity = OneOf(['info', 'warning', 'critical'])
const AlertId = Type.String({ pattern: '^a-[a-z2-7]{16}$', description: 'An alert: one time that a condition held' })
export const AlertParams = Type.Object({ id: AlertId }, closed)

export const AlertRule = Type.Object(
  {
    name: ManifestName,
    spec: AlertSpec,
    createdAtMs: WallMs('When it was first applied'),
    updatedAtMs: WallMs('When it was last applied'),
    pending: Whole('Its alerts that are pending'),
    firing: Whole('Its alerts that are firing'),
    mutedUntilMs: Type.Optional(WallMs('Until then nobody is told of its alerts')),
    mutedBy: Type.Optional(Type.String()),
    evaluatedAtMs: Type.Optional(WallMs('When it was last looked at')),
  },
  { $id: 'AlertRule' },
)
export type AlertRule = Static<typeof AlertRule>
export const AlertRuleList = listOf(AlertRule, 'Rules by name')

export const AlertsQuery = Type.Object(
  {
    state: Type.Optional(several(AlertState, 'Only alerts in this state; pending and firing where absent')),
    rule: Type.Optional(ManifestName),
    device: Type.Optional(DeviceKey),
    severity: Type.Optional(several(Severity, 'Only alerts of this severity')),
    fromMs: Type.Optional(WallMs('Only alerts that began at or after this time')),
    toMs: Type.Optional(WallMs('Only alerts that began before this time')),
    after: Type.Optional(Type.String({ maxLength: 128, description: 'Continue after this alert' })),
    limit: Type.Optional(Limit(1_000, 'Most alerts answered; 100 where absent')),
  },
  closed,
)
export type AlertsQuery = Static<typeof AlertsQuery>

export const Alert = Type.Object(
  {
    id: AlertId,
    rule: ManifestName,
    state: AlertState,
    severity: Severity,
    summary: Type.String({ description: 'What is wrong, as a sentence with numbers' }),
    device: DeviceId,
    deviceName: Type.String(),
    instance: Type.Optional(InstanceId),
    imager: Type.Optional(ImagerId),
    deployment: Type.Optional(DeploymentId),
    deploymentName: Type.Optional(Type.String()),
    name: Type.Optional(Type.String({ description: 'Name of the measurement' })),
    unit: Type.Optional(Type.String({ description: 'UCUM unit of value and limit' })),
    value: Type.Optional(Type.Number({ description: 'When it fired; before that, when it began' })),
    limit: Type.Optional(Type.Number({ description: 'What the value was compared with' })),
    group: Type.String({ description: 'Alerts of one rule and group are told together' }),
    sinceMs: WallMs('When the condition became true'),
    firedAtMs: Type.Optional(WallMs('When it fired')),
    resolvedAtMs: Type.Optional(WallMs('When it was no longer true')),
    acknowledged: Type.Optional(
      Type.Object({ atMs: WallMs('When'), by: Type.String(), note: Type.Optional(Type.String()) }),
    ),
    mutedUntilMs: Type.Optional(WallMs('Until then nobody is told of it')),
  },
  { $id: 'Alert' },
)
export type Alert = Static<typeof Alert>
export const AlertList = listOf(Alert, 'Newest first')

export const AcknowledgeAlert = Type.Object(
  { note: Type.Optional(Type.String({ maxLength: 1_024 })) },
  { ...closed, $id: 'AcknowledgeAlert' },
)
export const MuteAlert = Type.Object(
  {
    forMs: Type.Integer({ minimum: 1_000, maximum: 31_536_000_000, description: 'How long, in milliseconds' }),
  },
  { ...closed, $id: 'MuteAlert' },
)

export const Receiver = Type.Object(
  {
    name: ManifestName,
    url: Type.String({ description: 'Whole for an admin, its origin for others: many services put a secret into it' }),
    createdAtMs: WallMs('When it was made'),
    pending: Whole('Deliveries under way'),
    dead: Whole('Deliveries that were given up'),
  },
  { $id: 'Receiver', description: 'A webhook to which alerts are told' },
)
export type Receiver = Static<typeof Receiver>
export const ReceiverList = listOf(Receiver, 'Receivers by name')
export const PutReceiver = Type.Object(
  {
    url: Type.String({ minLength: 8, maxLength: 2_048, pattern: '^https?://', description: 'Where to POST' }),
  },
  { ...closed, $id: 'PutReceiver' },
)
export const CreatedReceiver = Type.Object(
  {
    ...Receiver.properties,
    secret: Type.String({ description: 'Key of the signatures, shown once: `whsec_` and 32 bytes in base64' }),
  },
  { $id: 'CreatedReceiver' },
)

export const DELIVERY_STATES = ['pending', 'delivered', 'dead'] as const
export const DeliveriesQuery = Type.Object(
  {
    state: Type.Optional(several(OneOf(DELIVERY_STATES), 'Only deliveries in this state; dead where absent')),
    receiver: Type.Optional(ManifestName),
    after: Type.Optional(Type.String({ maxLength: 64, description: 'Continue after this id' })),
    limit: Type.Optional(Limit(1_000, 'Most deliveries answered; 100 where absent')),
  },
  closed,
)
export type DeliveriesQuery = Static<typeof DeliveriesQuery>

/** One transition of an alert for one receiver. */
export const Delivery = Type.Object(
  {
    id: Type.String({ description: 'The same however often it is sent' }),
    receiver: ManifestName,
    rule: ManifestName,
    alert: Type.Optional(AlertId),
    event: OneOf(['alert.firing', 'alert.resolved', 'alert.test']),
    state: OneOf(DELIVERY_STATES, 'pending; delivered; dead: given up after all attempts'),
    summary: Type.String(),
    createdAtMs: WallMs('When the alert changed'),
    attempts: Whole('How often it was sent'),
    nextAtMs: Type.Optional(WallMs('When it is sent next')),
    deliveredAtMs: Type.Optional(WallMs('When the receiver took it')),
    lastError: Type.Optional(Type.String({ description: 'Why the last attempt failed' })),
  },
  { $id: 'Delivery' },
)
export type Delivery = Static<typeof Delivery>
export const DeliveryList = listOf(Delivery, 'Newest first')
export const DeliveryParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) }, closed)

/** Answer of a test: one delivery for each receiver of the rule. */
export const TestFired = Type.Object({ deliveries: Type.Array(Delivery) }, { $id: 'TestFired' })
export type TestFired = Static<typeof TestFired>

/**
 * Body of a webhook, signed as Standard Webhooks 1.0 wants: header `webhook-id` (the same for each attempt),
 * `webhook-timestamp` (seconds since 1970) and `webhook-signature` (`v1,` and the HMAC-SHA256 over
 * `id.timestamp.body`, in base64). At least once: `webhook-id` and the ids within are how a receiver tells a repetition.
 */
export const WebhookBody = Type.Object(
  {
    type: OneOf(['alerts', 'test']),
    project: Type.String(),
    rule: ManifestName,
    group: Type.String(),
    timestampMs: WallMs('When it was first sent'),
    alerts: Type.Array(
      Type.Object({
        delivery: Type.String({
          description: 'Id of the delivery: one transition is told once to a receiver that remembers it',
        }),
        event: OneOf(['alert.firing', 'alert.resolved', 'alert.test']),
        atMs: WallMs('When the alert changed'),
        alert: Type.Optional(Alert),
      }),
    ),
  },
  { $id: 'WebhookBody' },
)
export type WebhookBody = Static<typeof WebhookBody>

/** How long each kind of history is kept. What is older is dropped by whole partitions, so somewhat later. */
const kept = (what: string) => Millis(`${what} are kept`, 3_600_000)
export const Retention = Type.Object(
  {
    measurementsMs: kept('Measurements and detections, each by itself,'),
    logsMs: kept('Log lines'),
    eventsMs: kept('Events, task ends and losses'),
    minutesMs: kept('Sums by minute'),
    hoursMs: kept('Sums by hour'),
    historyMs: kept('Presence, timelines and alerts that are over'),
  },
  { ...closed, $id: 'Retention' },
)
export type Retention = Static<typeof Retention>
export const EditRetention = Type.Partial(Retention, { ...closed, $id: 'EditRetention' })
