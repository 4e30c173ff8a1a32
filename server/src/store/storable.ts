/**
 * PostgreSQL's text has neither U+0000 nor lone surrogates. A device may send them in a name, a log line or a label,
 * and one such record must not stop its stream: they become U+FFFD, in every adapter alike.
 */

/** How either shows in the text that JSON.stringify writes; an escaped backslash before it costs a needless rewrite. */
const UNSTORABLE = /\\u(?:0000|d[89a-f][0-9a-f]{2})/

export function storableText(text: string): string {
  return text.replaceAll('\u0000', '\ufffd').toWellFormed()
}

/** Whether a database takes this JSON as it is: then so it does every text in it. */
export function isStorable(json: string): boolean {
  return !UNSTORABLE.test(json)
}

/** The value as JSON that a database takes. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value)
  return UNSTORABLE.test(json) ? JSON.stringify(cleaned(JSON.parse(json))) : json
}

/** A copy of a JSON value as it would come back out of a database. */
export function storable<T>(value: T): T {
  const copy = structuredClone(value)
  return UNSTORABLE.test(JSON.stringify(value)) ? (cleaned(copy) as T) : copy
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value)
  if (Array.isArray(value)) return value.map(cleaned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [storableText(key), cleaned(item)]))
}
