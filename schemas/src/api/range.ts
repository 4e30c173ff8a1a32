/** Measurements over time: `GET /ranges`. */

import { DeviceId, ImagerId, InstanceId } from '../ids.ts'
import { type Static, Type } from '../typebox.ts'
import { Millis, WallMs, Whole } from '../units.ts'
import { closed, DeviceKey, OneOf, several } from './query.ts'

export const RANGE_RESOLUTIONS = ['raw', 'minute', 'hour'] as const
export const RANGE_AGGREGATES = ['mean', 'min', 'max', 'sum', 'count', 'last', 'rate'] as const
export const RANGE_COMBINATIONS = ['mean', 'min', 'max', 'sum', 'count'] as const
export const OUTPUT_FORMATS = ['json', 'ndjson', 'csv'] as const

/** Answer as one JSON document, a JSON document a line, or CSV (RFC 4180); goes before the header `Accept`. */
export const OutputFormat = OneOf(
  OUTPUT_FORMATS,
  'Answer as json (where absent), ndjson or csv; goes before the header Accept',
)
export type OutputFormat = Static<typeof OutputFormat>

export const RangesQuery = Type.Object(
  {
    name: Type.Optional(several(Type.String({ maxLength: 128 }), 'Only measurements of this name')),
    device: Type.Optional(several(DeviceKey, 'Only of this device')),
    fleet: Type.Optional(Type.String({ maxLength: 63, description: 'Only of members of this fleet' })),
    label: Type.Optional(
      several(
        Type.String({ maxLength: 320, description: '`key` or `key=value`' }),
        'Only of devices with all these labels',
      ),
    ),
    deployment: Type.Optional(Type.String({ maxLength: 63, description: 'Name of a deployment' })),
    instance: Type.Optional(InstanceId),
    role: Type.Optional(OneOf(['live', 'shadow'], 'Role of the instance when it measured; live where absent')),
    fromMs: Type.Optional(WallMs('Start, included; an hour before toMs where absent')),
    toMs: Type.Optional(WallMs('End, excluded; now where absent')),
    resolution: Type.Optional(
      OneOf(
        ['auto', ...RANGE_RESOLUTIONS],
        'What is read: records, or their sums by minute or by hour; auto where absent',
      ),
    ),
    maxPoints: Type.Optional(
      Type.Integer({ minimum: 10, maximum: 10_000, description: 'Most points of a series; 500 where absent' }),
    ),
    groupBy: Type.Optional(
      Type.String({
        pattern: '^(none|device|instance|label\\.[A-Za-z][A-Za-z0-9_.-]{0,62})$',
        description:
          'One series for each instance (where absent), device, value of a label (`label.floor`), or for all',
      }),
    ),
    aggregate: Type.Optional(
      OneOf(
        RANGE_AGGREGATES,
        'How the values of one instance within a bucket become one; mean where absent. rate: increase per second of a counter, where a fall is a restart from 0',
      ),
    ),
    combine: Type.Optional(
      OneOf(
        RANGE_COMBINATIONS,
        'How the instances of a group become one; where absent: mean for mean and last, min for min, max for max, else sum. count: how many instances measured',
      ),
    ),
    format: Type.Optional(OutputFormat),
  },
  closed,
)
export type RangesQuery = Static<typeof RangesQuery>

/** Columns of equal length, ordered by time. A bucket in which nothing was measured is absent: a gap is a gap. */
export const RangeSeries = Type.Object(
  {
    name: Type.String(),
    unit: Type.String({ description: 'UCUM unit of value, min and max; per second on top of it for rate' }),
    device: Type.Optional(DeviceId),
    deviceName: Type.Optional(Type.String()),
    instance: Type.Optional(InstanceId),
    imager: Type.Optional(ImagerId),
    deploymentName: Type.Optional(Type.String()),
    label: Type.Optional(
      Type.Object(
        { key: Type.String(), value: Type.Union([Type.String(), Type.Null()]) },
        { description: 'The label that groups; null: devices without it' },
      ),
    ),
    expectedIntervalMs: Millis('Usual distance between two points; twice as far apart is a gap', 1),
    atMs: Type.Array(WallMs('Start of the bucket')),
    value: Type.Array(Type.Number({ description: 'Aggregated, then combined' })),
    min: Type.Array(Type.Number({ description: 'Smallest single value of the bucket' })),
    max: Type.Array(Type.Number({ description: 'Largest single value of the bucket' })),
    count: Type.Array(Whole('Values in the bucket', 1)),
  },
  { $id: 'RangeSeries' },
)
export type RangeSeries = Static<typeof RangeSeries>

export const RangeList = Type.Object(
  {
    fromMs: WallMs('Start, included: that of the first bucket'),
    toMs: WallMs('End, excluded'),
    resolution: OneOf(RANGE_RESOLUTIONS, 'What was read'),
    intervalMs: Millis('Width of a bucket; buckets start at its multiples since 1970', 1),
    completeToMs: WallMs('Up to here, by arrival, all records are counted; newer ones come with the next sums'),
    items: Type.Array(RangeSeries, { description: 'By name, then by group' }),
  },
  { $id: 'RangeList' },
)
export type RangeList = Static<typeof RangeList>

/** One point in NDJSON and CSV: the series' fields (its label as `label`) and one value of each column. */
export const RANGE_COLUMNS = [
  'name',
  'unit',
  'device',
  'deviceName',
  'instance',
  'deploymentName',
  'label',
  'atMs',
  'value',
  'min',
  'max',
  'count',
] as const
