/** A client of the HTTP API for tests: every answer is checked against the API table, refusals against the registry. */

import { Problem } from '@ocelli/schemas/api/problem'
import type { RouteShape } from '@ocelli/schemas/api/route'
import { API, API_ROOT, type OperationId } from '@ocelli/schemas/api/routes'
import { ERRORS, isErrorCode } from '@ocelli/schemas/errors'
import { validator } from '@ocelli/schemas/message'
import type { Static, TSchema } from '@ocelli/schemas/typebox'

type Response<Id extends OperationId> = (typeof API)[Id] extends { readonly response: infer S extends TSchema }
  ? Static<S>
  : undefined

export interface ApiAnswer<B> {
  readonly status: number
  readonly body: B
  readonly headers: Headers
}

export interface ApiRequest {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | number | readonly string[]>>
  readonly body?: unknown
  readonly bytes?: Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

export interface ServerEvent {
  readonly event: string
  readonly id: string | undefined
  readonly data: unknown
}

const readProblem = validator(Problem)

export class ApiClient {
  readonly url: string
  readonly token: string | undefined

  constructor(url: string, token?: string) {
    this.url = url
    this.token = token
  }

  /** Succeeds with a documented status and body, or throws. */
  async ok<Id extends OperationId>(id: Id, request: ApiRequest = {}): Promise<Response<Id>> {
    const { status, body } = await this.answer(id, request)
    if (status >= 400) throw new Error(`${id} answered ${status}: ${JSON.stringify(body)}`)
    return body as Response<Id>
  }

  /** Is refused with a documented problem, or throws. */
  async refused<Id extends OperationId>(id: Id, request: ApiRequest = {}): Promise<Problem> {
    const { status, body } = await this.answer(id, request)
    if (status < 400) throw new Error(`${id} answered ${status} though it should be refused: ${JSON.stringify(body)}`)
    return problemOf(body, status)
  }

  async answer<Id extends OperationId>(id: Id, request: ApiRequest = {}): Promise<ApiAnswer<unknown>> {
    const shape: RouteShape = API[id]
    const path = shape.path.replace(/\{(\w+)\}/g, (_all, name: string) =>
      encodeURIComponent(request.params?.[name] ?? ''),
    )
    const answer = await this.send(shape.method, `${API_ROOT}${path}`, request)
    if (answer.status >= 400) return answer
    const documented = [shape.status, shape.alsoStatus?.status, ...(id === 'pushComponent' ? [200] : [])]
    if (!documented.includes(answer.status as 200))
      throw new Error(`${id} answered ${answer.status}, documented is ${documented}`)
    if (shape.response !== undefined) {
      const read = validator(shape.response)(answer.body)
      if (!read.ok) throw new Error(`${id} answered what is not documented: ${read.message}`)
    }
    return answer
  }

  async send(method: string, path: string, request: ApiRequest = {}): Promise<ApiAnswer<unknown>> {
    const response = await this.fetch(method, path, request)
    if (response.headers.get('content-type') === 'image/jpeg') {
      return { status: response.status, headers: response.headers, body: new Uint8Array(await response.arrayBuffer()) }
    }
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') ?? false
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text || undefined }
  }

  fetch(method: string, path: string, request: ApiRequest = {}, signal?: AbortSignal): Promise<globalThis.Response> {
    const url = new URL(path, this.url)
    for (const [name, value] of Object.entries(request.query ?? {})) {
      for (const item of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(item))
    }
    const body = request.bytes ?? (request.body === undefined ? undefined : JSON.stringify(request.body))
    return fetch(url, {
      method,
      headers: {
        ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'content-type': request.bytes ? 'application/wasm' : 'application/json' }),
        ...request.headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
      ...(signal !== undefined && { signal }),
    })
  }

  /** Reads the stream until it ends or `signal` does. */
  async *stream(request: ApiRequest = {}, signal?: AbortSignal): AsyncGenerator<ServerEvent> {
    const response = await this.fetch('GET', `${API_ROOT}/stream`, request, signal)
    if (!response.ok) throw new Error(`stream answered ${response.status}: ${await response.text()}`)
    if (response.body === null) return
    let text = ''
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const event = parseEvent(text.slice(0, end))
        text = text.slice(end + 2)
        if (event !== undefined) yield event
      }
    }
  }
}

/** Checks that a body is a problem whose code, status and title are those of the registry. */
export function problemOf(body: unknown, status: number): Problem {
  const read = readProblem(body)
  if (!read.ok) throw new Error(`no problem document: ${read.message}: ${JSON.stringify(body)}`)
  const { code, title } = read.value
  if (!isErrorCode(code) || ERRORS[code].status !== status || ERRORS[code].title !== title) {
    throw new Error(`the registry does not know ${code} with ${status}`)
  }
  return read.value
}

function parseEvent(text: string): ServerEvent | undefined {
  const fields = new Map(
    text.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  )
  const event = fields.get('event')
  return event === undefined
    ? undefined
    : { event, id: fields.get('id'), data: JSON.parse(fields.get('data') ?? 'null') }
}
