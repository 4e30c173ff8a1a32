/** How the CLI ends: exit codes are part of its interface and are listed in `ocelli --help`. */
import type { ErrorCode } from '@ocelli/schemas/errors'

export const EXIT = {
  done: 0,
  failed: 1,
  /** Something cannot be placed: a deployment found no device, or an import or grant is missing. */
  notPlaced: 2,
  /** The change touches more devices than allowed, or the rollout is paused or waits for approval: a person decides. */
  waiting: 3,
  /** Of `rollout status`: how the rollout ended where it did not complete. */
  rolledBack: 4,
  aborted: 5,
  superseded: 6,
  /** A flag or argument is not valid. */
  usage: 64,
} as const

/** A failure to show a person: what, why, and the next command. */
export class CliError extends Error {
  readonly code: string
  readonly next: string | undefined
  readonly exitCode: number

  constructor(
    code: ErrorCode | (string & {}),
    message: string,
    options: { next?: string; exitCode?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'CliError'
    this.code = code
    this.next = options.next
    this.exitCode = options.exitCode ?? EXIT.failed
  }
}

export function usageError(message: string, next?: string): CliError {
  return new CliError('flag.invalid', message, { exitCode: EXIT.usage, ...(next === undefined ? {} : { next }) })
}
