/** The HTTP server: its routes come from the API table, its answers from handlers, its refusals from the registry. */
import { Readable } from 'node:stream'
import { roleAllows } from '@ocelli/schemas/api/access'
import { INSTALLATION_PROJECT } from '@ocelli/schemas/api/project'
import type { RouteShape } from '@ocelli/schemas/api/route'
import { API, API_ROOT, PROBES } from '@ocelli/schemas/api/routes'
import { OcelliError } from '@ocelli/schemas/errors'
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
  type RouteHandlerMethod,
} from 'fastify'
import type { Caller } from '../actions/caller.ts'
import { isRefusal, type Refusal } from '../domain/refusal.ts'
import type { ConsoleFiles } from './console.ts'
import type { Handlers, Input, Ok, Streamed } from './operations.ts'
import { refusedBy, sendProblem } from './problem.ts'
import { bodyReader, paramsReader, queryReader } from './validation.ts'

/** A label edit of 10,000 devices fits; manifests are smaller. */
const JSON_LIMIT_BYTES = 4 * 1024 * 1024
/** The signature of a component with all the imports it may have travels in a header. */
const HEADER_LIMIT_BYTES = 64 * 1024
const REQUEST_TIMEOUT_MS = 120_000

export interface HttpPorts {
  readonly log?: FastifyBaseLogger
  /** The caller of a token's text; `undefined` where it is not accepted. */
  readonly authenticate: (token: string) => Promise<Caller | undefined>
  readonly handlers: Handlers
  readonly stream: (request: FastifyRequest, reply: FastifyReply, caller: Caller, query: StreamInput) => Promise<void>
  readonly health: () => Promise<Ok<unknown>>
  readonly readiness: () => Promise<Ok<unknown>>
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>
  /** Absent where the API is served alone. */
  readonly console?: ConsoleFiles
}

/** Read by the schema of its operation, which the compiler cannot see through the table. */
type StreamInput = Input<'streamRecords'>['query']
type AnyAnswer = Refusal | Ok<unknown> | Streamed
type AnyHandler = (input: unknown) => Promise<AnyAnswer>

export function createHttpApp(ports: HttpPorts): FastifyInstance {
  const app: FastifyInstance = fastify({
    ...(ports.log === undefined ? { logger: false } : { loggerInstance: ports.log }),
    bodyLimit: JSON_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => `r-${crypto.randomUUID()}`,
    return503OnClosing: true,
    forceCloseConnections: true,
    http: { maxHeaderSize: HEADER_LIMIT_BYTES },
    routerOptions: { maxParamLength: 128 },
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
  })
  app.removeContentTypeParser('text/plain')
  const readJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    // Clients name the type on requests without a body as well.
    if (body === '') done(null, undefined)
    else readJson(request, typeof body === 'string' ? body : body.toString(), done)
  })
  app.addHook('onRequest', async (request, reply) => {
    reply
      .header('x-request-id', request.id)
      .header('cache-control', 'no-store')
      .header('x-content-type-options', 'nosniff')
  })
  app.setErrorHandler((error, request, reply) => {
    const refused = refusedBy(error)
    if (refused.code === 'server.internal') request.log.error({ err: error }, 'a request failed')
    return sendProblem(request, reply, refused)
  })
  app.setNotFoundHandler((request, reply) => {
    const page = ports.console?.answer({
      method: request.method,
      url: request.url,
      accept: headerOf(request, 'accept') ?? '',
      acceptEncoding: headerOf(request, 'accept-encoding') ?? '',
    })
    if (page !== undefined) return reply.code(page.status).headers(page.headers).send(page.body)
    const message = `There is no ${request.method} ${request.url}`
    return sendProblem(request, reply, { code: 'request.notFound', message })
  })
  registerApi(app, ports)
  registerProbes(app, ports)
  return app
}

/** Requests are read by our own readers: fastify is spared from loading its validators, a tenth of a second. */
function noSchemas(): never {
  throw new Error('a route has a fastify schema')
}

