/** Manifests are what operators write, in YAML or JSON. Unlike the wire they are closed: an unknown field is an error. */
import { type Static, type TSchema, Type } from '../typebox.ts'

export const API_VERSION = 'ocelli/v1'

export const ManifestName = Type.String({
  pattern: '^[a-z][a-z0-9-]{0,62}$',
  description: 'Lower case letters, digits and hyphens; unique within kind and project',
})

export const Metadata = Type.Object(
  {
    name: ManifestName,
    project: Type.Optional(
      Type.String({ pattern: '^[a-z][a-z0-9-]{0,62}$', description: 'default unless said otherwise' }),
    ),
  },
  { additionalProperties: false },
)
export type Metadata = Static<typeof Metadata>

export const manifestOf = <const K extends string, S extends TSchema>(kind: K, spec: S, description: string) =>
  Type.Object(
    { apiVersion: Type.Literal(API_VERSION), kind: Type.Literal(kind), metadata: Metadata, spec },
    { additionalProperties: false, $id: `${kind}Manifest`, description },
  )
