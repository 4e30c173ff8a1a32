/** What sensors put out: last values, records, and the live stream. */

import { DeploymentId, DeviceId, ImagerId, InstanceId, StreamId } from '../ids.ts'
import { TelemetryRecord } from '../messages/telemetry.ts'
import { type Static, Type } from '../typebox.ts'
import { WallMs } from '../units.ts'
import { closed, DeviceKey, Limit, listOf, OneOf, several } from './query.ts'
import { OutputFormat } from './range.ts'

const RECORD_KINDS = ['measurement', 'detections', 'event', 'log', 'task', 'lost', 'other'] as const
const RecordKind = OneOf(RECORD_KINDS)
/** From the least to the most severe. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'critical'] as const

const filters = {
  kind: Type.Optional(several(RecordKind, 'Only records of this kind')),
  device: Type.Optional(DeviceKey),
  deployment: Type.Optional(Type.String({ maxLength: 63, description: 'Name of a deployment' })),
  instance: Type.Optional(InstanceId),
  name: Type.Optional(Type.String({ maxLength: 128, description: 'Name of the measurement or event' })),
  role: Type.Optional(
    OneOf(['live', 'shadow', 'any'], 'Role of the instance; live where absent, with the records of no instance'),
  ),
  level: Type.Optional(OneOf(LOG_LEVELS, 'Of log lines only those of this level or a higher one')),
  text: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 256,
      description:
        'Only log lines whose message or context, and events whose name, contain this, in any case of letters',
    }),
  ),
}

export const StreamQuery = Type.Object(
  {
    ...filters,
    after: Type.Optional(
      Type.String({
        maxLength: 128,
        description: 'Start after this cursor; absent: with the next record. `Last-Event-ID` goes before it',
      }),
    ),
  },
  closed,
)
export type StreamQuery = Static<typeof StreamQuery>

export const RecordsQuery = Type.Object(
  {
    ...filters,
    fromMs: Type.Optional(WallMs('Only records observed at or after this time')),
    toMs: Type.Optional(WallMs('Only records observed before this time')),
    after: Type.Optional(Type.String({ maxLength: 128, description: 'Only records committed after this cursor' })),
    end: Type.Optional(
      Type.Union([Type.Literal('newest'), Type.Literal('oldest')], {
        description: 'Which end the limit keeps: newest (where absent) or oldest; the order is always that of commit',
      }),
    ),
    before: Type.Optional(Type.String({ maxLength: 128, description: 'Only records committed before this cursor' })),
    limit: Type.Optional(
      Limit(10_000, 'Most records answered; 100 where absent, in ndjson and csv: all that there are'),
    ),
    format: Type.Optional(OutputFormat),
  },
  closed,
)
export type RecordsQuery = Static<typeof RecordsQuery>

/** A committed record with its device's and deployment's names at the time of the answer. */
export const OutputRecord = Type.Object(
  {
    cursor: Type.String({ description: 'Orders all records by commit' }),
    device: DeviceId,
    deviceName: Type.String(),
    deployment: Type.Optional(DeploymentId),
    deploymentName: Type.Optional(Type.String()),
    stream: StreamId,
    observedAtMs: WallMs('Best estimate of when it happened'),
    receivedAtMs: WallMs('When the server had it'),
    record: TelemetryRecord,
  },
  { $id: 'OutputRecord' },
)
export type OutputRecord = Static<typeof OutputRecord>

export const RecordList = Type.Object(
  {
    items: Type.Array(OutputRecord, { description: 'In order of commit' }),
    cursor: Type.String({ description: 'Value for `after` that goes on from here, also where nothing was found' }),
  },
  { $id: 'RecordList' },
)
export type RecordList = Static<typeof RecordList>

export const OutputsQuery = Type.Object(
  {
    deployment: Type.Optional(Type.String({ maxLength: 63, description: 'Name of a deployment' })),
    device: Type.Optional(DeviceKey),
    name: Type.Optional(Type.String({ maxLength: 128, description: 'Name of the measurement' })),
    format: Type.Optional(OutputFormat),
  },
  closed,
)
export type OutputsQuery = Static<typeof OutputsQuery>

export const Output = Type.Object(
  {
    device: DeviceId,
    deviceName: Type.String(),
    instance: InstanceId,
    deployment: Type.Optional(DeploymentId),
    deploymentName: Type.Optional(Type.String()),
    imager: Type.Optional(ImagerId),
    name: Type.String(),
    unit: Type.String({ description: 'UCUM unit' }),
    value: Type.Number(),
    observedAtMs: WallMs('Best estimate of when it was measured'),
    receivedAtMs: WallMs('When the server had it'),
  },
  { $id: 'Output', description: 'The latest measurement of one name by one instance' },
)
export type Output = Static<typeof Output>
export const OutputList = listOf(Output, 'Last values')

/**
 * Events of `GET /stream` (text/event-stream).
 *
 * - `record`: data is an `OutputRecord`, id its cursor.
 * - `ready`: data is `{cursor}`: everything committed up to it was sent; id is that cursor. Sent once at the start.
 * - `reset`: data is `StreamReset`: what was missed is past the window; read again with `GET /records` or `GET /outputs`.
 * - `dropped`: data is `StreamReset`: this client read too slowly; the connection ends after it.
 *
 * A comment line is sent every 15 seconds so that both sides notice a dead connection.
 */
export const STREAM_EVENTS = ['record', 'ready', 'reset', 'dropped'] as const
export const StreamReset = Type.Object(
  { reason: Type.String(), cursor: Type.String({ description: 'The stream goes on from here' }) },
  { $id: 'StreamReset' },
)
export type StreamReset = Static<typeof StreamReset>
