/** An instance's id: the same for the same deployment, device and slot, over all revisions. */
import { type DeploymentId, type DeviceId, type InstanceId, idText } from '@ocelli/schemas/ids'
import { sha256 } from './sha256.ts'

/** Slot of an instance that uses no imager. */
export const DEVICE_SLOT = 'device'

/** A hash that nobody can aim: a device chooses its imagers' names and must not reach another instance's id. */
export function instanceId(deployment: DeploymentId, device: DeviceId, slot: string): InstanceId {
  return `i-${idText(sha256(`${deployment}/${device}/${slot}`))}` as InstanceId
}
