/**
 * Enumerations on the wire stay open: a newer peer may send a value that this side does not know, which is then
 * kept as `unknown` instead of refusing the message. Manifests and the REST API
 * use closed unions.
 */
import { type TSchema, type TUnsafe, Type } from './typebox.ts'

const KNOWN = 'x-known-values'

/** A string that should be one of `values`; `normalise` turns any other value into `unknown`. */
export function OpenEnum<const V extends readonly string[]>(
  values: V,
  description: string,
): TUnsafe<V[number] | 'unknown'> {
  return Type.Unsafe<V[number] | 'unknown'>(
    Type.String({ description: `${description}. One of: ${values.join(', ')}`, maxLength: 64, [KNOWN]: [...values] }),
  )
}

type Normaliser = (value: unknown) => unknown

/** Compiles the rewriting of unknown enumeration values; `undefined` where the schema has none. */
export function compileNormaliser(schema: TSchema): Normaliser | undefined {
  const node = schema as Record<string, unknown>
  const known = node[KNOWN]
  if (Array.isArray(known)) {
    const values = new Set<unknown>(known)
    return (value) => (values.has(value) ? value : 'unknown')
  }
  if (node.type === 'object' && isRecord(node.properties)) return objectNormaliser(node.properties)
  if (node.type === 'array' && isRecord(node.items)) {
    const item = compileNormaliser(node.items as TSchema)
    if (item) return (value) => (Array.isArray(value) ? value.map(item) : value)
  }
  if (Array.isArray(node.anyOf)) return unionNormaliser(node.anyOf as TSchema[])
  return undefined
}

function objectNormaliser(properties: Record<string, unknown>): Normaliser | undefined {
  const steps: [string, Normaliser][] = []
  for (const [key, property] of Object.entries(properties)) {
    const step = compileNormaliser(property as TSchema)
    if (step) steps.push([key, step])
  }
  if (steps.length === 0) return undefined
  return (value) => {
    if (!isRecord(value)) return value
    const copy = { ...value }
    for (const [key, step] of steps) if (key in copy) copy[key] = step(copy[key])
    return copy
  }
}

/** Alternatives are told apart by their `kind` literal; only those that hold an open enumeration are rewritten. */
function unionNormaliser(alternatives: TSchema[]): Normaliser | undefined {
  const byKind = new Map<unknown, Normaliser>()
  for (const alternative of alternatives) {
    const node = alternative as { properties?: { kind?: { const?: unknown } } }
    const kind = node.properties?.kind?.const
    const step = compileNormaliser(alternative)
    if (kind !== undefined && step) byKind.set(kind, step)
  }
  if (byKind.size === 0) return undefined
  return (value) => (isRecord(value) ? (byKind.get(value.kind)?.(value) ?? value) : value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
