/** Kind Deployment: standing intent. */

import { ComponentReference, ImagerNeeds } from '../component.ts'
import { PIXEL_FORMATS } from '../messages/inventory.ts'
import { type Static, Type } from '../typebox.ts'
import { Micros } from '../units.ts'
import { ManifestName, manifestOf } from './manifest.ts'
import { RolloutSpec } from './rollout.ts'

const closed = { additionalProperties: false } as const

/**
 * CEL over `device`: `device.id`, `device.name`, `device.labels.<key>`, `device.platform.*`, `device.agent.version`,
 * `device.imagers` (list of facts), `device.interfaces` (list of names), `device.presence`.
 */
export const Selector = Type.String({ minLength: 1, maxLength: 4096, description: 'CEL expression over `device`' })

export const Target = Type.Object(
  {
    fleet: Type.Optional(ManifestName),
    selector: Type.Optional(Selector),
    devices: Type.Optional(
      Type.Array(Type.String({ maxLength: 64 }), {
        minItems: 1,
        maxItems: 10_000,
        description: 'Devices by id or name',
      }),
    ),
  },
  { ...closed, description: 'All that are given must hold; none given: every device of the project' },
)

export const PlacementMode = Type.Union([
  Type.Literal('everyDevice'),
  Type.Literal('everyImager'),
  Type.Object(
    {
      replicas: Type.Integer({ minimum: 1, maximum: 100_000 }),
      spread: Type.Optional(
        Type.Array(Type.String({ maxLength: 128, description: 'A field of the device, as in labels.floor' }), {
          maxItems: 4,
        }),
      ),
    },
    closed,
  ),
])
export type PlacementMode = Static<typeof PlacementMode>

const ConfigValue = Type.Union([Type.String({ maxLength: 65_536 }), Type.Number(), Type.Boolean()])
export const Config = Type.Record(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_.-]{0,127}$' }), ConfigValue, {
  description: 'Read by the component through wasi:config/store; numbers and booleans arrive as text',
})

const closedImagerNeeds = Type.Object(
  {
    ...ImagerNeeds.properties,
    formats: Type.Optional(
      Type.Array(
        Type.Unsafe<(typeof PIXEL_FORMATS)[number]>(Type.Union(PIXEL_FORMATS.map((format) => Type.Literal(format)))),
        { minItems: 1, maxItems: 16 },
      ),
    ),
    exposureMicros: Type.Optional(
      Type.Object(
        { min: Micros('Shortest exposure'), max: Micros('Longest exposure') },
        { ...closed, description: 'Exposures that it sets: the range of the imager must contain these' },
      ),
    ),
  },
  { ...closed, description: 'Tightens the needs that the component carries' },
)

export const Realisation = Type.Object(
  {
    name: ManifestName,
    component: ComponentReference,
    providers: Type.Optional(
      Type.Array(ComponentReference, {
        maxItems: 15,
        description: 'Linked in only where an import is not met by the host',
      }),
    ),
    imager: Type.Optional(closedImagerNeeds),
    config: Type.Optional(Config),
  },
  { ...closed, description: 'One way of running the deployment on a device' },
)
export type Realisation = Static<typeof Realisation>

export const DeploymentSpec = Type.Object(
  {
    target: Type.Optional(Target),
    placement: Type.Optional(PlacementMode),
    priority: Type.Optional(
      Type.Integer({
        minimum: -1_000_000,
        maximum: 1_000_000,
        description: 'Where there is no room, instances of a lower priority give way; 0 where absent',
      }),
    ),
    tolerations: Type.Optional(
      Type.Array(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_.-]{0,62}(=.{0,256})?$' }), {
        maxItems: 64,
        description: 'Taints of devices that do not keep it away: `key` for any value, or `key=value`',
      }),
    ),
    absentAfterMs: Type.Optional(
      Type.Integer({
        minimum: 1000,
        description: 'A device that is silent for longer gives its replica to another one; absent: it keeps it',
      }),
    ),
    realisations: Type.Array(Realisation, { minItems: 1, maxItems: 16, description: 'In order of preference' }),
    config: Type.Optional(Config),
    grants: Type.Array(Type.String({ maxLength: 128 }), {
      maxItems: 256,
      description:
        'Host interfaces it may call: short names of ocelli:sensing (measurements), or full names with or without version',
    }),
    frames: Type.Optional(
      Type.Object(
        {
          frameRateMillihertz: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 10_000_000,
              description:
                'Most frames wanted. What the instances on one imager ask for (this, or else minFrameRateMillihertz) stays together within its highest rate; who asks for nothing takes what is left',
            }),
          ),
          widthPixels: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
          heightPixels: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
        },
        { ...closed, description: 'Frames wanted of the imager; absent: its own rate and size' },
      ),
    ),
    intervalMs: Type.Optional(
      Type.Integer({ minimum: 10, description: 'Time between calls of interval-handler; 1000 where absent' }),
    ),
    limits: Type.Optional(
      Type.Object(
        {
          memoryBytes: Type.Optional(Type.Integer({ minimum: 65_536 })),
          callTimeoutMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_600_000 })),
          outputBytesPerSecond: Type.Optional(Type.Integer({ minimum: 1 })),
        },
        closed,
      ),
    ),
    restart: Type.Optional(
      Type.Object(
        {
          policy: Type.Optional(Type.Union([Type.Literal('always'), Type.Literal('onFailure'), Type.Literal('never')])),
          maxAttempts: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
          backoffMs: Type.Optional(Type.Integer({ minimum: 1 })),
          maxBackoffMs: Type.Optional(Type.Integer({ minimum: 1 })),
          healthyForMs: Type.Optional(Type.Integer({ minimum: 0 })),
        },
        closed,
      ),
    ),
    rollout: Type.Optional(RolloutSpec),
  },
  closed,
)
export type DeploymentSpec = Static<typeof DeploymentSpec>
export const DeploymentManifest = manifestOf(
  'Deployment',
  DeploymentSpec,
  'Standing intent: components, configuration, target, policy',
)
export type DeploymentManifest = Static<typeof DeploymentManifest>

/** What an absent field of a deployment means. */
export const DEPLOYMENT_DEFAULTS = {
  placement: 'everyImager',
  priority: 0,
  intervalMs: 1000,
  /** 64 MiB: an AssemblyScript component needs about 1, a QuickJS one about 20. */
  limits: { memoryBytes: 67_108_864, callTimeoutMs: 1000, outputBytesPerSecond: 4096 },
  restart: { policy: 'always', maxAttempts: 10, backoffMs: 1000, maxBackoffMs: 60_000, healthyForMs: 10_000 },
  maxTouched: 500,
} as const
