/** `telemetry` and `ack`: records from the device's outbox, committed exactly once. */

import { ImagerId, InstanceId, StreamId } from '../ids.ts'
import { defineMessage, validator } from '../message.ts'
import { OpenEnum } from '../open-enum.ts'
import { type Static, Type } from '../typebox.ts'
import { Micros, Pixels, Text, WallMs, Whole } from '../units.ts'

const stamped = {
  sequence: Whole('Position in the stream', 1),
  atMs: WallMs('Wall time of the device when it was put out'),
  synchronised: Type.Boolean({ description: 'Whether the wall clock was synchronised then' }),
  boot: Text('Boot id of the device then', 64),
}

const ofInstance = {
  ...stamped,
  instance: InstanceId,
  revision: Whole('Revision that put it out', 1),
  role: OpenEnum(['live', 'shadow'], 'Role of the instance'),
  imager: Type.Optional(ImagerId),
  frame: Type.Optional(Whole('Sequence number of the frame it comes from')),
  captureMicros: Type.Optional(Micros('Monotonic capture time of that frame, within the boot')),
}

export const MeasurementRecord = Type.Object({
  kind: Type.Literal('measurement'),
  ...ofInstance,
  name: Text('What was measured', 128),
  unit: Text('UCUM unit', 32),
  value: Type.Number(),
  labels: Type.Optional(Type.Record(Type.String({ maxLength: 64 }), Type.String({ maxLength: 256 }))),
})

export const DetectionsRecord = Type.Object({
  kind: Type.Literal('detections'),
  ...ofInstance,
  frameWidthPixels: Pixels('Width of the frame that boxes refer to'),
  frameHeightPixels: Pixels('Height of the frame that boxes refer to'),
  boxes: Type.Array(
    Type.Object({
      class: Text('What was found', 64),
      score: Type.Number({ minimum: 0, maximum: 1, description: 'Confidence, 0 to 1' }),
      x: Type.Number({ description: 'Left edge, in pixels' }),
      y: Type.Number({ description: 'Top edge, in pixels' }),
      width: Type.Number({ minimum: 0, description: 'In pixels' }),
      height: Type.Number({ minimum: 0, description: 'In pixels' }),
    }),
    { maxItems: 256 },
  ),
})

export const EventRecord = Type.Object({
  kind: Type.Literal('event'),
  ...ofInstance,
  name: Text('What happened', 128),
  severity: OpenEnum(['info', 'warning', 'critical'], 'How much it matters'),
  attributes: Type.Record(
    Type.String({ maxLength: 64 }),
    Type.Union([Type.String({ maxLength: 256 }), Type.Number(), Type.Boolean()]),
  ),
})

export const LogRecord = Type.Object({
  kind: Type.Literal('log'),
  ...ofInstance,
  level: OpenEnum(['trace', 'debug', 'info', 'warn', 'error', 'critical'], 'Severity'),
  context: Text('Part of the component; stdout and stderr for its standard streams', 128),
  message: Text('One line', 4096),
})

/** The end of a task (`wasi:cli/run`). */
export const TaskRecord = Type.Object({
  kind: Type.Literal('task'),
  ...ofInstance,
  exitCode: Type.Integer({ description: '0: done' }),
})

/** What a bounded outbox had to drop: sequences from `from` to `to`, its own, of which `count` records were dropped. */
export const LostRecord = Type.Object({
  kind: Type.Literal('lost'),
  ...stamped,
  from: Whole('First sequence dropped', 1),
  to: Whole('Last sequence dropped', 1),
  count: Whole('Records dropped between them, both included', 1),
  reason: Text('Why', 256),
})

const KNOWN_KINDS = ['measurement', 'detections', 'event', 'log', 'task', 'lost']

/** A kind that a newer agent sends: kept as it is, so that it neither blocks the stream nor is lost. */
export const OtherRecord = Type.Object({
  kind: Type.Unsafe<'other'>(
    Type.String({
      maxLength: 64,
      pattern: `^(?!(?:${KNOWN_KINDS.join('|')})$)`,
      description: 'A kind this version does not know',
    }),
  ),
  ...stamped,
})
export type OtherRecord = Static<typeof OtherRecord>

export const TelemetryRecord = Type.Union(
  [MeasurementRecord, DetectionsRecord, EventRecord, LogRecord, TaskRecord, LostRecord, OtherRecord],
  { $id: 'TelemetryRecord' },
)
export type TelemetryRecord = Static<typeof TelemetryRecord>
export type MeasurementRecord = Static<typeof MeasurementRecord>
export type DetectionsRecord = Static<typeof DetectionsRecord>
export type EventRecord = Static<typeof EventRecord>
export type LogRecord = Static<typeof LogRecord>
export type TaskRecord = Static<typeof TaskRecord>
export type LostRecord = Static<typeof LostRecord>

export const Telemetry = Type.Object(
  {
    stream: StreamId,
    first: Whole('First sequence the batch speaks for: one after the last acknowledged', 1),
    last: Whole('Last sequence the batch speaks for', 1),
    oldestHeld: Whole('Oldest sequence the device still holds', 1),
    records: Type.Array(TelemetryRecord, {
      maxItems: 1000,
      description:
        'In order of sequence, all within first and last; a sequence without a record was dropped, and a lost record names it',
    }),
  },
  { $id: 'Telemetry', description: 'A batch; one is in flight at a time' },
)
export type Telemetry = Static<typeof Telemetry>

/** Reads one record of a batch. One bad record is counted and set aside; it must neither block its stream nor lose its neighbours. */
export const readTelemetryRecord = validator(TelemetryRecord)

/** The batch around its records, which are read one by one. */
export const TelemetryEnvelope = Type.Object({
  stream: Telemetry.properties.stream,
  first: Telemetry.properties.first,
  last: Telemetry.properties.last,
  oldestHeld: Telemetry.properties.oldestHeld,
  records: Type.Array(Type.Unknown(), { maxItems: 1000 }),
})

export const telemetry = defineMessage({
  name: 'telemetry',
  schema: Telemetry,
  from: 'deviceToServer',
  topic: 'telemetry',
  qos: 1,
  retained: false,
  maxBytes: 262_144,
  description:
    'Committed in one transaction with the position of (device, stream), if first <= committed + 1, or if first == oldestHeld (the gap is then recorded as lost). Anything else is answered with the current position.',
})

export const Ack = Type.Object(
  { stream: StreamId, committed: Whole('Highest sequence up to which all is committed or recorded as lost') },
  { $id: 'Ack', description: 'The position of a stream' },
)
export type Ack = Static<typeof Ack>

export const ack = defineMessage({
  name: 'ack',
  schema: Ack,
  from: 'serverToDevice',
  topic: 'ack',
  qos: 1,
  retained: false,
  maxBytes: 1024,
  description: 'Answers each batch once the database has it. The device may forget what is acknowledged.',
})
