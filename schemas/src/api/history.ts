/** What happened to a device, and when it was there. */

import { DeploymentId, DeviceId, InstanceId } from '../ids.ts'
import { type Static, Type } from '../typebox.ts'
import { WallMs, Whole } from '../units.ts'
import { closed, Limit, OneOf, several } from './query.ts'

export const TIMELINE_KINDS = [
  'enrolled',
  'presence',
  'desired',
  'reported',
  'deployed',
  'crashed',
  'alert',
  'command',
  'audit',
] as const
const TimelineKind = OneOf(
  TIMELINE_KINDS,
  'enrolled; presence: it came, left or was lost; desired: the server wants something else of it; reported: an instance changed its state; deployed: an instance runs a revision for the first time; crashed: an instance failed; alert: one fired or resolved; command: one was sent; audit: a person changed something about it',
)

export const TimelineQuery = Type.Object(
  {
    fromMs: Type.Optional(WallMs('Only what happened at or after this time')),
    toMs: Type.Optional(WallMs('Only what happened before this time')),
    kind: Type.Optional(several(TimelineKind, 'Only entries of this kind')),
    after: Type.Optional(Type.String({ maxLength: 128, description: 'Continue with what is older than this id' })),
    limit: Type.Optional(Limit(1_000, 'Most entries answered; 100 where absent')),
  },
  closed,
)
export type TimelineQuery = Static<typeof TimelineQuery>

export const TimelineEntry = Type.Object(
  {
    id: Type.String({ description: 'Orders entries of one time; a value for `after`' }),
    atMs: WallMs('When, by the server'),
    kind: TimelineKind,
    severity: OneOf(['info', 'warning', 'critical'], 'How much it matters'),
    text: Type.String({ description: 'One sentence for people' }),
    deployment: Type.Optional(DeploymentId),
    deploymentName: Type.Optional(Type.String()),
    instance: Type.Optional(InstanceId),
    actor: Type.Optional(Type.String({ description: 'Who did it, for audit and command' })),
    alert: Type.Optional(Type.String({ description: 'Id of the alert' })),
    detail: Type.Record(Type.String(), Type.Unknown()),
  },
  { $id: 'TimelineEntry' },
)
export type TimelineEntry = Static<typeof TimelineEntry>

export const Timeline = Type.Object(
  {
    items: Type.Array(TimelineEntry, { description: 'Newest first' }),
    next: Type.Optional(Type.String({ description: 'Value for `after` that continues the list; absent at its end' })),
  },
  { $id: 'Timeline' },
)
export type Timeline = Static<typeof Timeline>

export const PresenceQuery = Type.Object(
  {
    fromMs: Type.Optional(WallMs('Start, included; a day before toMs where absent')),
    toMs: Type.Optional(WallMs('End, excluded; now where absent')),
  },
  closed,
)
export type PresenceQuery = Static<typeof PresenceQuery>

export const PRESENCE_SPANS = ['online', 'degraded', 'offline', 'lost', 'unknown'] as const
export const PresenceSpan = Type.Object(
  {
    fromMs: WallMs('Start, included'),
    toMs: WallMs('End, excluded'),
    state: OneOf(
      PRESENCE_SPANS,
      'online; degraded: online, and an instance fails; offline: said goodbye; lost; unknown: not heard since the server started',
    ),
  },
  { $id: 'PresenceSpan' },
)
export type PresenceSpan = Static<typeof PresenceSpan>

export const PresenceHistory = Type.Object(
  {
    device: DeviceId,
    fromMs: WallMs('Start: not before the device enrolled or its history begins'),
    toMs: WallMs('End'),
    spans: Type.Array(PresenceSpan, { description: 'In order of time, without holes' }),
    onlineMs: Whole('Of it, online or degraded, in milliseconds'),
  },
  { $id: 'PresenceHistory' },
)
export type PresenceHistory = Static<typeof PresenceHistory>
