/**
 * The last picture of each name by each instance, in memory: pixels are for looking at now, and are no history. Bounded
 * per device and altogether, so that no device can push the others' pictures out by sending many names.
 */
import type { ImageInfo } from '@ocelli/schemas/api/image'
import { type DeviceId, type InstanceId, parseInstanceId } from '@ocelli/schemas/ids'
import { MAX_IMAGE_BYTES } from '@ocelli/schemas/messages/index'
import type { Clock } from '../ports.ts'
import type { Problems } from './problems.ts'

const KEPT_PER_DEVICE = 16
/** All devices together. */
const KEPT_BYTES = 128 * 1024 * 1024

interface Kept {
  readonly info: ImageInfo
  readonly jpeg: Uint8Array
}

export interface Images {
  take(device: DeviceId, levels: readonly string[], payload: Uint8Array): void
  /** By instance and name. */
  list(device: DeviceId): readonly ImageInfo[]
  get(device: DeviceId, instance: InstanceId, name: string): Uint8Array | undefined
  forget(device: DeviceId): void
}

export function createImages(clock: Pick<Clock, 'wallMs'>, problems: Problems): Images {
  /** Both maps in order of arrival: the first entry is the oldest. */
  const devices = new Map<DeviceId, Map<string, Kept>>()
  let bytes = 0

  const remove = (device: DeviceId, key: string) => {
    const kept = devices.get(device)
    bytes -= kept?.get(key)?.jpeg.byteLength ?? 0
    kept?.delete(key)
    if (kept?.size === 0) devices.delete(device)
  }
  const removeOldest = (device: DeviceId) => {
    const key = devices.get(device)?.keys().next().value
    if (key !== undefined) remove(device, key)
  }

  return {
    take(device, [instanceText = '', name = ''], jpeg) {
      const instance = parseInstanceId(instanceText)
      const wrong = instance === undefined ? `no instance "${instanceText}"` : refusalOf(jpeg)
      if (instance === undefined || wrong !== undefined) {
        const code = jpeg.byteLength > MAX_IMAGE_BYTES ? 'message.tooLarge' : 'message.invalid'
        return problems.add(device, 'image', code, `image ${name}: ${wrong}`)
      }
      const key = `${instance} ${name}`
      remove(device, key)
      const kept = devices.get(device) ?? new Map<string, Kept>()
      devices.delete(device)
      devices.set(device, kept)
      const info = { instance, name, sizeBytes: jpeg.byteLength, receivedAtMs: clock.wallMs() }
      kept.set(key, { info, jpeg })
      bytes += jpeg.byteLength
      if (kept.size > KEPT_PER_DEVICE) removeOldest(device)
      for (const [oldest] of devices) {
        if (bytes <= KEPT_BYTES) return
        while (bytes > KEPT_BYTES && devices.has(oldest)) removeOldest(oldest)
      }
    },
    list: (device) => [...(devices.get(device) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { info }]) => info),
    get: (device, instance, name) => devices.get(device)?.get(`${instance} ${name}`)?.jpeg,
    forget(device) {
      for (const key of [...(devices.get(device)?.keys() ?? [])]) remove(device, key)
    },
  }
}

/** What is wrong with the bytes; a JPEG begins with the markers SOI and another (ITU-T T.81, B.1.1.3). */
function refusalOf(jpeg: Uint8Array): string | undefined {
  if (jpeg.byteLength > MAX_IMAGE_BYTES) return `${jpeg.byteLength} bytes, the limit is ${MAX_IMAGE_BYTES}`
  return jpeg[0] === 0xff && jpeg[1] === 0xd8 && jpeg[2] === 0xff ? undefined : 'no JPEG'
}
