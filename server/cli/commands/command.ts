/** `call` and `restart`: one-off requests to an instance. */
import type { CommandInfo, SendCommand } from '@ocelli/schemas/api/command'
import { type InstanceId, parseInstanceId } from '@ocelli/schemas/ids'
import type { Command } from 'commander'
import { durationMs } from '../arguments.ts'
import { Client } from '../client.ts'
import { CliError, usageError } from '../exit.ts'
import { type Format, formatOption, printOne } from '../format/output.ts'

export function addCommand(program: Command): void {
  program
    .command('call')
    .summary('call the command handler of an instance')
    .argument('<device>', 'name or id')
    .argument('<instance>', 'id, from `ocelli describe device`')
    .argument('<command>', 'name given to the component')
    .argument('[input]', 'text given to the component', '')
    .option('--timeout <duration>', 'how long to wait', '10s')
    .addOption(formatOption())
    .action(async (device, instance, name, input, options: { timeout: string; output: Format }) => {
      const timeoutMs = durationMs(options.timeout)
      await send(device, { action: 'call', instance: instanceId(instance), name, input, timeoutMs }, options.output)
    })

  program
    .command('restart')
    .summary('stop an instance and start it again')
    .argument('<device>', 'name or id')
    .argument('<instance>', 'id, from `ocelli describe device`')
    .addOption(formatOption())
    .action(async (device, instance, options: { output: Format }) => {
      await send(device, { action: 'restart', instance: instanceId(instance), timeoutMs: 10_000 }, options.output)
    })
}

function instanceId(text: string): InstanceId {
  const id = parseInstanceId(text)
  if (!id) throw usageError(`${text} is no instance id`, 'ocelli describe device DEVICE')
  return id
}

async function send(device: string, body: SendCommand, format: Format): Promise<void> {
  const waitMs = Math.min(60_000, (body.timeoutMs ?? 10_000) + 1000)
  const path = `/devices/${encodeURIComponent(device)}/commands`
  const done = await Client.fromEnvironment().post<CommandInfo>(path, { body, query: { waitMs } })
  if (done.state !== 'done') {
    const why = done.error ? `${done.error.message}` : `the command is ${done.state}`
    throw new CliError(done.error?.code ?? 'command.expired', why)
  }
  printOne(format, done, done.id, (value) => value.output ?? 'done')
}
