/**
 * A value against its schema, with every wrong field named and in words that an operator can act on. The schema is
 * the one that types and validators come from; this reads it as data. A generic validator stops at eight errors and
 * says "schema is false" of an unknown field.
 */
import type { TSchema } from '@ocelli/schemas/typebox'
import { closest } from '../domain/did-you-mean.ts'
import type { PathStep } from './problem.ts'

export interface ShapeProblem {
  readonly path: readonly PathStep[]
  readonly message: string
  /** Whether the position of the key says more than that of its value. */
  readonly atKey: boolean
}

interface SchemaNode {
  readonly type?: string
  readonly const?: unknown
  readonly anyOf?: readonly SchemaNode[]
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>
  readonly additionalProperties?: unknown
  readonly required?: readonly string[]
  readonly items?: SchemaNode
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly multipleOf?: number
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly uniqueItems?: boolean
  readonly minItems?: number
  readonly maxItems?: number
  readonly description?: string
}

export function checkShape(schema: TSchema, value: unknown): ShapeProblem[] {
  const problems: ShapeProblem[] = []
  check(schema as SchemaNode, value, [], problems)
  return problems
}

function check(schema: SchemaNode, value: unknown, path: readonly PathStep[], problems: ShapeProblem[]): void {
  const add = (message: string) => problems.push({ path, message, atKey: false })
  if (schema.anyOf) {
    checkUnion(schema.anyOf, value, path, problems)
    return
  }
  if (schema.const !== undefined) {
    if (value !== schema.const) add(`is ${show(value)}, must be ${show(schema.const)}`)
    return
  }
  const type = typeOf(value)
  const wanted = schema.type
  if (wanted !== undefined && wanted !== type && !(wanted === 'number' && type === 'integer')) {
    add(`is ${show(value)}, must be ${article(wanted)}`)
    return
  }
  if (typeof value === 'string') checkText(schema, value, add)
  else if (typeof value === 'number') checkNumber(schema, value, add)
  else if (Array.isArray(value)) checkList(schema, value, path, problems)
  else if (type === 'object') checkObject(schema, value as Record<string, unknown>, path, problems)
}

function checkObject(
  schema: SchemaNode,
  value: Record<string, unknown>,
  path: readonly PathStep[],
  problems: ShapeProblem[],
): void {
  const known = Object.keys(schema.properties ?? {})
  const missing = (schema.required ?? []).filter((key) => !Object.hasOwn(value, key))
  for (const key of missing) problems.push({ path, message: `lacks the field ${key}`, atKey: true })
  const { minProperties = 0, maxProperties = Number.POSITIVE_INFINITY } = schema
  const count = Object.keys(value).length
  if (count < minProperties || count > maxProperties) {
    const wanted = minProperties === maxProperties ? `exactly ${minProperties}` : `${minProperties} to ${maxProperties}`
    problems.push({ path, message: `has ${count} fields, must have ${wanted} of ${known.join(', ')}`, atKey: true })
  }
  for (const [key, inner] of Object.entries(value)) {
    const own = Object.hasOwn(schema.properties ?? {}, key) ? schema.properties?.[key] : undefined
    const byPattern = Object.entries(schema.patternProperties ?? {}).find(([pattern]) => new RegExp(pattern).test(key))
    const field = own ?? byPattern?.[1]
    if (field) check(field, inner, [...path, key], problems)
    else if (schema.additionalProperties === false || schema.patternProperties) {
      problems.push({ path: [...path, key], message: unknownField(key, known, schema.patternProperties), atKey: true })
    }
  }
}

function unknownField(key: string, known: readonly string[], patterns: SchemaNode['patternProperties']): string {
  if (patterns) return `the name ${JSON.stringify(key)} must match ${Object.keys(patterns).join(' or ')}`
  const meant = closest(key, known)
  const hint = meant === undefined ? `known are ${known.join(', ')}` : `did you mean ${meant}?`
  return `unknown field ${key}; ${hint}`
}

function checkList(schema: SchemaNode, value: unknown[], path: readonly PathStep[], problems: ShapeProblem[]): void {
  const add = (message: string) => problems.push({ path, message, atKey: false })
  if (schema.minItems !== undefined && value.length < schema.minItems) {
    add(`has ${value.length} items, must have at least ${schema.minItems}`)
  }
  if (schema.maxItems !== undefined && value.length > schema.maxItems) {
    add(`has ${value.length} items, may have at most ${schema.maxItems}`)
    return
  }
  if (schema.uniqueItems === true && new Set(value.map((item) => JSON.stringify(item))).size < value.length) {
    add('names something twice')
  }
  const { items } = schema
  if (items) for (const [index, item] of value.entries()) check(items, item, [...path, index], problems)
}

function checkText(schema: SchemaNode, value: string, add: (message: string) => void): void {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern } = schema
  if (value.length < minLength) add(`has ${value.length} characters, must have at least ${minLength}`)
  if (value.length > maxLength) add(`has ${value.length} characters, may have at most ${maxLength}`)
  else if (pattern !== undefined && !new RegExp(pattern).test(value)) {
    const meaning = schema.description ? ` (${schema.description})` : ''
    add(`is ${show(value)}, must match ${pattern}${meaning}`)
  }
}

function checkNumber(schema: SchemaNode, value: number, add: (message: string) => void): void {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema
  if (value < minimum) add(`is ${value}, must be at least ${minimum}`)
  else if (value > maximum) add(`is ${value}, may be at most ${maximum}`)
  else if (schema.exclusiveMinimum !== undefined && value <= schema.exclusiveMinimum) {
    add(`is ${value}, must be above ${schema.exclusiveMinimum}`)
  } else if (schema.multipleOf !== undefined && value % schema.multipleOf !== 0) {
    add(`is ${value}, must be a multiple of ${schema.multipleOf}`)
  } else if (!Number.isFinite(value)) add(`is ${value}, must be a finite number`)
}

/** Of the alternatives of the value's own type the one with the fewest problems speaks. */
function checkUnion(
  alternatives: readonly SchemaNode[],
  value: unknown,
  path: readonly PathStep[],
  problems: ShapeProblem[],
): void {
  const type = typeOf(value)
  let best: ShapeProblem[] | undefined
  for (const alternative of alternatives) {
    const found: ShapeProblem[] = []
    check(alternative, value, path, found)
    if (found.length === 0) return
    const sameType = alternative.type === type && (type === 'object' || type === 'array')
    if (sameType && (!best || found.length < best.length)) best = found
  }
  if (best) {
    problems.push(...best)
    return
  }
  const literals = alternatives.flatMap((one) => (typeof one.const === 'string' ? [one.const] : []))
  const meant = typeof value === 'string' ? closest(value, literals) : undefined
  const choices = alternatives.map((one) => (one.const !== undefined ? show(one.const) : describeAlternative(one)))
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`
  problems.push({ path, message: `is ${show(value)}, must be ${choices.join(' or ')}${hint}`, atKey: false })
}

function describeAlternative(schema: SchemaNode): string {
  const keys = schema.required ?? Object.keys(schema.properties ?? {})
  return schema.type === 'object' && keys.length > 0 ? `{ ${keys.join(', ')} }` : article(schema.type ?? 'value')
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

const ARTICLES: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
}

function article(type: string): string {
  return ARTICLES[type] ?? `a ${type}`
}

/** Short enough for a message. */
function show(value: unknown): string {
  if (value === undefined) return 'absent'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a mapping'
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
