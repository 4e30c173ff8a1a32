/** How calls and instances end, in the codes of the registry. */
import { isErrorCode, OcelliError } from '@ocelli/schemas/errors'
import type { InstanceId } from '@ocelli/schemas/ids'
import type { CommandAnswer } from './guest.ts'
import type { InstanceEnd } from './host.ts'
import { GuestExit } from './wasi/cli.ts'

/** Any throw out of a guest's thread as the coded error that ends the instance. */
export function endOf(error: unknown, where: string): OcelliError {
  if (error instanceof OcelliError) return error
  if (error instanceof GuestExit) return new OcelliError('instance.exit', `${where}: ${error.message}`)
  const message = error instanceof Error ? error.message : String(error)
  return new OcelliError('instance.host', `${where}: ${message}`, { cause: error })
}

/** A command's result, or the coded error that its caller gets. */
export function commandResult(name: string, answer: CommandAnswer): string | OcelliError {
  if (answer.kind === 'done') return answer.result
  if (answer.kind === 'unknown') return new OcelliError('command.unsupported', `The component knows no command ${name}`)
  return new OcelliError('command.failed', `Command ${name}: ${answer.reason}`)
}

/** What the caller of a command gets when the instance ended first: the code it ended with. */
export function goneError(id: InstanceId, end: InstanceEnd | undefined): OcelliError {
  if (end?.kind !== 'failed')
    return new OcelliError('command.failed', `Instance ${id} ended before the command was done`)
  const { code, message } = end.error
  return new OcelliError(isErrorCode(code) ? code : 'command.failed', message)
}

/** A failure as it travelled, as the error it was. */
export function toError({ code, message }: { readonly code: string; readonly message: string }): OcelliError {
  return new OcelliError(isErrorCode(code) ? code : 'instance.host', message)
}
