/** Components: what admission read out of them, and who could run them. */

import { ComponentName, ComponentNeeds, ComponentVersion } from '../component.ts'
import { Digest } from '../ids.ts'
import { type Static, Type } from '../typebox.ts'
import { Bytes, WallMs } from '../units.ts'
import { DeviceDecision } from './plan.ts'
import { closed, listOf } from './query.ts'

/** Header of a push: the DSSE envelope over the `ComponentStatement`, as JSON in base64. */
export const SIGNATURE_HEADER = 'ocelli-signature'
export const WASM_TYPE = 'application/wasm'

export const ComponentParams = Type.Object({ name: ComponentName, version: ComponentVersion }, closed)
export const ComponentQuery = Type.Object(
  { name: Type.Optional(ComponentName) },
  { ...closed, description: 'Only versions of this name' },
)

const read = {
  digest: Digest,
  sizeBytes: Bytes('Size of the component'),
  imports: Type.Array(Type.String(), { description: 'Interfaces with at least one imported function, with version' }),
  exports: Type.Array(Type.String()),
  needs: ComponentNeeds,
  wit: Type.String({ description: 'The world as WIT text' }),
}

export const ComponentInfo = Type.Object(
  {
    name: ComponentName,
    version: ComponentVersion,
    publisher: Type.String(),
    pushedAtMs: WallMs('When it was admitted'),
    signature: Digest,
    ...read,
  },
  { $id: 'ComponentInfo', description: 'One admitted component version' },
)
export type ComponentInfo = Static<typeof ComponentInfo>
export const ComponentList = listOf(ComponentInfo, 'Component versions by name, newest version first')

export const PushedComponent = Type.Object(
  {
    component: ComponentInfo,
    outcome: Type.Union([Type.Literal('added'), Type.Literal('same')], {
      description: 'same: this version was there with the same bytes',
    }),
  },
  { $id: 'PushedComponent' },
)
export type PushedComponent = Static<typeof PushedComponent>

/** How one import stands in the fleet. */
export const Requirement = Type.Object(
  {
    interface: Type.String({ description: 'The import, with version' }),
    grant: Type.String({ description: 'How a manifest grants it' }),
    devices: Type.Integer({ minimum: 0, description: 'Devices whose host offers it in a version that fits' }),
    offered: Type.Array(Type.String(), { description: 'Versions of this interface that devices offer' }),
    providers: Type.Array(Type.String(), { description: 'Components (name@version) that export it' }),
  },
  { $id: 'Requirement' },
)
export type Requirement = Static<typeof Requirement>

export const ComponentFit = Type.Object(
  {
    requirements: Type.Array(Requirement),
    decisions: Type.Array(DeviceDecision, { description: 'For each device: whether it could run it, and all reasons' }),
  },
  { $id: 'ComponentFit', description: 'Who could run a component if it were alone and granted all it asks for' },
)
export type ComponentFit = Static<typeof ComponentFit>

export const Inspection = Type.Object(
  {
    ...read,
    typeImports: Type.Array(Type.String(), { description: 'Interfaces imported for their types alone: no need' }),
    fit: ComponentFit,
  },
  { $id: 'Inspection', description: 'What a component asks for; nothing was stored' },
)
export type Inspection = Static<typeof Inspection>
