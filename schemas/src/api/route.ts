/** The shape of one entry of the API table: plain data, from which server, OpenAPI document and clients are made. */

import type { ErrorCode } from '../errors.ts'
import type { TSchema } from '../typebox.ts'
import type { RouteRole } from './access.ts'

export type HttpMethod = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'

export interface RouteShape {
  readonly method: HttpMethod
  /** Below the root; `{name}` marks a parameter. */
  readonly path: string
  readonly role: RouteRole
  /** Only for tokens of the project that looks after the whole installation. */
  readonly installation?: true
  /** One line: what it does. */
  readonly summary: string
  readonly description?: string
  readonly params?: TSchema
  readonly query?: TSchema
  /** Request headers that matter, by name in lower case. */
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly required: boolean }>>
  /** JSON body, or absent. */
  readonly body?: TSchema
  /** Binary body instead of JSON, and its limit. */
  readonly bytes?: { readonly type: string; readonly maxBytes: number }
  /** Status of success; 204 has no response. */
  readonly status: 200 | 201 | 202 | 204
  /** A second status of success, with the same response. */
  readonly alsoStatus?: { readonly status: 202 | 503; readonly when: string }
  readonly response?: TSchema
  /** Type of the response where it is not application/json. */
  readonly responseType?: 'text/event-stream' | 'text/plain' | 'image/jpeg' | 'application/x-ndjson'
  /** Types that a client may ask for instead, by `format` or the header `Accept`; they are streamed. */
  readonly alsoTypes?: readonly ('application/x-ndjson' | 'text/csv')[]
  /** Codes that this route answers on top of `COMMON_ERRORS`. */
  readonly errors: readonly ErrorCode[]
}

/** The second status of an operation that may touch more devices than allowed. */
export const WAITS = {
  status: 202,
  when: 'A change touches more devices than allowed and waits for a person',
} as const satisfies RouteShape['alsoStatus']
