/** Which run of which identity speaks: a message of an older session is stale and ignored. */
import { type Static, Type } from '../typebox.ts'
import { Whole } from '../units.ts'

export const Session = Type.Object(
  {
    certificate: Whole('Issue number of the certificate in use; grows with each renewal', 1),
    start: Whole('Starts of the agent since enrolment', 1),
  },
  {
    description: 'Ordered by certificate, then by start: the numbers of new hardware follow on, its starts begin anew',
  },
)
export type Session = Static<typeof Session>

/** Whether `a` is older than `b`. Certificate numbers of a device only grow; starts grow on one hardware. */
export function isOlderSession(a: Session, b: Session): boolean {
  return a.certificate < b.certificate || (a.certificate === b.certificate && a.start < b.start)
}
