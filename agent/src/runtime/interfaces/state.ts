/** ocelli:sensing/state: values that survive a restart. */
import type { GuestContext, HostInterface } from './guest-context.ts'
import { err, ok, type Result } from './result.ts'
import { checkName } from './text-rules.ts'

type StateError =
  | { readonly tag: 'invalid-key' }
  | { readonly tag: 'too-large'; readonly val: number }
  | { readonly tag: 'failed'; readonly val: string }

const MAX_VALUE_BYTES = 65_536
const MAX_TOTAL_BYTES = 1_048_576
const MAX_KEYS = 256

export function stateInterface({ state }: GuestContext): HostInterface {
  return {
    get: (key: string) => withKey(key, () => ok(state.get(key))),
    set: (key: string, value: Uint8Array) =>
      withKey(key, () => {
        if (value.length > MAX_VALUE_BYTES) return err({ tag: 'too-large' as const, val: MAX_VALUE_BYTES })
        const keys = state.keys()
        const others = keys.filter((held) => held !== key)
        if (others.length >= MAX_KEYS) return err({ tag: 'failed' as const, val: `there are ${MAX_KEYS} keys already` })
        const held = others.reduce((sum, other) => sum + other.length + (state.get(other)?.length ?? 0), 0)
        if (held + key.length + value.length > MAX_TOTAL_BYTES) {
          return err({ tag: 'too-large' as const, val: MAX_TOTAL_BYTES })
        }
        state.set(key, value.slice())
        return ok(undefined)
      }),
    delete: (key: string) =>
      withKey(key, () => {
        state.delete(key)
        return ok(undefined)
      }),
    keys: () => ok([...state.keys()].sort()),
  }
}

function withKey<T>(key: string, act: () => Result<T, StateError>): Result<T, StateError> {
  if (checkName('key', key) !== undefined) return err({ tag: 'invalid-key' })
  try {
    return act()
  } catch (error) {
    return err({ tag: 'failed', val: error instanceof Error ? error.message : String(error) })
  }
}
