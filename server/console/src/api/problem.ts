/** A refusal of the API (RFC 9457), or that it could not be reached. */
import type { components } from './generated/schema.ts'

type Problem = components['schemas']['Problem']

export class ApiProblem extends Error {
  /** Stable code of the error registry; `console.unreachable` where no answer came. */
  readonly code: string
  readonly title: string
  readonly status: number
  readonly details: Readonly<Record<string, unknown>>
  readonly requestId: string | undefined

  constructor(problem: Pick<Problem, 'code' | 'title' | 'detail' | 'status'> & Partial<Problem>) {
    super(problem.detail)
    this.name = 'ApiProblem'
    this.code = problem.code
    this.title = problem.title
    this.status = problem.status
    this.details = problem.details ?? {}
    this.requestId = problem.requestId
  }
}

export function problemOf(body: unknown, response: Response): ApiProblem {
  if (isProblem(body)) return new ApiProblem(body)
  return new ApiProblem({
    code: 'console.answer',
    title: 'The control plane answered something unexpected',
    detail: `${response.status} ${response.statusText} from ${new URL(response.url).pathname}`,
    status: response.status,
  })
}

export function unreachable(cause: unknown): ApiProblem {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new ApiProblem({
    code: 'console.unreachable',
    title: 'The control plane cannot be reached',
    detail: `The request got no answer (${why}).`,
    status: 0,
  })
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === 'object' && body !== null && 'code' in body && 'detail' in body && typeof body.detail === 'string'
  )
}

/** What a person can do about it, by the code of the refusal. */
export function nextStep({
  code,
  status,
}: ApiProblem): { readonly text: string; readonly command?: string } | undefined {
  if (code === 'console.unreachable') {
    return {
      text: 'See whether it runs; this page goes on by itself when it is back.',
      command: 'npm run ocelli -- doctor',
    }
  }
  if (code === 'auth.missing' || code === 'auth.invalid') {
    return { text: 'Sign in with a token that is valid.', command: 'npm run ocelli -- console' }
  }
  return NEXT[code] ?? (status >= 500 ? { text: 'Try again; the log of the control plane has the cause.' } : undefined)
}

const NEXT: Readonly<Record<string, { readonly text: string; readonly command?: string }>> = {
  'auth.forbidden': { text: 'Ask an administrator for a token with that role (Settings, Access tokens).' },
  'component.exists': {
    text: 'A version never changes its bytes: give the component a new version and sign it again.',
  },
  'component.unknown': { text: 'Push that version first (Components, Push a component).' },
  'component.notWasm': { text: 'Choose the .wasm file that the component toolchain wrote.' },
  'component.coreModule': { text: 'Make a component of the core module: jco new, or the component toolchain.' },
  'trust.unknownPublisher': { text: 'Sign with a key of a publisher in the trust document (Settings, Publishers).' },
  'trust.signature': { text: 'Choose the .sig.json that was written beside this very .wasm file.' },
  'trust.mismatch': { text: 'The signature speaks of other bytes: build and sign again, then choose both files.' },
  'change.planMoved': { text: 'The fleet changed since the plan was made. Look at the new plan, then apply.' },
  'grant.missing': { text: 'List the missing grants under `grants` in the manifest, if you want it to have them.' },
  'request.tooLarge': { text: 'Make it smaller; the limit is in the message.' },
  'server.busy': { text: 'Try again in a moment.' },
}
