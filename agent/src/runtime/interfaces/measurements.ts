/** ocelli:sensing/measurements: numbers over time. */
import type { GuestContext, HostInterface } from './guest-context.ts'
import type { OutputError } from './output-gate.ts'
import { err, type Result } from './result.ts'
import { checkFinite, checkLength, checkName, firstProblem } from './text-rules.ts'

interface Label {
  readonly key: string
  readonly value: string
}

const MAX_LABELS = 8

export function measurementsInterface({ outputs }: GuestContext): HostInterface {
  return {
    publish(name: string, unit: string, value: number, labels: readonly Label[]): Result<undefined, OutputError> {
      const problem = firstProblem(
        checkName('name', name),
        checkLength('unit', unit, 1, 32),
        checkFinite('value', value),
        labels.length > MAX_LABELS ? `${labels.length} labels are more than ${MAX_LABELS}` : undefined,
        ...labels.map((label) =>
          firstProblem(checkName('label', label.key), checkLength(`label ${label.key}`, label.value, 0, 64)),
        ),
      )
      if (problem !== undefined) return err({ tag: 'invalid', val: problem })
      return outputs.publish({
        kind: 'measurement',
        name,
        unit,
        value,
        ...(labels.length > 0 && { labels: Object.fromEntries(labels.map((label) => [label.key, label.value])) }),
      })
    },
  }
}
