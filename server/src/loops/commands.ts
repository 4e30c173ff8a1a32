/**
 * Commands under way: sent once, answered by the device or ended by their deadline. They live in memory alone, since a
 * command is never part of desired state; a server that restarts forgets them, and the caller sees `request.notFound`.
 */
import type { CommandInfo } from '@ocelli/schemas/api/command'
import { type CommandId, type DeviceId, idText } from '@ocelli/schemas/ids'
import { type Command, command as commandMessage, result as resultMessage } from '@ocelli/schemas/messages/command'
import { topics } from '@ocelli/schemas/topics'
import type { Bus, Clock, Random } from '../ports.ts'
import type { Problems } from './problems.ts'

const KEPT = 1000
/** The way there and back: the device counts its time from arrival. */
const TRANSIT_MS = 2_000

interface Entry {
  info: CommandInfo
  readonly cancel: () => void
  readonly waiters: Set<() => void>
}

export interface Commands {
  /** `undefined` where the broker could not take it. Throws OcelliError `message.tooLarge`. */
  send(device: DeviceId, command: Command): Promise<CommandInfo | undefined>
  take(device: DeviceId, id: CommandId, payload: Uint8Array): void
  get(device: DeviceId, id: CommandId): CommandInfo | undefined
  /** Resolves with its end, or with how it stands after `waitMs`. */
  wait(device: DeviceId, id: CommandId, waitMs: number): Promise<CommandInfo | undefined>
  stop(): void
}

export function createCommands(ports: {
  readonly bus: Pick<Bus, 'publish'>
  readonly clock: Clock
  readonly random: Random
  readonly problems: Problems
}): Commands {
  const { bus, clock, random, problems } = ports
  const entries = new Map<CommandId, Entry>()

  const end = (entry: Entry, change: Partial<CommandInfo>) => {
    entry.cancel()
    entry.info = { ...entry.info, ...change, endedAtMs: clock.wallMs() }
    for (const waiter of [...entry.waiters]) waiter()
  }
  const find = (device: DeviceId, id: CommandId) => {
    const entry = entries.get(id)
    return entry?.info.device === device ? entry : undefined
  }
  const dropOldest = () => {
    const oldest = entries.keys().next().value
    if (entries.size <= KEPT || oldest === undefined) return
    entries.get(oldest)?.cancel()
    entries.delete(oldest)
  }

  return {
    async send(device, command) {
      const id = `c-${idText(random.bytes('command-id', 10))}` as CommandId
      const payload = commandMessage.encode(command)
      const { instance, action, timeoutMs } = command
      const info: CommandInfo = { id, device, instance, action, state: 'waiting', sentAtMs: clock.wallMs() }
      const entry: Entry = {
        info,
        waiters: new Set(),
        cancel: clock.setTimer(timeoutMs + TRANSIT_MS, () => end(entry, { state: 'expired' })),
      }
      entries.set(id, entry)
      dropOldest()
      if (await bus.publish(topics.command(device, id), payload, { qos: 1, retained: false })) return entry.info
      entry.cancel()
      entries.delete(id)
      return undefined
    },
    take(device, id, payload) {
      const message = resultMessage.parse(payload)
      if (!message.ok) return problems.add(device, 'result', message.code, message.message)
      const entry = find(device, id)
      if (entry === undefined || entry.info.state !== 'waiting') return
      const { outcome, output, error } = message.value
      const state = outcome === 'unknown' ? 'failed' : outcome
      end(entry, { state, ...(output !== undefined && { output }), ...(error !== undefined && { error }) })
    },
    get: (device, id) => find(device, id)?.info,
    async wait(device, id, waitMs) {
      const entry = find(device, id)
      if (entry === undefined || entry.info.state !== 'waiting' || waitMs <= 0) return entry?.info
      await new Promise<void>((resolve) => {
        const finish = () => {
          cancel()
          entry.waiters.delete(finish)
          resolve()
        }
        const cancel = clock.setTimer(waitMs, finish)
        entry.waiters.add(finish)
      })
      return entry.info
    },
    stop() {
      for (const entry of entries.values()) {
        entry.cancel()
        for (const waiter of [...entry.waiters]) waiter()
      }
      entries.clear()
    },
  }
}
