/** The schemas of manifests, as far as the editor reads them. */
import schemas from '../api/generated/manifests.json' with { type: 'json' }

export interface Schema {
  readonly type?: string
  readonly description?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly minItems?: number
  readonly maxItems?: number
}

/** The file's own type is every detail of it, which is no help here. */
const generated: unknown = schemas
export const KINDS = generated as Readonly<Record<string, Schema>>

/** `anyOf` within `anyOf` as one list. */
export function alternatives(schema: Schema): readonly Schema[] {
  return schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap(alternatives)
}

/** What may stand at a path; `[]` stands for an item of a list. */
export function schemasAt(schema: Schema | undefined, path: readonly string[]): readonly Schema[] {
  if (schema === undefined) return []
  const [step, ...rest] = path
  if (step === undefined) return alternatives(schema)
  return alternatives(schema).flatMap((one) =>
    schemasAt(step === '[]' ? one.items : (one.properties?.[step] ?? openProperty(one, step)), rest),
  )
}

/** The schema of a key that is not named: of a label, of a configuration value. */
export function openProperty(schema: Schema, key: string): Schema | undefined {
  const pattern = Object.entries(schema.patternProperties ?? {}).find(([one]) => new RegExp(one).test(key))
  if (pattern !== undefined) return pattern[1]
  const { additionalProperties: rest } = schema
  return typeof rest === 'object' ? rest : undefined
}

export function valuesOf(schema: Schema): readonly string[] {
  if (schema.const !== undefined) return [String(schema.const)]
  if (schema.enum !== undefined) return schema.enum.map(String)
  return schema.type === 'boolean' ? ['true', 'false'] : []
}

/** In a few words: a number from 0 to 100. */
export function typeText(schema: Schema): string {
  const values = valuesOf(schema)
  if (values.length > 0) return values.join(' or ')
  const { type, minimum, maximum } = schema
  switch (type) {
    case 'integer':
    case 'number': {
      const word = type === 'integer' ? 'a whole number' : 'a number'
      if (minimum !== undefined && maximum !== undefined) return `${word} from ${minimum} to ${maximum}`
      return minimum === undefined ? word : `${word}, at least ${minimum}`
    }
    case 'array':
      return 'a list'
    case 'object':
      return schema.properties === undefined ? 'keys and values' : `{ ${Object.keys(schema.properties).join(', ')} }`
    case 'string':
      return 'text'
    default:
      return 'any value'
  }
}
