/** Kind Alert: a condition that somebody wants to hear of. */
import { type Static, Type } from '../typebox.ts'
import { Target } from './deployment.ts'
import { ManifestName, manifestOf } from './manifest.ts'

const closed = { additionalProperties: false } as const
const DAY_MS = 86_400_000

/** Windows are made of whole minutes, as the sums are that they are computed from. */
const WindowMs = (description: string, maximum: number) =>
  Type.Integer({ minimum: 60_000, maximum, multipleOf: 60_000, description: `${description}, in milliseconds` })

const measured = {
  name: Type.String({ minLength: 1, maxLength: 128, description: 'Name of the measurement' }),
  deployment: Type.Optional(ManifestName),
}
const Aggregate = Type.Union(
  [
    Type.Literal('mean'),
    Type.Literal('min'),
    Type.Literal('max'),
    Type.Literal('sum'),
    Type.Literal('count'),
    Type.Literal('last'),
  ],
  { description: 'How the values of the window become one; mean where absent' },
)

export const DeviceSilent = Type.Object(
  {
    afterMs: Type.Integer({
      minimum: 1_000,
      maximum: 30 * DAY_MS,
      description: 'How long a device may be gone, in milliseconds',
    }),
    offline: Type.Optional(
      Type.Union([Type.Literal('counts'), Type.Literal('ignored')], {
        description: 'Whether a device that said goodbye counts as silent; counts where absent',
      }),
    ),
  },
  { ...closed, description: 'A device was lost, said goodbye, or was not heard since the server started' },
)

export const InstanceCrashLooping = Type.Object(
  {
    deployment: Type.Optional(ManifestName),
    restarts: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        description:
          'An instance in back-off with at least this many restarts counts as well; absent: only crash loops',
      }),
    ),
  },
  { ...closed, description: 'An instance failed too often' },
)

export const Threshold = Type.Object(
  {
    ...measured,
    aggregate: Type.Optional(Aggregate),
    windowMs: WindowMs('Window that ends now', DAY_MS),
    above: Type.Optional(Type.Number({ description: 'True where the value is greater' })),
    below: Type.Optional(Type.Number({ description: 'True where the value is smaller' })),
  },
  { ...closed, description: 'A measurement of an instance over a window; at least one of above and below' },
)

export const Absence = Type.Object(
  { ...measured, windowMs: WindowMs('Nothing was measured for this long', 7 * DAY_MS) },
  { ...closed, description: 'An instance that should run, on a device that is online, measures nothing' },
)

export const Drift = Type.Object(
  {
    ...measured,
    windowMs: WindowMs('Recent window that ends now', DAY_MS),
    pastMs: WindowMs('Window before it that is taken as normal', 30 * DAY_MS),
    deviations: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1_000,
      description: 'How many standard deviations of the past minutes the recent mean may be away from their mean',
    }),
    minChange: Type.Optional(
      Type.Number({
        minimum: 0,
        description: 'A smaller difference is no drift, however still the past was; 0 where absent',
      }),
    ),
  },
  { ...closed, description: 'A measurement of an instance against its own past' },
)

export const AlertSpec = Type.Object(
  {
    summary: Type.Optional(Type.String({ maxLength: 512, description: 'One sentence for who is woken up' })),
    target: Type.Optional(Target),
    condition: Type.Object(
      {
        deviceSilent: Type.Optional(DeviceSilent),
        instanceCrashLooping: Type.Optional(InstanceCrashLooping),
        threshold: Type.Optional(Threshold),
        absence: Type.Optional(Absence),
        drift: Type.Optional(Drift),
      },
      { ...closed, minProperties: 1, maxProperties: 1, description: 'Exactly one' },
    ),
    forMs: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 7 * DAY_MS,
        description: 'How long it must be true without a break before it fires, in milliseconds; 0 where absent',
      }),
    ),
    severity: Type.Optional(
      Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('critical')], {
        description: 'warning where absent',
      }),
    ),
    groupBy: Type.Optional(
      Type.String({
        pattern: '^(none|device|rule|label\\.[A-Za-z][A-Za-z0-9_.-]{0,62})$',
        description:
          'Alerts that are told together in one message: of the rule (where absent), a device, a value of a label, or none',
      }),
    ),
    groupWaitMs: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 600_000,
        description:
          'How long others of the group are waited for before it is told, in milliseconds; 10000 where absent',
      }),
    ),
    notify: Type.Optional(
      Type.Array(ManifestName, {
        maxItems: 16,
        uniqueItems: true,
        description: 'Receivers, by name; none: only shown',
      }),
    ),
  },
  closed,
)
export type AlertSpec = Static<typeof AlertSpec>

export const AlertManifest = manifestOf('Alert', AlertSpec, 'A condition that somebody wants to hear of')
export type AlertManifest = Static<typeof AlertManifest>

/** What an absent field of an alert means. */
export const ALERT_DEFAULTS = {
  forMs: 0,
  severity: 'warning',
  groupBy: 'rule',
  groupWaitMs: 10_000,
  aggregate: 'mean',
} as const
