/** Answers of the device listener: JSON, and problems by RFC 9457 with the stable code of the registry. */
import type { ServerResponse } from 'node:http'
import { ERRORS, type ErrorCode, OcelliError } from '@ocelli/schemas/errors'

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = Buffer.from(JSON.stringify(body))
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': text.byteLength,
    'cache-control': 'no-store',
  })
  response.end(text)
}

/** A failure that is no OcelliError is the server's own, and its text stays in the server. */
export function sendProblem(response: ServerResponse, error: unknown, headers: Record<string, string> = {}): ErrorCode {
  const code = error instanceof OcelliError ? error.code : 'server.internal'
  const { status, title } = ERRORS[code]
  const detail = error instanceof OcelliError ? error.message : title
  const text = Buffer.from(JSON.stringify({ type: `urn:ocelli:error:${code}`, title, status, code, detail }))
  if (response.headersSent) {
    response.destroy()
    return code
  }
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    'content-length': text.byteLength,
    'cache-control': 'no-store',
    ...headers,
  })
  response.end(text)
  return code
}
