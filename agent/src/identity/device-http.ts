/** Requests to the server's device listener, over TLS with pinned roots and, once joined, the device's certificate. */
import type { IncomingHttpHeaders } from 'node:http'
import { type RequestOptions, request } from 'node:https'
import { isErrorCode, OcelliError } from '@ocelli/schemas/errors'

export interface TlsIdentity {
  /** Root certificates to believe, PEM; no other authority of the system counts. */
  readonly roots: readonly string[]
  /** Absent before enrolment. */
  readonly client?: { readonly privateKey: string; readonly certificate: string }
}

export interface DeviceRequest {
  readonly url: URL
  readonly method: 'GET' | 'POST'
  readonly tls: TlsIdentity
  /** Sent as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Longest silence of the other side. */
  readonly silenceMs: number
}

export interface DeviceResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: AsyncIterable<Uint8Array>
}

/** Largest answer that is read whole. */
const MAX_JSON_BYTES = 1024 * 1024

/** Rejects with `artifact.unavailable` where nobody answers. The body must be read to its end or abandoned by `break`. */
export function send(options: DeviceRequest): Promise<DeviceResponse> {
  const { url, method, tls, silenceMs } = options
  const text = options.body === undefined ? undefined : JSON.stringify(options.body)
  const settings: RequestOptions = {
    method,
    agent: false,
    timeout: silenceMs,
    ca: [...tls.roots],
    minVersion: 'TLSv1.2',
    headers: {
      ...options.headers,
      ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    },
    ...(tls.client && { key: tls.client.privateKey, cert: tls.client.certificate }),
  }
  return new Promise((resolve, reject) => {
    const sent = request(url, settings, (response) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: response })
    })
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${silenceMs} ms`)))
    sent.on('error', (cause) => reject(unavailable(url, cause)))
    sent.end(text)
  })
}

/** Reads a JSON answer; a refusal (problem document) becomes the error whose code it names. */
export async function sendForJson(options: DeviceRequest): Promise<unknown> {
  const response = await send(options)
  const text = await readText(options.url, response)
  if (response.status !== 200 && response.status !== 201) throw problemOf(options.url, response.status, text)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new OcelliError('message.malformed', `${options.url.pathname} did not answer with JSON`, { cause })
  }
}

export async function readText(url: URL, response: DeviceResponse): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of response.body) {
      size += chunk.byteLength
      if (size > MAX_JSON_BYTES) break
      chunks.push(chunk)
    }
  } catch (cause) {
    throw unavailable(url, cause)
  }
  if (size > MAX_JSON_BYTES)
    throw new OcelliError('message.tooLarge', `${url.pathname} answered with over ${MAX_JSON_BYTES} bytes`)
  return Buffer.concat(chunks).toString()
}

/** The error of a refusal, by the code in its problem document where it has one. */
export function problemOf(url: URL, status: number, text: string): OcelliError {
  let problem: unknown
  try {
    problem = JSON.parse(text)
  } catch {
    problem = undefined
  }
  if (typeof problem === 'object' && problem !== null && 'code' in problem) {
    const { code } = problem
    const detail = 'detail' in problem && typeof problem.detail === 'string' ? problem.detail : `status ${status}`
    if (typeof code === 'string' && isErrorCode(code)) return new OcelliError(code, detail)
  }
  if (status === 404) return new OcelliError('request.notFound', `${url.pathname}: not found`)
  return new OcelliError('artifact.unavailable', `${url.pathname} answered with status ${status}`)
}

export function unavailable(url: URL, cause: unknown): OcelliError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new OcelliError('artifact.unavailable', `${url.host} cannot be reached: ${why}`, { cause })
}
