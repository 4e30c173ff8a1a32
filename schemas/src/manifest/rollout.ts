/** The `rollout` block of a deployment: in which waves, under which conditions a new revision reaches devices. */
import { type Static, Type } from '../typebox.ts'

const closed = { additionalProperties: false } as const

/** `%` of a number of devices, rounded up. */
const Percent = Type.String({ pattern: '^(100|[1-9]?[0-9])%$', description: 'As in 10%' })

export const Share = Type.Union([Type.Integer({ minimum: 0, maximum: 1_000_000 }), Percent], {
  description: 'A number of devices, or a percentage of them, rounded up',
})
export type Share = Static<typeof Share>

const Approval = Type.Literal('manual', { description: 'A person approves before it opens' })

const WaveOf = Type.Object(
  {
    name: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9-]{0,62}$' })),
    size: Type.Optional(Share),
    selector: Type.Optional(
      Type.String({ minLength: 1, maxLength: 4096, description: 'CEL over `device`, as in target' }),
    ),
    devices: Type.Optional(
      Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 10_000, description: 'By id or name' }),
    ),
    approval: Type.Optional(Approval),
  },
  { ...closed, description: 'Exactly one of size, selector and devices' },
)

export const Wave = Type.Union([Share, WaveOf], {
  description:
    'A number: that many devices more. A percentage: until that share of all devices has it. An object: by size, selector or list. Devices that no wave takes form the last one',
})
export type Wave = Static<typeof Wave>

const evidence = {
  windowMs: Type.Optional(
    Type.Integer({ minimum: 1000, description: 'How far back records count; 60000 where absent' }),
  ),
  minSamples: Type.Optional(
    Type.Integer({ minimum: 1, description: 'Fewest records on either side before it is judged; 10 where absent' }),
  ),
  minDevices: Type.Optional(
    Type.Integer({ minimum: 1, description: 'Fewest devices on either side before it is judged; 1 where absent' }),
  ),
}

const tolerance = {
  maxDifference: Type.Optional(
    Type.Number({ minimum: 0, description: 'Largest difference, in the unit of the value' }),
  ),
  maxDifferencePercent: Type.Optional(
    Type.Number({
      minimum: 0,
      description: 'Largest difference in percent of the old revision; the larger bound counts',
    }),
  ),
}

const name = Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'Shown to people' }))

const compared = {
  name,
  compare: Type.Union([Type.Literal('mean'), Type.Literal('rate'), Type.Literal('silence'), Type.Literal('drift')], {
    description:
      'mean: mean of the devices’ means. rate: records a minute and device. silence: longest time without a record. drift: each device against itself before it got the revision',
  }),
  ...tolerance,
  maxSilenceMs: Type.Optional(Type.Integer({ minimum: 1, description: 'For silence' })),
  ...evidence,
}

export const GateCheck = Type.Union(
  [
    Type.Object({ measurement: Type.String({ minLength: 1, maxLength: 128 }), ...compared }, closed),
    Type.Object({ event: Type.String({ minLength: 1, maxLength: 128 }), ...compared }, closed),
    Type.Object(
      {
        name,
        cel: Type.String({
          minLength: 1,
          maxLength: 4096,
          description:
            'True where all is well. `wave` and `rest` hold, by name of measurement or event: mean, ratePerMinute, silenceMs, drift, samples, devices',
        }),
        ...evidence,
      },
      closed,
    ),
  ],
  { description: 'Compares the devices that have the new revision with those that still have the old one' },
)
export type GateCheck = Static<typeof GateCheck>

export const Gate = Type.Object(
  {
    healthyForMs: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'All living devices of the wave are healthy for this long; 30000 where absent',
      }),
    ),
    maxFailed: Type.Optional(Share),
    maxRestartsPerHour: Type.Optional(Type.Number({ minimum: 0, description: 'For each device, on average' })),
    maxErrorsPerHour: Type.Optional(
      Type.Number({ minimum: 0, description: 'Log lines of level error or critical for each device, on average' }),
    ),
    checks: Type.Optional(Type.Array(GateCheck, { maxItems: 16 })),
    ...evidence,
  },
  {
    ...closed,
    description:
      'Condition for the next wave. maxFailed: devices that may fail in the whole rollout, 0 where absent, a percentage of the living ones; windowMs, minSamples and minDevices are what checks have that name none',
  },
)
export type Gate = Static<typeof Gate>

