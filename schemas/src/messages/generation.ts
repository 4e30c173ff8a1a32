/** The number of a desired state: the epoch rises with each restore of the server, the counter with each change. */
import { type Static, Type } from '../typebox.ts'
import { Whole } from '../units.ts'

export const Generation = Type.Object(
  { epoch: Whole('Rises when the server is restored from a backup', 1), counter: Whole('Rises with each change') },
  { description: 'Ordered by epoch, then counter; an agent refuses an older one' },
)
export type Generation = Static<typeof Generation>

/** Negative where `a` is older than `b`, 0 where equal, positive where newer. */
export function compareGenerations(a: Generation, b: Generation): number {
  return a.epoch - b.epoch || a.counter - b.counter
}
