/** An instance's id: the same for the same deployment, device and slot, over all revisions. */
import { type DeploymentId, type DeviceId, type InstanceId, idText } from '@ocelli/schemas/ids'
import { createSha256 } from './sha256.ts'

/** Slot of an instance that uses no imager. */
export const DEVICE_SLOT = 'device'

/** Slot of the shadow that runs beside the instance of a slot. */
export function shadowSlot(slot: string): string {
  return `shadow:${slot}`
}

/** Makes ids; with buffers of its own, since a plan makes as many as it has placements. */
export type InstanceIds = (deployment: DeploymentId, device: DeviceId, slot: string) => InstanceId

/**
 * The first 80 bits of SHA-256 over `deployment/device/slot`. A hash that nobody can aim: a device chooses its
 * imagers' names and must not reach another instance's id.
 */
export function createInstanceIds(): InstanceIds {
  const hash = createSha256()
  const bytes = new Uint8Array(10)
  return (deployment, device, slot) => {
    // Every part is ASCII by its pattern, so characters are bytes.
    const text = `${deployment}/${device}/${slot}`
    const words = hash(text.length, (index) => text.charCodeAt(index))
    for (let index = 0; index < 10; index++) bytes[index] = (words[index >> 2] as number) >>> (24 - (index & 3) * 8)
    return `i-${idText(bytes)}` as InstanceId
  }
}

export function instanceId(deployment: DeploymentId, device: DeviceId, slot: string): InstanceId {
  return createInstanceIds()(deployment, device, slot)
}
