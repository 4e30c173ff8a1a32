/** The API client: paths, parameters and answers are typed by the OpenAPI document. */
import createClient from 'openapi-fetch'
import { takeEarly } from './early.ts'
import type { operations, paths } from './generated/schema.ts'
import { problemOf, unreachable } from './problem.ts'
import { setToken, token } from './token.ts'

/** Fetches with the token of this tab. Rejects with `ApiProblem` where no answer comes. */
export async function authorisedFetch(input: Request): Promise<Response> {
  const held = token()
  if (held !== undefined) input.headers.set('authorization', `Bearer ${held}`)
  let response: Response
  try {
    response = await (takeEarly(input) ?? fetch(input))
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw unreachable(cause)
  }
  // The token ended while the page was open: back to the sign-in form, unless another one is held by now.
  if (response.status === 401 && token() === held) setToken(undefined)
  return response
}

export const api = createClient<paths>({
  baseUrl: location.origin,
  fetch: authorisedFetch,
  querySerializer: { array: { style: 'form', explode: true } },
})

interface Answered<T> {
  readonly data?: T
  readonly error?: unknown
  readonly response: Response
}

/** The answer itself, where it is JSON; some lists are CSV as well when asked. Rejects with `ApiProblem`. */
export async function ask<T>(answering: Promise<Answered<T>>): Promise<Exclude<T, string>> {
  const { data, error, response } = await answering
  if (!response.ok) throw problemOf(error, response)
  return data as Exclude<T, string>
}

type Json<R> = R extends { content: { 'application/json': infer Body } } ? Body : never
type Responses<Id extends keyof operations> = operations[Id]['responses']

/** What an operation answers where all went well. */
export type Answer<Id extends keyof operations> =
  Responses<Id> extends infer All
    ? All extends { 200: infer R }
      ? Json<R>
      : All extends { 201: infer R }
        ? Json<R>
        : All extends { 202: infer R }
          ? Json<R>
          : never
    : never

/** One item of an operation that answers a list. */
export type Item<Id extends keyof operations> = Answer<Id> extends { items: readonly (infer T)[] } ? T : never
