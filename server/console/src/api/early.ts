/**
 * Questions that every page asks, sent while the browser still loads the console itself: the answers are on their way
 * when the first page is drawn. This file is part of what is loaded before everything else, so it imports nothing large.
 */
import { token } from './token.ts'

const PATHS = ['/api/v1/status', '/api/v1/whoami']
const early = new Map<string, { readonly token: string; readonly response: Promise<Response> }>()

export function askEarly(): void {
  const held = token()
  if (held === undefined) return
  for (const path of PATHS) {
    const response = fetch(path, { headers: { authorization: `Bearer ${held}` } })
    // Whoever takes it hears of the failure; where nobody does, nobody has to.
    response.catch(() => {})
    early.set(location.origin + path, { token: held, response })
  }
}

/** The answer to a question that was sent early, once, and only for the token that asked it. */
export function takeEarly({ method, url }: Request): Promise<Response> | undefined {
  const found = early.get(url)
  if (method !== 'GET' || found === undefined) return undefined
  early.delete(url)
  return found.token === token() ? found.response : undefined
}
