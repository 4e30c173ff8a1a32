/** ocelli:sensing/events: things that happened. */
import type { GuestContext, HostInterface } from './guest-context.ts'
import type { OutputError } from './output-gate.ts'
import { err, type Result } from './result.ts'
import { checkFinite, checkName, checkWord, firstProblem } from './text-rules.ts'

type AttributeValue =
  | { readonly tag: 'number'; readonly val: number }
  | { readonly tag: 'flag'; readonly val: boolean }
  | { readonly tag: 'word'; readonly val: string }

interface Attribute {
  readonly name: string
  readonly value: AttributeValue
}

const MAX_ATTRIBUTES = 16

export function eventsInterface({ outputs }: GuestContext): HostInterface {
  return {
    publish(
      kind: string,
      severity: 'info' | 'warning' | 'critical',
      attributes: readonly Attribute[],
    ): Result<undefined, OutputError> {
      const problem = firstProblem(
        checkName('kind', kind),
        attributes.length > MAX_ATTRIBUTES
          ? `${attributes.length} attributes are more than ${MAX_ATTRIBUTES}`
          : undefined,
        ...attributes.map(checkAttribute),
      )
      if (problem !== undefined) return err({ tag: 'invalid', val: problem })
      return outputs.publish({
        kind: 'event',
        name: kind,
        severity,
        attributes: Object.fromEntries(attributes.map(({ name, value }) => [name, value.val])),
      })
    },
  }
}

function checkAttribute({ name, value }: Attribute): string | undefined {
  const problem = checkName('attribute', name)
  if (problem !== undefined) return problem
  if (value.tag === 'number') return checkFinite(`attribute ${name}`, value.val)
  return value.tag === 'word' ? checkWord(value.val) : undefined
}
