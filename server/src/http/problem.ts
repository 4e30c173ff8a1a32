/** Every refusal as a problem document (RFC 9457) with a stable code; what was not expected is logged and not told. */
import { PROBLEM_TYPE_PREFIX, type Problem } from '@ocelli/schemas/api/problem'
import { ERRORS, type ErrorCode, OcelliError } from '@ocelli/schemas/errors'
import type { FastifyReply, FastifyRequest } from 'fastify'

const PROBLEM_CONTENT_TYPE = 'application/problem+json'

export interface Refused {
  readonly code: ErrorCode
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>> | undefined
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, refused: Refused): FastifyReply {
  const problem = problemOf(request, refused)
  if (refused.code === 'auth.missing' || refused.code === 'auth.invalid') {
    reply.header('www-authenticate', 'Bearer realm="ocelli"')
  }
  if (problem.retry) reply.header('retry-after', '1')
  return reply.code(problem.status).type(PROBLEM_CONTENT_TYPE).send(JSON.stringify(problem))
}

/** What was thrown, as far as a caller may know it. */
export function refusedBy(error: unknown): Refused {
  if (error instanceof OcelliError) return { code: error.code, message: error.message, details: error.details }
  const { status, code, message } = frameworkError(error)
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return { code: 'request.invalid', message }
  if (status === 413) return { code: 'request.tooLarge', message }
  if (status >= 400 && status < 500) return { code: 'request.invalid', message }
  return { code: 'server.internal', message: 'The server failed on this request; its log has the cause' }
}

function problemOf(request: FastifyRequest, { code, message, details }: Refused): Problem {
  const { status, title, retry } = ERRORS[code]
  return {
    type: `${PROBLEM_TYPE_PREFIX}${code}`,
    title,
    status,
    code,
    detail: message,
    instance: request.url.split('?')[0] ?? request.url,
    requestId: request.id,
    retry,
    ...(details !== undefined && { details }),
  }
}

/** The web framework's own refusals (a body that is no JSON, a header too long) carry a status and a code. */
function frameworkError(error: unknown): { readonly status: number; readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { status: 500, code: '', message: '' }
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return { status, code, message: error.message }
}
