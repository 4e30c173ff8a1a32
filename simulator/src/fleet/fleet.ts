/** Many simulated devices in one process. */
import { isRetryable, OcelliError } from '@ocelli/schemas/errors'
import type { Clock } from '../clock.ts'
import type { PaintedPlanes } from '../scene/painted-planes.ts'
import type { ComponentHosts } from './component-hosts.ts'
import type { FleetMember } from './default-fleet.ts'
import { type FleetDevice, startFleetDevice } from './fleet-device.ts'

/** What happened, for a person's terminal and for a program that reads along. */
export type FleetEvent =
  | { readonly event: 'joined' | 'started' | 'stopped'; readonly device: string; readonly id: string }
  | { readonly event: 'link'; readonly device: string; readonly id: string; readonly link: 'up' | 'down' }
  | { readonly event: 'waiting' | 'failed'; readonly device: string; readonly code: string; readonly message: string }
  | { readonly event: 'log'; readonly device: string; readonly level: string; readonly message: string }

export interface FleetOptions {
  readonly members: readonly FleetMember[]
  readonly dataDir: string
  readonly seed: string | number
  readonly bootId: string
  readonly version: string
  readonly token: string | undefined
  readonly clock: Clock
  readonly hosts: ComponentHosts
  /** Where painted backgrounds are kept for the next start. */
  readonly painted?: PaintedPlanes
  readonly onEvent: (event: FleetEvent) => void
}

export interface Fleet {
  /** Those that run so far, in order of the plan. */
  devices(): readonly FleetDevice[]
  /** Resolves when each device runs or has failed for good; the answer is how many failed. */
  readonly settled: Promise<number>
  /** Stops starting, then stops every device. */
  close(): Promise<void>
}

/** Devices that start at once: each joins and opens a database, on a machine of two cores. */
const AT_ONCE = 3
const FIRST_RETRY_MS = 1000
const LONGEST_RETRY_MS = 15_000

export function startFleet(options: FleetOptions): Fleet {
  const running = new Map<string, FleetDevice>()
  const leave: (() => void)[] = []
  const abort = new AbortController()
  const queue = [...options.members]
  let failed = 0

  const startOne = async (member: FleetMember): Promise<void> => {
    for (let retryMs = FIRST_RETRY_MS; !abort.signal.aborted; retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS)) {
      try {
        const device = await startFleetDevice({
          ...options,
          member,
          host: options.hosts.forDevice(),
          log: (level, message) => options.onEvent({ event: 'log', device: member.name, level, message }),
        })
        running.set(member.name, device)
        leave.push(follow(device, options.onEvent))
        return
      } catch (error) {
        const code = error instanceof OcelliError ? error.code : 'instance.host'
        const message = error instanceof Error ? error.message : String(error)
        const again = isRetryable(error)
        options.onEvent({ event: again ? 'waiting' : 'failed', device: member.name, code, message })
        if (!again) {
          failed++
          return
        }
        await pause(options.clock, retryMs, abort.signal)
      }
    }
  }
  const worker = async () => {
    for (let member = queue.shift(); member && !abort.signal.aborted; member = queue.shift()) await startOne(member)
  }
  const settled = Promise.all(Array.from({ length: AT_ONCE }, worker)).then(() => failed)

  return {
    devices: () => options.members.flatMap((member) => running.get(member.name) ?? []),
    settled,
    async close() {
      abort.abort()
      await settled
      for (const stop of leave) stop()
      await Promise.all(
        [...running.values()].map(async (device) => {
          await device.close()
          options.onEvent({ event: 'stopped', device: device.member.name, id: device.identity.device })
        }),
      )
      running.clear()
    },
  }
}

/** Tells of a device's start and of each change of its link. */
function follow(device: FleetDevice, onEvent: (event: FleetEvent) => void): () => void {
  const named = { device: device.member.name, id: device.identity.device }
  if (device.joined) onEvent({ event: 'joined', ...named })
  onEvent({ event: 'started', ...named })
  let link: 'up' | 'down' = 'down'
  const look = () => {
    const now = device.agent.status().link
    if (now === link) return
    link = now
    onEvent({ event: 'link', ...named, link })
  }
  look()
  return device.agent.onChange(look)
}

function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const cancel = clock.setTimer(delayMs, end)
    signal.addEventListener('abort', end, { once: true })
  })
}
