/**
 * The access token of this tab. It comes in the fragment of the address, which browsers never send, or from the
 * sign-in form; it is kept for the tab alone and leaves only in the Authorization header.
 */
const KEY = 'ocelli.token'
const listeners = new Set<() => void>()

export function token(): string | undefined {
  return sessionStorage.getItem(KEY) ?? undefined
}

export function setToken(text: string | undefined): void {
  if (text === undefined) sessionStorage.removeItem(KEY)
  else sessionStorage.setItem(KEY, text)
  for (const listener of listeners) listener()
}

export function onTokenChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Takes `#token=...` out of the address, so that a copied address or the history does not carry it. */
export function takeTokenFromAddress(): void {
  const found = new URLSearchParams(location.hash.slice(1)).get('token')
  if (found === null) return
  setToken(found)
  history.replaceState(history.state, '', location.pathname + location.search)
}
