/** One message: its type, validator, size limit and place on the wire come from one definition. */

import { type ErrorCode, OcelliError } from './errors.ts'
import { compileNormaliser } from './open-enum.ts'
import type { Static, TSchema } from './typebox.ts'
import { Compile } from './typebox.ts'

export type Direction = 'deviceToServer' | 'serverToDevice'

export interface MessageDefinition<S extends TSchema> {
  readonly name: string
  readonly schema: S
  readonly from: Direction
  /** Topic levels after `ocelli/v1/<device>/`; `{name}` marks a variable level. */
  readonly topic: string
  readonly qos: 0 | 1
  readonly retained: boolean
  /** Largest payload, refused at both ends. */
  readonly maxBytes: number
  readonly description: string
}

/** What a refused message was refused for. `path` is a JSON pointer to the first wrong field. */
export interface ParseRefusal {
  readonly ok: false
  readonly code: ErrorCode & ('message.malformed' | 'message.invalid' | 'message.tooLarge')
  readonly message: string
}
export type Parsed<T> = { readonly ok: true; readonly value: T } | ParseRefusal

export interface Message<S extends TSchema> extends MessageDefinition<S> {
  /** Reads a payload from the wire. Unknown fields are kept unread, unknown enumeration values become `unknown`. */
  parse(payload: Uint8Array): Parsed<Static<S>>
  /** Checks a value that was read from JSON elsewhere. */
  check(value: unknown): Parsed<Static<S>>
  /** Throws OcelliError `message.tooLarge` where the text would exceed the limit. */
  encode(value: Static<S>): Uint8Array
}

const decoder = new TextDecoder('utf-8', { fatal: true })
const encoder = new TextEncoder()

export function defineMessage<S extends TSchema>(definition: MessageDefinition<S>): Message<S> {
  const read = validator(definition.schema)
  const check = (value: unknown): Parsed<Static<S>> => {
    const result = read(value)
    return result.ok ? result : { ...result, message: `${definition.name}: ${result.message}` }
  }
  return {
    ...definition,
    check,
    parse(payload) {
      if (payload.byteLength > definition.maxBytes) {
        return {
          ok: false,
          code: 'message.tooLarge',
          message: `${definition.name}: ${payload.byteLength} bytes, the limit is ${definition.maxBytes}`,
        }
      }
      let value: unknown
      try {
        value = JSON.parse(decoder.decode(payload))
      } catch (cause) {
        return { ok: false, code: 'message.malformed', message: `${definition.name}: ${String(cause)}` }
      }
      return check(value)
    },
    encode(value) {
      const payload = encoder.encode(JSON.stringify(value))
      if (payload.byteLength > definition.maxBytes) {
        throw new OcelliError(
          'message.tooLarge',
          `${definition.name}: ${payload.byteLength} bytes, the limit is ${definition.maxBytes}`,
        )
      }
      return payload
    },
  }
}

/**
 * A reader of unknown values; the first wrong field is named with what it should be. The schema is compiled when the
 * first value comes: a process knows the messages of both directions, and reads those of one.
 */
export function validator<S extends TSchema>(schema: S): (value: unknown) => Parsed<Static<S>> {
  const compile = () => ({ compiled: Compile(schema), normalise: compileNormaliser(schema) })
  let made: ReturnType<typeof compile> | undefined
  return (value) => {
    made ??= compile()
    const { compiled, normalise } = made
    if (compiled.Check(value)) {
      return { ok: true, value: (normalise ? normalise(value) : value) as Static<S> }
    }
    const problems = compiled.Errors(value).slice(0, 5)
    const text = problems.map((problem) => `${problem.instancePath || '/'} ${problem.message}`).join('; ')
    return { ok: false, code: 'message.invalid', message: text || 'does not have the documented shape' }
  }
}
