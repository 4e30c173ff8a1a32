/** An instance's id: the same for the same deployment, device and slot, over all revisions. */
import type { DeploymentId, DeviceId, InstanceId } from '@ocelli/schemas/ids'
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
  let bytes = new Uint8Array(128)
  return (deployment, device, slot) => {
    const length = deployment.length + device.length + slot.length + 2
    if (length > bytes.length) bytes = new Uint8Array(length)
    let at = write(bytes, 0, deployment)
    bytes[at++] = SLASH
    at = write(bytes, at, device)
    bytes[at++] = SLASH
    write(bytes, at, slot)
    return textOf(hash(bytes, length)) as InstanceId
  }
}

const SLASH = 47

/** Every part is ASCII by its pattern, so characters are bytes. */
function write(bytes: Uint8Array, from: number, text: string): number {
  for (let index = 0; index < text.length; index++) bytes[from + index] = text.charCodeAt(index)
  return from + text.length
}

/** `i-` and `idText` of the first ten bytes, made at once: a plan makes as many as it has placements. */
function textOf(words: Int32Array): string {
  const [a, b, c] = [words[0] as number, words[1] as number, words[2] as number]
  return String.fromCharCode(
    105,
    45,
    code(a >>> 27),
    code(a >>> 22),
    code(a >>> 17),
    code(a >>> 12),
    code(a >>> 7),
    code(a >>> 2),
    code((a << 3) | (b >>> 29)),
    code(b >>> 24),
    code(b >>> 19),
    code(b >>> 14),
    code(b >>> 9),
    code(b >>> 4),
    code((b << 1) | (c >>> 31)),
    code(c >>> 26),
    code(c >>> 21),
    code(c >>> 16),
  )
}

/** Character of five bits, as in `idText`: a to z, then 2 to 7. */
function code(bits: number): number {
  const value = bits & 31
  return value < 26 ? 97 + value : 24 + value
}

export function instanceId(deployment: DeploymentId, device: DeviceId, slot: string): InstanceId {
  return createInstanceIds()(deployment, device, slot)
}
