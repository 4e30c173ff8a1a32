/** Kind Fleet: a named set of devices. */
import { type Static, Type } from '../typebox.ts'
import { Selector } from './deployment.ts'
import { manifestOf } from './manifest.ts'

export const FleetSpec = Type.Object(
  {
    members: Type.Optional(
      Type.Array(Type.String({ maxLength: 64 }), { maxItems: 10_000, description: 'Devices by id or name' }),
    ),
    selector: Type.Optional(Selector),
    maxTouched: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Membership that changes by more devices at once waits for a person' }),
    ),
  },
  { additionalProperties: false, description: 'Members and selector together: the union' },
)
export const FleetManifest = manifestOf('Fleet', FleetSpec, 'A named set of devices')
export type FleetManifest = Static<typeof FleetManifest>
