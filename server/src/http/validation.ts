/** Reads parameters, query and body by the schemas of the API table; the first wrong fields are named. */
import { OcelliError } from '@ocelli/schemas/errors'
import { type Parsed, validator } from '@ocelli/schemas/message'
import type { TSchema } from '@ocelli/schemas/typebox'

type Reader = (value: unknown) => unknown

/** Throws OcelliError `request.invalid`. */
export function bodyReader(schema: TSchema | undefined): Reader {
  if (schema === undefined) return () => undefined
  const read = validator(schema)
  return (value) => accepted('body', read(value))
}

export function paramsReader(schema: TSchema | undefined): Reader {
  if (schema === undefined) return () => ({})
  const read = validator(schema)
  return (value) => accepted('path', read(value))
}

/** A query's values are texts: numbers, booleans and lists are read as the schema wants them, and nothing else is converted. */
export function queryReader(schema: TSchema | undefined): Reader {
  const properties = propertiesOf(schema)
  const read = schema === undefined ? undefined : validator(schema)
  return (value) => {
    const given = Object.entries(isRecord(value) ? value : {})
    if (read === undefined) {
      const [first] = given
      if (first !== undefined) throw new OcelliError('request.invalid', `query: there is no parameter "${first[0]}"`)
      return {}
    }
    const converted = given.map(([key, text]) => [key, convert(properties[key], text)])
    return accepted('query', read(Object.fromEntries(converted)))
  }
}

function convert(schema: unknown, value: unknown): unknown {
  if (!isRecord(schema)) return value
  if (schema.type === 'array') return Array.isArray(value) ? value : [value]
  if ((schema.type === 'integer' || schema.type === 'number') && typeof value === 'string' && value.trim() !== '') {
    return Number(value)
  }
  if (schema.type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return value
}

function accepted(part: string, parsed: Parsed<unknown>): unknown {
  if (parsed.ok) return parsed.value
  throw new OcelliError('request.invalid', `${part}: ${parsed.message}`)
}

function propertiesOf(schema: TSchema | undefined): Record<string, unknown> {
  const node: unknown = schema
  return isRecord(node) && isRecord(node.properties) ? node.properties : {}
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
