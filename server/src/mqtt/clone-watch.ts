/** Notices two holders of one certificate: each takes the session over from the other, again and again. */
import type { DeviceId } from '@ocelli/schemas/ids'

/** One takeover is a device that lost its network and came back; this many in the window are two devices. */
const TAKEOVERS = 3
const WINDOW_MS = 60_000
/** A clone is reported once in this time, not at each takeover. */
const QUIET_MS = 600_000

export class CloneWatch {
  private readonly recent = new Map<DeviceId, number[]>()
  private readonly reportedAtMs = new Map<DeviceId, number>()

  /** Counts a takeover of a live session; true where it should be reported now. `nowMs` is monotonic. */
  takeover(device: DeviceId, nowMs: number): boolean {
    for (const [other, times] of this.recent) {
      if ((times.at(-1) ?? 0) <= nowMs - WINDOW_MS) this.recent.delete(other)
    }
    const times = [...(this.recent.get(device) ?? []), nowMs].filter((time) => time > nowMs - WINDOW_MS)
    this.recent.set(device, times.slice(-TAKEOVERS))
    if (times.length < TAKEOVERS) return false
    const reported = this.reportedAtMs.get(device)
    if (reported !== undefined && nowMs - reported < QUIET_MS) return false
    this.reportedAtMs.set(device, nowMs)
    return true
  }
}
