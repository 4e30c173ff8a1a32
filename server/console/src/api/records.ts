/** Records of kinds that this console knows; those that a newer agent sends are left out. */
import type { components } from './generated/schema.ts'

type AnyOutput = components['schemas']['OutputRecord']
type AnyRecord = AnyOutput['record']
type Known<R> = R extends { kind: infer Kind } ? (string extends Kind ? never : R) : never

export interface OutputRecord extends Omit<AnyOutput, 'record'> {
  readonly record: Known<AnyRecord>
}

const KINDS: ReadonlySet<string> = new Set(['measurement', 'detections', 'event', 'log', 'task', 'lost'])

const isKnown = (output: AnyOutput): output is AnyOutput & OutputRecord => KINDS.has(output.record.kind)

export function knownRecords(outputs: readonly AnyOutput[]): readonly OutputRecord[] {
  return outputs.filter(isKnown)
}
