/** What an operation's handler gets and gives, derived from the API table: a handler that does not fit does not compile. */
import type { Operation, OperationId } from '@ocelli/schemas/api/routes'
import type { Static, TSchema } from '@ocelli/schemas/typebox'
import type { Caller } from '../actions/caller.ts'
import type { Refusal } from '../domain/refusal.ts'

/** Answered by a handler of its own, as it is no single answer. */
type StreamingId = 'streamRecords'
export type PlainId = Exclude<OperationId, StreamingId>

type Field<Id extends OperationId, Name extends string, Otherwise> =
  Operation<Id> extends Record<Name, infer S> ? (S extends TSchema ? Static<S> : Otherwise) : Otherwise

export interface Input<Id extends OperationId> {
  readonly caller: Caller
  readonly params: Field<Id, 'params', Record<string, never>>
  readonly query: Field<Id, 'query', Record<string, never>>
  readonly body: Field<Id, 'body', undefined>
  /** The binary body of operations that take one; empty elsewhere. */
  readonly bytes: Uint8Array
  readonly header: (name: string) => string | undefined
}

/** Bytes where the answer is a picture, a stream of them where it is of any length. */
type Response<Id extends OperationId> =
  Operation<Id> extends { readonly responseType: 'image/jpeg' }
    ? Uint8Array
    : Operation<Id> extends { readonly responseType: 'application/x-ndjson' }
      ? AsyncIterable<Uint8Array>
      : Field<Id, 'response', undefined>

/** An answer that is written as it is made, in one of the other types of its route. */
export interface Streamed {
  readonly stream: { readonly type: string; readonly text: AsyncIterable<string> }
}
type Other<Id extends OperationId> = Operation<Id> extends { readonly alsoTypes: readonly unknown[] } ? Streamed : never

/** A response with the usual status, or with the second one of the table. */
export type Answer<Id extends OperationId> = Refusal | Ok<Response<Id>> | Other<Id>
export interface Ok<R> {
  readonly body: R
  readonly status?: number
}

export type Handlers = { readonly [Id in PlainId]: (input: Input<Id>) => Promise<Answer<Id>> }

export function ok<R>(body: R, status?: number): Ok<R> {
  return status === undefined ? { body } : { body, status }
}