function registerApi(app: FastifyInstance, ports: HttpPorts): void {
  for (const [operationId, shape] of Object.entries<RouteShape>(API)) {
    const readers = readersOf(shape)
    const guard = guardOf(ports, shape)
    const handler: AnyHandler | undefined =
      operationId === 'streamRecords' ? undefined : (ports.handlers[operationId as keyof Handlers] as AnyHandler)
    register(app, `${API_ROOT}${shape.path}`, shape, async (request, reply) => {
      const caller = await guard(request)
      const query = readers.query(request.query)
      if (handler === undefined) return ports.stream(request, reply, caller, query as StreamInput)
      const answer = await handler({
        caller,
        query,
        params: readers.params(request.params),
        body: readers.body(request.body),
        bytes: request.body instanceof Uint8Array ? request.body : new Uint8Array(),
        header: (name: string) => headerOf(request, name),
      })
      return send(request, reply, shape, answer)
    })
  }
}

function registerProbes(app: FastifyInstance, ports: HttpPorts): void {
  const guard = guardOf(ports, PROBES.getMetrics)
  register(app, PROBES.getHealth.path, PROBES.getHealth, async (request, reply) =>
    send(request, reply, PROBES.getHealth, await ports.health()),
  )
  register(app, PROBES.getReadiness.path, PROBES.getReadiness, async (request, reply) =>
    send(request, reply, PROBES.getReadiness, await ports.readiness()),
  )
  register(app, PROBES.getMetrics.path, PROBES.getMetrics, async (request, reply) => {
    await guard(request)
    const { type, text } = await ports.metrics()
    return reply.type(type).send(text)
  })
}

/** Each route takes just the bodies that the table gives it; any other type is refused before it is read. */
function register(app: FastifyInstance, path: string, shape: RouteShape, handler: RouteHandlerMethod): void {
  const route = { method: shape.method, url: path.replace(/\{(\w+)\}/g, ':$1'), handler }
  const { bytes } = shape
  if (bytes === undefined) {
    app.route(route)
    return
  }
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(bytes.type, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    scope.route({ ...route, bodyLimit: bytes.maxBytes })
  })
}

function readersOf(shape: RouteShape) {
  return { params: paramsReader(shape.params), query: queryReader(shape.query), body: bodyReader(shape.body) }
}

/** Answers the caller, or throws `auth.*`: before anything of the request is looked at. */
function guardOf(ports: HttpPorts, { role, installation }: RouteShape): (request: FastifyRequest) => Promise<Caller> {
  return async (request) => {
    const [scheme, token] = (headerOf(request, 'authorization') ?? '').split(' ')
    if (scheme?.toLowerCase() !== 'bearer' || token === undefined || token === '') {
      throw new OcelliError('auth.missing', 'The header `Authorization: Bearer <token>` is needed')
    }
    const caller = await ports.authenticate(token)
    if (caller === undefined) throw new OcelliError('auth.invalid', 'The token is unknown, expired or revoked')
    if (!roleAllows(caller.role, role)) {
      throw new OcelliError(
        'auth.forbidden',
        `This needs the role ${role}; the token "${caller.actor}" is ${caller.role}`,
      )
    }
    if (installation && caller.project !== INSTALLATION_PROJECT) {
      throw new OcelliError(
        'auth.forbidden',
        `This concerns the whole installation: it needs a token of project ${INSTALLATION_PROJECT}, not of ${caller.project}`,
      )
    }
    return caller
  }
}

function send(request: FastifyRequest, reply: FastifyReply, shape: RouteShape, answer: AnyAnswer) {
  if (isRefusal(answer)) return sendProblem(request, reply, answer)
  if ('stream' in answer) return reply.type(answer.stream.type).send(Readable.from(answer.stream.text))
  reply.code(answer.status ?? shape.status)
  if (answer.body instanceof Uint8Array && shape.responseType !== undefined) {
    return reply.type(shape.responseType).send(Buffer.from(answer.body))
  }
  if (isByteStream(answer.body) && shape.responseType !== undefined) {
    return reply.type(shape.responseType).send(Readable.from(answer.body, { objectMode: false }))
  }
  return answer.body === undefined ? reply.send() : reply.send(answer.body)
}

function isByteStream(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}
