/** Takes credentials out of texts about cameras: addresses are logged and reported, what is before the @ never is. */

/** User and password of every address in the text; greedy, as a password may itself hold an @. */
const CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/)[^\s/]*@/gi

export function redact(text: string): string {
  return text.replace(CREDENTIALS, '$1***@')
}

export function hasCredentials(text: string): boolean {
  return redact(text) !== text
}
