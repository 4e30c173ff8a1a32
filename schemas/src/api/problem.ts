/** How every refusal is answered over HTTP: RFC 9457 problem details, with a stable code. */
import { type Static, Type } from '../typebox.ts'

export const PROBLEM_TYPE_PREFIX = 'urn:ocelli:error:'

export const Problem = Type.Object(
  {
    type: Type.String({ description: '`urn:ocelli:error:` and the code' }),
    title: Type.String({ description: 'What the code means' }),
    status: Type.Integer({ minimum: 400, maximum: 599, description: 'HTTP status' }),
    code: Type.String({ description: 'A code of the error registry' }),
    detail: Type.String({ description: 'What was tried, with which value, and what came of it' }),
    instance: Type.String({ description: 'Path of the request' }),
    requestId: Type.String({ description: 'Names the request in the log of the server' }),
    retry: Type.Boolean({ description: 'Whether the same request may succeed later without a change' }),
    details: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'Facts for programs, for instance the fields in error',
      }),
    ),
  },
  { $id: 'Problem', description: 'A refusal (RFC 9457, application/problem+json)' },
)
export type Problem = Static<typeof Problem>
