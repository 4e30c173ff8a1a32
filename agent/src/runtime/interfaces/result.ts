/** WIT's `result` as jco's glue takes it: returned, not thrown, so a refusal costs no stack trace. */
export type Result<T, E> = { readonly tag: 'ok'; readonly val: T } | { readonly tag: 'err'; readonly val: E }

export const ok = <T>(val: T): { readonly tag: 'ok'; readonly val: T } => ({ tag: 'ok', val })
export const err = <const E>(val: E): { readonly tag: 'err'; readonly val: E } => ({ tag: 'err', val })
