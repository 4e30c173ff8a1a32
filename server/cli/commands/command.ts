/** `call`, `restart` and `snapshot`: one-off requests to an instance. */
import { writeFile } from 'node:fs/promises'
import type { CommandInfo, SendCommand } from '@ocelli/schemas/api/command'
import type { DeviceDetail } from '@ocelli/schemas/api/device'
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
      await print(device, { action: 'call', instance: instanceId(instance), name, input, timeoutMs }, options.output)
    })

  program
    .command('restart')
    .summary('stop an instance and start it again')
    .argument('<device>', 'name or id')
    .argument('<instance>', 'id, from `ocelli describe device`')
    .addOption(formatOption())
    .action(async (device, instance, options: { output: Format }) => {
      await print(device, { action: 'restart', instance: instanceId(instance), timeoutMs: 10_000 }, options.output)
    })

  program
    .command('snapshot')
    .summary('take a picture where pixels may leave the device, and save it')
    .argument('<device>', 'name or id')
    .argument('[instance]', 'id, from `ocelli describe device`; needed where several may send pictures')
    .option('--save <file>', 'where the JPEG goes')
    .addOption(formatOption())
    .action(async (device: string, instance: string | undefined, options: { save?: string; output: Format }) => {
      await snapshot(device, instance, options)
    })
}

/** As the scheduler writes grants: names of interfaces. */
const PICTURES = /\/images(@|$)/

/** Throws CliError where no instance, or more than one, may send pictures and none is named. */
export async function snapshot(
  device: string,
  wanted: string | undefined,
  options: { readonly save?: string; readonly output: Format },
): Promise<void> {
  const client = Client.fromEnvironment()
  const path = `/devices/${encodeURIComponent(device)}`
  const { placements } = await client.get<DeviceDetail>(path)
  const granted = placements.filter(({ grants }) => grants.some((grant) => PICTURES.test(grant)))
  const [only, ...others] = wanted === undefined ? granted.map((one) => one.instance) : [instanceId(wanted)]
  if (only === undefined) {
    throw new CliError('request.notFound', `no instance on ${device} has the grant images: pixels do not leave it`, {
      next: 'ocelli explain DEPLOYMENT',
    })
  }
  if (others.length > 0) {
    const names = granted.map((one) => `${one.instance} (${one.deploymentName})`).join(', ')
    throw usageError(`several instances on ${device} may send pictures: ${names}`, 'ocelli snapshot DEVICE INSTANCE')
  }
  const done = await send(device, { action: 'snapshot', instance: only, timeoutMs: 10_000 })
  const name = done.output ?? 'snapshot'
  if (options.save !== undefined) {
    const image = await client.bytes(`${path}/images/${only}/${encodeURIComponent(name)}`)
    await writeFile(options.save, image)
  }
  printOne(options.output, done, done.id, () => options.save ?? `taken: ${name} of ${only}`)
}

function instanceId(text: string): InstanceId {
  const id = parseInstanceId(text)
  if (!id) throw usageError(`${text} is no instance id`, 'ocelli describe device DEVICE')
  return id
}

async function print(device: string, body: SendCommand, format: Format): Promise<void> {
  const done = await send(device, body)
  printOne(format, done, done.id, (value) => value.output ?? 'done')
}

async function send(device: string, body: SendCommand): Promise<CommandInfo> {
  const waitMs = Math.min(60_000, (body.timeoutMs ?? 10_000) + 1000)
  const path = `/devices/${encodeURIComponent(device)}/commands`
  const done = await Client.fromEnvironment().post<CommandInfo>(path, { body, query: { waitMs } })
  if (done.state !== 'done') {
    const why = done.error ? `${done.error.message}` : `the command is ${done.state}`
    throw new CliError(done.error?.code ?? 'command.expired', why)
  }
  return done
}
