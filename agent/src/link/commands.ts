/** Commands: each id is done at most once in a session, and answered each time it is seen. */
import type { CommandId, InstanceId } from '@ocelli/schemas/ids'
import {
  type Command,
  command as commandMessage,
  type Result,
  result as resultMessage,
} from '@ocelli/schemas/messages/command'
import type { Clock, Log } from '../ports.ts'
import { reportOf } from '../run/coded.ts'
import type { RunningInstance } from '../runtime/host.ts'

export interface CommandTargets {
  running(id: InstanceId): RunningInstance | undefined
  restart(id: InstanceId): boolean
  snapshot(id: InstanceId, name: string, timeoutMs: number): Promise<void>
}

export interface CommandOptions {
  readonly clock: Clock
  readonly log: Log
  /** Start counter of this run of the agent. */
  readonly start: number
  readonly targets: CommandTargets
  readonly answer: (id: CommandId, payload: Uint8Array) => void
}

/** Ids remembered; at QoS 1 a repetition follows its first within a connection or two. */
const REMEMBERED = 1000

/** A topic level that no broker reads as something else. */
export const IMAGE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
/** A snapshot that cannot be, as against one that failed. */
const NOT_TRIED: ReadonlySet<string> = new Set(['request.notFound', 'grant.missing', 'imager.missing'])

export class Commands {
  readonly #options: CommandOptions
  /** `undefined` while the command is being done. */
  readonly #results = new Map<CommandId, Result | undefined>()

  constructor(options: CommandOptions) {
    this.#options = options
  }

  receive(id: CommandId, payload: Uint8Array): void {
    if (this.#results.has(id)) {
      const earlier = this.#results.get(id)
      if (earlier !== undefined) this.#send(id, earlier)
      return
    }
    const parsed = commandMessage.parse(payload)
    if (!parsed.ok) {
      this.#finish(id, refused(parsed.code, parsed.message))
      return
    }
    // Meant for another run of the agent, whose server has given up on it: not even an answer.
    if (parsed.value.start !== this.#options.start) {
      this.#options.log('info', `command ${id} is of start ${parsed.value.start}, this is ${this.#options.start}`)
      return
    }
    this.#remember(id)
    void this.#run(parsed.value).then((result) => this.#finish(id, result))
  }

  async #run(command: Command): Promise<Result> {
    const { targets, clock } = this.#options
    const { action, instance } = command
    if (action === 'restart') {
      return targets.restart(instance) ? { outcome: 'done' } : refused('request.notFound', `no instance ${instance}`)
    }
    if (action === 'snapshot') return this.#snapshot(command)
    if (action !== 'call') return refused('command.unsupported', 'this agent does not know the action')
    const running = targets.running(instance)
    if (running === undefined) return refused('request.notFound', `instance ${instance} does not run`)
    if (!running.exports.command) return refused('command.unsupported', `instance ${instance} takes no commands`)
    try {
      const output = await running.command(command.name ?? '', command.input ?? '', command.timeoutMs)
      return { outcome: 'done', output }
    } catch (cause) {
      return { outcome: 'failed', error: reportOf(cause, 'command.failed', clock.wallMs()) }
    }
  }

  async #snapshot({ instance, name = 'snapshot', timeoutMs }: Command): Promise<Result> {
    if (!IMAGE_NAME.test(name)) return refused('message.invalid', `"${name}" is no name of an image`)
    try {
      await this.#options.targets.snapshot(instance, name, timeoutMs)
      return { outcome: 'done', output: name }
    } catch (cause) {
      const error = reportOf(cause, 'command.failed', this.#options.clock.wallMs())
      return { outcome: NOT_TRIED.has(error.code) ? 'refused' : 'failed', error }
    }
  }

  #finish(id: CommandId, result: Result): void {
    this.#remember(id)
    this.#results.set(id, result)
    this.#send(id, result)
  }

  #send(id: CommandId, result: Result): void {
    let payload: Uint8Array
    try {
      payload = resultMessage.encode(result)
    } catch (cause) {
      const error = reportOf(cause, 'message.tooLarge', this.#options.clock.wallMs())
      payload = resultMessage.encode({ outcome: 'failed', error })
    }
    this.#options.answer(id, payload)
  }

  #remember(id: CommandId): void {
    if (!this.#results.has(id)) this.#results.set(id, undefined)
    for (const oldest of this.#results.keys()) {
      if (this.#results.size <= REMEMBERED) return
      this.#results.delete(oldest)
    }
  }
}

const refused = (code: string, message: string): Result => ({ outcome: 'refused', error: { code, message } })
