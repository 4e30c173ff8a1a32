/** A one-off request to an instance on a device that is online. */
import type { CommandInfo, SendCommand } from '@ocelli/schemas/api/command'
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts'
import { audited, type Caller } from './caller.ts'
import type { ActionContext } from './context.ts'
import { findDevice } from './devices.ts'
import { recordAudit } from './record-audit.ts'

const DEFAULT_TIMEOUT_MS = 10_000

export async function sendCommand(
  context: ActionContext,
  caller: Caller,
  key: string,
  { instance, action, name, input, timeoutMs = DEFAULT_TIMEOUT_MS }: SendCommand,
): Promise<CommandInfo | Refusal> {
  const device = await findDevice(context, caller, key)
  if (isRefusal(device)) return device
  if (device.presence !== 'online' || device.session === undefined) {
    return refusal(
      'request.conflict',
      `device ${device.name} is ${device.presence}: commands go to online devices only`,
    )
  }
  if (!device.desired?.instances.some(({ id }) => id === instance)) {
    return refusal('request.notFound', `device ${device.name} should run no instance ${instance}`)
  }
  const atMs = context.clock.wallMs()
  const detail = { device: device.id, instance, action, ...(name !== undefined && { name }) }
  await recordAudit(context, audited(caller, atMs, 'command.send', device.name, detail))
  const sent = await context.commands.send(device.id, {
    start: device.session.start,
    timeoutMs,
    action,
    instance,
    ...(name !== undefined && { name }),
    ...(input !== undefined && { input }),
  })
  return sent ?? refusal('server.busy', `the broker could not take the command for ${device.name}`)
}
