/** Which run of which identity speaks: a message of an older session is stale and ignored. */
import { type Static, Type } from 'typebox'
import { Whole } from '../units.ts'

export const Session = Type.Object(
  {
    certificate: Whole('Issue number of the certificate in use; grows with each renewal', 1),
    start: Whole('Starts of the agent since enrolment', 1),
  },
  { description: 'Ordered by start: certificate numbers may change within one start' },
)
export type Session = Static<typeof Session>

/** Whether `a` is older than `b`: the start counter decides, as it alone grows with each run of the agent. */
export function isOlderSession(a: Session, b: Session): boolean {
  return a.start < b.start || (a.start === b.start && a.certificate < b.certificate)
}
