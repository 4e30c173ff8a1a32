/** The OpenAPI 3.1 document of the HTTP API, made from the table of routes. */

import { Problem } from '../api/problem.ts'
import type { RouteShape } from '../api/route.ts'
import { API_ROUTES, type ApiRoute, COMMON_ERRORS } from '../api/routes.ts'
import { ERRORS, type ErrorCode } from '../errors.ts'
import type { TSchema } from '../typebox.ts'
import { embedded, type JsonSchema, toJson } from './json-schema.ts'

export function openApi(version: string): JsonSchema {
  const schemas = new Map<string, JsonSchema>()
  const refer = (schema: TSchema): JsonSchema => {
    const plain = toJson(schema)
    if (typeof plain.$id !== 'string') return embedded(plain)
    schemas.set(plain.$id, embedded(plain))
    return { $ref: `#/components/schemas/${plain.$id}` }
  }

  const paths: Record<string, JsonSchema> = {}
  for (const route of API_ROUTES) {
    const item = paths[route.path] ?? {}
    item[route.method.toLowerCase()] = operation(route, refer)
    paths[route.path] = item
  }
  refer(Problem)

  return {
    openapi: '3.1.0',
    info: {
      title: 'Ocelli control plane',
      version,
      description:
        'Register devices, push components to fleets, watch what the sensors put out. Every refusal is a problem document (RFC 9457) with a stable code.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://127.0.0.1:7070' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'An access token' } },
      schemas: Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  }
}

function operation(route: ApiRoute, refer: (schema: TSchema) => JsonSchema): JsonSchema {
  return {
    operationId: route.operationId,
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    'x-role': route.role,
    ...(route.role === 'open' ? { security: [] } : {}),
    parameters: [
      ...fields(route.params, 'path'),
      ...fields(route.query, 'query'),
      ...Object.entries(route.headers ?? {}).map(([name, header]) => ({
        name,
        in: 'header',
        ...header,
        schema: { type: 'string' },
      })),
    ],
    ...requestBody(route, refer),
    responses: { ...successes(route, refer), ...failures(route) },
  }
}

/** Each field of an object schema as a parameter. */
function fields(schema: TSchema | undefined, place: 'path' | 'query'): JsonSchema[] {
  if (!schema) return []
  const { properties = {}, required = [] } = embedded(toJson(schema)) as {
    properties?: Record<string, JsonSchema>
    required?: string[]
  }
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(typeof property.description === 'string' ? { description: property.description } : {}),
    schema: property,
  }))
}

function requestBody(route: RouteShape, refer: (schema: TSchema) => JsonSchema): JsonSchema {
  if (route.body)
    return { requestBody: { required: true, content: { 'application/json': { schema: refer(route.body) } } } }
  if (!route.bytes) return {}
  const { type, maxBytes } = route.bytes
  return {
    requestBody: {
      required: true,
      content: { [type]: { schema: { type: 'string', format: 'binary', maxLength: maxBytes } } },
    },
  }
}

function successes(route: RouteShape, refer: (schema: TSchema) => JsonSchema): JsonSchema {
  const type = route.responseType ?? 'application/json'
  const schema = route.response ? refer(route.response) : { type: 'string' }
  const others = (route.alsoTypes ?? []).map((other) => [other, { schema: { type: 'string' } }] as const)
  const content = route.status === 204 ? {} : { content: { [type]: { schema }, ...Object.fromEntries(others) } }
  return {
    [route.status]: { description: 'Done', ...content },
    ...(route.alsoStatus ? { [route.alsoStatus.status]: { description: route.alsoStatus.when, ...content } } : {}),
  }
}

/** One response per status, with the codes that come with it. */
function failures(route: RouteShape): JsonSchema {
  const byStatus = new Map<number, ErrorCode[]>()
  const open = route.role === 'open'
  const common = COMMON_ERRORS.filter((code) => !(open && code.startsWith('auth.')))
  for (const code of new Set<ErrorCode>([...common, ...route.errors])) {
    const status = ERRORS[code].status
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, codes]) => [
        status,
        {
          description: codes.map((code) => `\`${code}\`: ${ERRORS[code].title}`).join('; '),
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      ]),
  )
}