export const ShadowCheck = Type.Object(
  {
    name,
    measurement: Type.String({ minLength: 1, maxLength: 128 }),
    maxDifference: Type.Optional(
      Type.Number({ minimum: 0, description: 'Largest mean difference between both values of one frame' }),
    ),
    minAgreementPercent: Type.Optional(
      Type.Number({ minimum: 0, maximum: 100, description: 'Frames on which both put out the same value' }),
    ),
    minSamples: Type.Optional(Type.Integer({ minimum: 1, description: 'Fewest frames compared; 10 where absent' })),
  },
  closed,
)
export type ShadowCheck = Static<typeof ShadowCheck>

export const Shadow = Type.Object(
  {
    forMs: Type.Integer({ minimum: 1000, description: 'How long both revisions run side by side, at least' }),
    checks: Type.Optional(Type.Array(ShadowCheck, { maxItems: 16 })),
  },
  {
    ...closed,
    description:
      'Each wave first runs the new revision beside the old one on the same frames, its outputs kept apart, and is switched when the checks hold',
  },
)
export type Shadow = Static<typeof Shadow>

const TimeOfDay = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: 'As in 22:00' })
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

export const MaintenanceWindow = Type.Object(
  {
    days: Type.Optional(
      Type.Array(Type.Unsafe<(typeof WEEKDAYS)[number]>(Type.Union(WEEKDAYS.map((day) => Type.Literal(day)))), {
        minItems: 1,
        maxItems: 7,
        description: 'Days on which it opens; every day where absent',
      }),
    ),
    from: TimeOfDay,
    to: TimeOfDay,
  },
  { ...closed, description: 'In the device’s own time; `to` before `from` lies on the next day' },
)
export type MaintenanceWindow = Static<typeof MaintenanceWindow>

export const RolloutSpec = Type.Object(
  {
    maxTouched: Type.Optional(
      Type.Integer({ minimum: 0, description: 'A change that touches more devices waits for a person' }),
    ),
    waves: Type.Optional(Type.Array(Wave, { minItems: 1, maxItems: 64, description: 'Absent: all devices at once' })),
    approval: Type.Optional(Type.Literal('manual', { description: 'Each wave waits for a person before it opens' })),
    maxUnavailable: Type.Optional(
      Type.Union([Type.Integer({ minimum: 1, maximum: 1_000_000 }), Percent], {
        description:
          'Devices that may be down at once, of those that live; 25% where the rollout has waves and this is absent, at least 1',
      }),
    ),
    startAt: Type.Optional(
      Type.String({
        pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})$',
        description: 'Nothing is released before; as in 2026-12-01T22:00:00Z',
      }),
    ),
    windows: Type.Optional(
      Type.Array(MaintenanceWindow, {
        minItems: 1,
        maxItems: 16,
        description: 'A device is released only while one of these is open where it stands',
      }),
    ),
    timeZone: Type.Optional(
      Type.String({
        maxLength: 64,
        description: 'IANA name for devices without a label `timeZone`; UTC where absent',
      }),
    ),
    gate: Type.Optional(Gate),
    shadow: Type.Optional(Shadow),
    onFailure: Type.Optional(
      Type.Union([Type.Literal('pause'), Type.Literal('rollBack')], {
        description: 'What a failing gate does; pause where absent',
      }),
    ),
    fallback: Type.Optional(
      Type.Object(
        {
          withinMs: Type.Integer({
            minimum: 1000,
            description: 'A device that is not healthy in this time goes back by itself; 300000 where absent',
          }),
        },
        closed,
      ),
    ),
    deadlineMs: Type.Optional(
      Type.Integer({
        minimum: 1000,
        description: 'A rollout that has not ended after this is ended; 604800000 (a week) where absent',
      }),
    ),
  },
  { ...closed, description: 'How a new revision reaches the devices' },
)
export type RolloutSpec = Static<typeof RolloutSpec>

/** What an absent field of a rollout means. */
export const ROLLOUT_DEFAULTS = {
  maxUnavailable: '25%',
  healthyForMs: 30_000,
  maxFailed: 0,
  windowMs: 60_000,
  minSamples: 10,
  minDevices: 1,
  fallbackWithinMs: 300_000,
  deadlineMs: 604_800_000,
  onFailure: 'pause',
  timeZone: 'UTC',
} as const

/** Whether devices get the revision step by step; else all get it in the commit that makes it. */
export function isStaged(spec: RolloutSpec | undefined): boolean {
  if (spec === undefined) return false
  const { waves, approval, maxUnavailable, startAt, windows, gate, shadow } = spec
  return [waves, approval, maxUnavailable, startAt, windows, gate, shadow].some((part) => part !== undefined)
}
