/** What was refused of each device: counted by code, and the last few kept for people. Bounded in both directions. */
import type { DeviceProblem } from '@ocelli/schemas/api/device'
import type { ErrorCode } from '@ocelli/schemas/errors'
import type { DeviceId } from '@ocelli/schemas/ids'
import type { Clock } from '../ports.ts'

const KEPT_PER_DEVICE = 20
const KEPT_DEVICES = 10_000
/** A message of a hostile device must not fill the memory by way of its error. */
const MAX_MESSAGE_LENGTH = 500

export interface Problems {
  add(device: DeviceId | undefined, topic: string, code: ErrorCode, message: string): void
  /** Newest first. */
  of(device: DeviceId): readonly DeviceProblem[]
  forget(device: DeviceId): void
  /** By code, since the start. */
  counts(): ReadonlyMap<ErrorCode, number>
}

export function createProblems(clock: Pick<Clock, 'wallMs'>): Problems {
  const byDevice = new Map<DeviceId, DeviceProblem[]>()
  const byCode = new Map<ErrorCode, number>()
  return {
    add(device, topic, code, message) {
      byCode.set(code, (byCode.get(code) ?? 0) + 1)
      if (device === undefined) return
      const ring = byDevice.get(device) ?? []
      // Moved to the end: the device that was quiet longest is the one to be forgotten.
      byDevice.delete(device)
      byDevice.set(device, ring)
      const oldest = byDevice.keys().next().value
      if (byDevice.size > KEPT_DEVICES && oldest !== undefined) byDevice.delete(oldest)
      const entry = { topic, code, message: message.slice(0, MAX_MESSAGE_LENGTH), atMs: clock.wallMs(), count: 1 }
      const last = ring[0]
      if (last !== undefined && last.code === code && last.topic === topic) {
        ring[0] = { ...entry, count: last.count + 1 }
        return
      }
      ring.unshift(entry)
      ring.length = Math.min(ring.length, KEPT_PER_DEVICE)
    },
    of: (device) => byDevice.get(device) ?? [],
    forget: (device) => void byDevice.delete(device),
    counts: () => byCode,
  }
}
