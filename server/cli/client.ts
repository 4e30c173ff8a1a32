/** A thin client of the HTTP API. The server validates; a refusal arrives as a problem with a stable code. */
import { Problem } from '@ocelli/schemas/api/problem'
import { ERRORS, isErrorCode } from '@ocelli/schemas/errors'
import { validator } from '@ocelli/schemas/message'
import { type Context, currentContext } from './context.ts'
import { CliError, EXIT } from './exit.ts'

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>

export interface Request {
  readonly query?: Query
  /** An object is sent as JSON; bytes are sent as they are. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

export interface StreamEvent {
  readonly event: string
  readonly id: string | undefined
  readonly data: string
}

const readProblem = validator(Problem)

export class Client {
  readonly context: Context

  constructor(context: Context) {
    this.context = context
  }

  static fromEnvironment(): Client {
    return new Client(currentContext())
  }

  get<T>(path: string, request: Request = {}): Promise<T> {
    return this.#json<T>('GET', path, request)
  }

  post<T>(path: string, request: Request = {}): Promise<T> {
    return this.#json<T>('POST', path, request)
  }

  put<T>(path: string, request: Request = {}): Promise<T> {
    return this.#json<T>('PUT', path, request)
  }

  patch<T>(path: string, request: Request = {}): Promise<T> {
    return this.#json<T>('PATCH', path, request)
  }

  delete<T>(path: string, request: Request = {}): Promise<T> {
    return this.#json<T>('DELETE', path, request)
  }

  /** Text of an answer that is not JSON. */
  async text(path: string, request: Request = {}): Promise<string> {
    return (await this.#send('GET', path, request)).text()
  }

  /** Bytes of an answer, as they come. */
  async bytes(path: string, request: Request = {}): Promise<AsyncIterable<Uint8Array>> {
    const { body } = await this.#send('GET', path, request)
    if (body === null) throw new CliError('server.internal', `${path} answered with nothing`)
    return body
  }

  /** Server-sent events, from one connection; the caller decides about reconnecting with the last id. */
  async *stream(
    path: string,
    request: Request & { readonly lastEventId?: string | undefined } = {},
  ): AsyncGenerator<StreamEvent> {
    const headers = {
      ...request.headers,
      accept: 'text/event-stream',
      ...(request.lastEventId === undefined ? {} : { 'last-event-id': request.lastEventId }),
    }
    const response = await this.#send('GET', path, { ...request, headers })
    if (!response.body) return
    let text = ''
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const event = parseEvent(text.slice(0, end))
        text = text.slice(end + 2)
        if (event) yield event
      }
    }
  }

  async #json<T>(method: string, path: string, request: Request): Promise<T> {
    const response = await this.#send(method, path, request)
    if (response.status === 204) return undefined as T
    return (await response.json()) as T
  }

  async #send(method: string, path: string, request: Request): Promise<Response> {
    const url = new URL(`/api/v1${path}`, this.context.url)
    for (const [key, value] of Object.entries(request.query ?? {})) {
      for (const item of Array.isArray(value) ? value : [value]) {
        if (item !== undefined) url.searchParams.append(key, String(item))
      }
    }
    const bytes = request.body instanceof Uint8Array
    let response: Response
    try {
      response = await fetch(url, {
        method,
        headers: {
          authorization: `Bearer ${this.context.token}`,
          ...(request.body === undefined ? {} : { 'content-type': bytes ? 'application/wasm' : 'application/json' }),
          ...request.headers,
        },
        ...(request.body === undefined
          ? {}
          : { body: request.body instanceof Uint8Array ? new Uint8Array(request.body) : JSON.stringify(request.body) }),
        ...(request.signal ? { signal: request.signal } : {}),
      })
    } catch (cause) {
      if (request.signal?.aborted) throw cause
      throw new CliError('server.busy', `${this.context.url} does not answer (${reason(cause)})`, {
        next: 'ocelli doctor',
        cause,
      })
    }
    if (!response.ok) throw await refusal(response)
    return response
  }
}

async function refusal(response: Response): Promise<CliError> {
  const text = await response.text()
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return new CliError('server.internal', `HTTP ${response.status} without a problem document: ${text.slice(0, 200)}`)
  }
  const read = readProblem(body)
  if (!read.ok) return new CliError('server.internal', `HTTP ${response.status}: ${text.slice(0, 200)}`)
  const problem = read.value
  const next = nextStep(problem.code)
  // Several problems of one manifest come joined; each gets a line of its own.
  const message = (problem.detail || problem.title).replaceAll('; line ', '\n       line ')
  return new CliError(problem.code, message, {
    exitCode: exitCodeOf(problem.code),
    ...(next === undefined ? {} : { next }),
  })
}

function exitCodeOf(code: string): number {
  if (code === 'change.needsApproval') return EXIT.waiting
  return code.startsWith('placement.') || code.startsWith('grant.') || code === 'link.missing'
    ? EXIT.notPlaced
    : EXIT.failed
}

/** What a person can do about a refusal; nothing where the message says it all. */
function nextStep(code: string): string | undefined {
  if (code.startsWith('auth.')) return 'ocelli login URL --token TOKEN'
  if (code === 'component.unknown') return 'ocelli get components, then: ocelli push FILE.wasm'
  if (code === 'placement.grant') return 'list the missing interfaces under spec.grants'
  if (code === 'change.planMoved') return 'ocelli plan -f FILE, and look again'
  if (code === 'trust.unknownPublisher') return 'ocelli trust add-publisher NAME --key publisher.pub --names "name-*"'
  return isErrorCode(code) && ERRORS[code].retry ? 'try again in a moment' : undefined
}

/** One block of an event stream; `undefined` for a comment. */
function parseEvent(block: string): StreamEvent | undefined {
  let event = 'message'
  let id: string | undefined
  const data: string[] = []
  for (const line of block.split('\n')) {
    if (line === '' || line.startsWith(':')) continue
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') event = value
    else if (field === 'id') id = value
    else if (field === 'data') data.push(value)
  }
  return data.length > 0 ? { event, id, data: data.join('\n') } : undefined
}

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const inner = cause.cause
  if (inner instanceof Error) return 'code' in inner ? String(inner.code) : inner.message
  return cause.message
}
