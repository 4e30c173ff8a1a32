/** `desired`: all that a device should run, signed by the server over device, generation and body. */

import { ComponentName, ComponentVersion } from '../component.ts'
import { Envelope } from '../dsse.ts'
import { DeploymentId, DeviceId, Digest, ImagerId, InstanceId, ProjectId } from '../ids.ts'
import { defineMessage, validator } from '../message.ts'
import { OpenEnum } from '../open-enum.ts'
import { type Static, Type } from '../typebox.ts'
import { Bytes, Millihertz, Millis, Pixels, Text, WallMs, Whole } from '../units.ts'
import { Generation } from './generation.ts'
import { PixelFormat } from './inventory.ts'

/** Configuration above this size travels by digest, like an artifact. */
export const MAX_INLINE_CONFIG_BYTES = 4096

export const InstanceComponent = Type.Object(
  {
    name: ComponentName,
    version: ComponentVersion,
    digest: Digest,
    sizeBytes: Bytes('Size of the component'),
    signature: Digest,
    links: Type.Array(
      Type.Object({
        interface: Text('The import, with version', 128),
        from: Type.Union([Type.Literal('host'), Whole('Index of the component that exports it', 0, 15)]),
      }),
      { maxItems: 256, description: 'Who meets each import' },
    ),
  },
  { description: 'One component of an instance; `signature` names the DSSE envelope over its statement' },
)
export type InstanceComponent = Static<typeof InstanceComponent>

export const DesiredInstance = Type.Object(
  {
    id: InstanceId,
    deployment: Type.Object({ id: DeploymentId, name: Text('Name of the deployment', 64) }),
    revision: Whole('Revision of the deployment', 1),
    realisation: Text('Name of the realisation', 64),
    role: OpenEnum(
      ['live', 'shadow'],
      'live: its outputs count; shadow: kept apart, sends no images and cannot set its imager (feature `shadow`)',
    ),
    imager: Type.Optional(ImagerId),
    components: Type.Array(InstanceComponent, {
      minItems: 1,
      maxItems: 16,
      description: 'The first is the main component, the others are providers linked to it',
    }),
    config: Type.Union([
      Type.Object({ values: Type.Record(Type.String({ maxLength: 128 }), Type.String()) }),
      Type.Object({ digest: Digest }),
    ]),
    grants: Type.Array(Text('A host interface it may call, with version', 128), { maxItems: 256 }),
    limits: Type.Object({
      memoryBytes: Bytes('Most linear memory of all its components together'),
      callTimeoutMs: Millis('Longest time of one call', 1),
      outputBytesPerSecond: Bytes('Budget of all output but images'),
    }),
    frames: Type.Object({
      frameRateMillihertz: Type.Optional(Millihertz('Most frames wanted')),
      widthPixels: Type.Optional(Pixels('Frame width wanted')),
      heightPixels: Type.Optional(Pixels('Frame height wanted')),
      format: Type.Optional(PixelFormat),
    }),
    intervalMs: Millis('Time between calls of interval-handler', 10),
    restart: Type.Object({
      policy: OpenEnum(['always', 'onFailure', 'never'], 'When an instance that ended is started again'),
      maxAttempts: Whole('Failures without a healthy time of `healthyForMs` before it is given up; 0: never', 0, 1000),
      backoffMs: Millis('First wait; doubles up to `maxBackoffMs`', 1),
      maxBackoffMs: Millis('Longest wait', 1),
      healthyForMs: Millis('Running this long makes it healthy and clears its failures'),
    }),
    fallback: Type.Optional(
      Type.Object(
        {
          withinMs: Millis(
            'Longest time from the first start of this revision on the device until it is healthy; must exceed `healthyForMs`',
            1,
          ),
        },
        {
          description:
            'When this revision is not healthy in time, or is given up, the device starts the last one that was healthy again and reports `fellBack` (feature `fallback`)',
        },
      ),
    ),
    features: Type.Array(Text('A feature the agent must have', 64), { maxItems: 64 }),
  },
  { description: 'One instance that should run' },
)
export type DesiredInstance = Static<typeof DesiredInstance>
/** Reads one instance, as an agent keeps it by itself. */
export const readDesiredInstance = validator(DesiredInstance)

export const DesiredState = Type.Object(
  {
    project: ProjectId,
    device: DeviceId,
    generation: Generation,
    issuedAtMs: WallMs('When the server signed it: a lower bound for a device without a clock'),
    trustVersion: Whole('Version of the trust document in force; a device that holds an older one fetches it', 1),
    instances: Type.Array(DesiredInstance, { maxItems: 256 }),
  },
  { $id: 'DesiredState', description: 'Payload of the envelope on `desired`' },
)
export type DesiredState = Static<typeof DesiredState>
export const readDesiredState = validator(DesiredState)

export const desired = defineMessage({
  name: 'desired',
  schema: Envelope,
  from: 'serverToDevice',
  topic: 'desired',
  qos: 1,
  retained: true,
  maxBytes: 262_144,
  description: 'A DSSE envelope over DesiredState. Republished until `reported` shows its generation.',
})
