/** How an error travels: a stable code for programs, a sentence for people, and when it happened. */
import { type Static, Type } from '../typebox.ts'
import { Text, WallMs } from '../units.ts'

export const ErrorReport = Type.Object({
  code: Type.String({
    maxLength: 64,
    description: 'A code of the error registry; a newer peer may send one unknown here',
  }),
  message: Text('What was tried, with which value, and what came of it', 2048),
  atMs: Type.Optional(WallMs('When it happened, by the reporter')),
})
export type ErrorReport = Static<typeof ErrorReport>
