/** Ends of a device's life: its certificates are revoked, or it is deleted. */
import type { ApplyResponse } from '@ocelli/schemas/api/change'
import { parseDeviceId } from '@ocelli/schemas/ids'
import type { DeviceRow } from '../domain/records.ts'
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts'
import { actionOf, appliedView } from './apply-changes.ts'
import { audited, type Caller } from './caller.ts'
import { commitChange } from './commit-change.ts'
import type { ActionContext } from './context.ts'

/** A device of the caller's project, by id or by name. */
export async function findDevice(
  { store }: Pick<ActionContext, 'store'>,
  { project }: Pick<Caller, 'project'>,
  key: string,
): Promise<DeviceRow | Refusal> {
  const id = parseDeviceId(key)
  const byId = id && (await store.device(id))
  const row = byId?.project === project ? byId : await store.deviceByName(project, key)
  return row ?? refusal('request.notFound', `there is no device ${key}`)
}

export async function deleteDevice(
  context: ActionContext,
  caller: Caller,
  key: string,
): Promise<ApplyResponse | Refusal> {
  const device = await findDevice(context, caller, key)
  if (isRefusal(device)) return device
  const change = { kind: 'deleteDevice', device: device.id } as const
  const done = await commitChange(context, caller, change, { action: actionOf(change.kind), subject: device.name })
  if (isRefusal(done)) return done
  if (done.outcome === 'applied') await context.wake.deviceGone(device.id)
  return appliedView(change.kind, device.name, done)
}

/** Answers the serial numbers that became revoked. The device stays, and enrols anew only with a token. */
export async function revokeDevice(
  context: ActionContext,
  caller: Caller,
  key: string,
): Promise<readonly string[] | Refusal> {
  const device = await findDevice(context, caller, key)
  if (isRefusal(device)) return device
  const atMs = context.clock.wallMs()
  const audit = audited(caller, atMs, 'device.revoke', device.name, { device: device.id })
  const serials = await context.store.revokeCertificates(device.id, atMs, audit)
  context.wake.upkeep()
  await context.bus.disconnect(device.id)
  return serials
}
