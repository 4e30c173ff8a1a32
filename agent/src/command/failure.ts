/** How a failed command ends: its code, what happened, what to do next, and an exit code for scripts. */
import { type ErrorCode, OcelliError } from '@ocelli/schemas/errors'

export const EXIT = { done: 0, failed: 1, usage: 2, identity: 3, distrust: 4 } as const

interface Advice {
  readonly next: string
  readonly exit: number
}

const ADVICE: Partial<Record<ErrorCode, Advice>> = {
  'flag.invalid': { next: 'ocelli-agent --help', exit: EXIT.usage },
  'request.notFound': {
    next: 'ocelli enroll (where the server runs), then: ocelli-agent join TOKEN',
    exit: EXIT.identity,
  },
  'request.conflict': { next: 'ocelli-agent run, or to join anew: ocelli-agent reset --yes', exit: EXIT.identity },
  'enrolment.invalid': { next: 'ocelli enroll (where the server runs), for a new token', exit: EXIT.failed },
  'enrolment.wrongServer': {
    next: 'ocelli enroll (where the server runs), and compare the address',
    exit: EXIT.distrust,
  },
  'trust.signature': { next: 'ocelli enroll (where the server runs), for a new token', exit: EXIT.distrust },
  'artifact.unavailable': {
    next: 'ocelli doctor (where the server runs): is it up, and is its port open?',
    exit: EXIT.failed,
  },
  'storage.locked': { next: 'ocelli-agent status: another agent runs on this folder', exit: EXIT.failed },
  'storage.newer': { next: 'install the newer agent again', exit: EXIT.failed },
}

/** The text for standard error and the exit code. What is not coded is a defect: it is shown with its stack. */
export function describeFailure(error: unknown): { readonly text: string; readonly exit: number } {
  if (!(error instanceof OcelliError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { text: `ocelli-agent: ${text}`, exit: EXIT.failed }
  }
  const advice = ADVICE[error.code]
  const next = advice ? `\nnext: ${advice.next}` : ''
  return { text: `ocelli-agent: ${error.code}: ${error.message}${next}`, exit: advice?.exit ?? EXIT.failed }
}
