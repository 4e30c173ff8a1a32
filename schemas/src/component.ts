/** What a publisher signs about one component version, and what the component says about the imager it needs. */

import { Digest } from './ids.ts'
import { validator } from './message.ts'
import { PixelFormat } from './messages/inventory.ts'
import { type Static, Type } from './typebox.ts'
import { Bytes, Micros, Millihertz, Pixels } from './units.ts'

/** Name of the custom section that carries `ComponentNeeds` as UTF-8 JSON. */
export const NEEDS_SECTION = 'ocelli:needs'

/** Largest component that is admitted and fetched: 32 MiB leaves room for a StarlingMonkey component (12.5 MB). */
export const MAX_COMPONENT_BYTES = 32 * 1024 * 1024

export const ComponentName = Type.String({
  pattern: '^[a-z][a-z0-9-]{0,62}$',
  description: 'Lower case letters, digits and hyphens',
})
export const ComponentVersion = Type.String({
  pattern: '^(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?$',
  maxLength: 64,
  description: 'Semantic version without build metadata',
})
export const ComponentReference = Type.String({
  pattern: '^[a-z][a-z0-9-]{0,62}@[0-9][0-9A-Za-z.-]*$',
  maxLength: 128,
  description: 'name@version',
})

export const ImagerNeeds = Type.Object(
  {
    minWidthPixels: Type.Optional(Pixels('Least frame width')),
    minHeightPixels: Type.Optional(Pixels('Least frame height')),
    formats: Type.Optional(Type.Array(PixelFormat, { minItems: 1, maxItems: 16, description: 'Any of these formats' })),
    colour: Type.Optional(Type.Boolean({ description: 'True: a colour imager; false: a monochrome one' })),
    minFrameRateMillihertz: Type.Optional(Millihertz('Least frame rate')),
    exposureMicros: Type.Optional(
      Type.Object(
        { min: Micros('Shortest exposure'), max: Micros('Longest exposure') },
        { description: 'Exposures that it sets: the range of the imager must contain these' },
      ),
    ),
    exclusive: Type.Optional(Type.Boolean({ description: 'Whether no other instance may use the imager' })),
  },
  { description: 'Needs of an imager; each absent one is no need' },
)
export type ImagerNeeds = Static<typeof ImagerNeeds>

export const ComponentNeeds = Type.Object(
  {
    imager: Type.Optional(ImagerNeeds),
    memoryBytes: Type.Optional(Bytes('Linear memory it needs')),
  },
  { $id: 'ComponentNeeds', description: 'Content of the custom section ocelli:needs' },
)
export type ComponentNeeds = Static<typeof ComponentNeeds>
export const readComponentNeeds = validator(ComponentNeeds)

const InterfaceList = (description: string) =>
  Type.Array(Type.String({ maxLength: 128 }), { maxItems: 256, description })

export const ComponentStatement = Type.Object(
  {
    name: ComponentName,
    version: ComponentVersion,
    digest: Digest,
    sizeBytes: Bytes('Size of the component'),
    imports: InterfaceList(
      'Interfaces of which it imports a function, with version; imports of types alone are no need',
    ),
    exports: InterfaceList('Interfaces it exports, with version'),
    needs: ComponentNeeds,
  },
  { $id: 'ComponentStatement', description: 'Payload of a component signature' },
)
export type ComponentStatement = Static<typeof ComponentStatement>
export const readComponentStatement = validator(ComponentStatement)
