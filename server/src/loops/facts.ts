/**
 * What devices say of themselves: presence, inventory and report, each the latest alone. They are kept per device until
 * they are in the database; a replica that does not lead keeps them as well, so that it knows them when it must lead.
 */
import type { DeviceId } from '@ocelli/schemas/ids'
import { type Inventory, inventory } from '@ocelli/schemas/messages/inventory'
import { type Presence, presence } from '@ocelli/schemas/messages/presence'
import { type Reported, reported } from '@ocelli/schemas/messages/reported'
import { isOlderSession, type Session } from '@ocelli/schemas/messages/session'
import type { Log } from '../log.ts'
import type { Clock } from '../ports.ts'
import type { DeviceStore } from '../store/store.ts'
import { gatheringOf, startLoop } from './loop.ts'
import type { Problems } from './problems.ts'

const MESSAGES = { presence, inventory, reported } as const
type FactKind = keyof typeof MESSAGES

/** Gathers a burst (all devices connect after a start) without being felt: a hot-plug must be re-placed within 5 s. */
const DEBOUNCE_MS = 100
/** Rests for this many times as long as the last burst took to write: of a whole fleet's reports many are the latest then. */
const REST = 2
/** Messages of so many devices are one statement of each kind. */
const TOGETHER = 500

interface Heard {
  presence?: Presence
  inventory?: Inventory
  reported?: Reported
}

export interface FactsPorts {
  readonly store: Pick<DeviceStore, 'recordPresence' | 'recordInventory' | 'recordReported' | 'forgetPresence'>
  readonly clock: Clock
  readonly log: Log
  readonly problems: Problems
  readonly isLeader: () => boolean
  /** What the scheduler reads of the device changed. */
  readonly onFactsChanged: (device: DeviceId) => void
  /** It came or went, or is another session than before: not where it only says again what it said. */
  readonly onPresence: (device: DeviceId, presence: Presence) => void
  readonly onReported: (device: DeviceId, reported: Reported) => void
}

export interface Facts {
  take(device: DeviceId, kind: FactKind, payload: Uint8Array): void
  /** This process just took the lead: who is there is not known, but for what was heard until now. */
  forgetPresence(): void
  /** The broker is gone: what was heard through it is no longer true. */
  brokerGone(): void
  /** The lead was taken: writes what was kept until now. */
  wake(): void
  stop(): Promise<void>
}

export function createFacts(ports: FactsPorts): Facts {
  const { store, clock, problems } = ports
  const heard = new Map<DeviceId, Heard>()
  /** The last word of each device on the broker connection there is: still true when this process takes the lead again. */
  const lastWords = new Map<DeviceId, Presence>()
  let forget = false

  /** So many devices are written at a time; fewer after a failure, so that one bad message holds up nobody else. */
  let together = TOGETHER
  let tookMs = 0

  const record = async (batch: readonly (readonly [DeviceId, Heard])[]) => {
    const atMs = clock.wallMs()
    const said = <K extends FactKind>(kind: K) =>
      batch.flatMap(([device, { [kind]: message }]) => (message === undefined ? [] : [{ device, message }]))
    const presences = said('presence')
    if (presences.length > 0) {
      const taken = await store.recordPresence(presences, atMs)
      for (const { device, message } of presences) {
        if (taken.get(device)?.changed) ports.onPresence(device, message)
      }
    }
    const inventories = said('inventory')
    if (inventories.length > 0) {
      for (const [device, { changed }] of await store.recordInventory(inventories, atMs)) {
        if (changed) ports.onFactsChanged(device)
      }
    }
    const reports = said('reported')
    if (reports.length > 0) {
      const taken = await store.recordReported(reports, atMs)
      for (const { device, message } of reports) if (taken.has(device)) ports.onReported(device, message)
    }
  }
  const keep = (device: DeviceId, facts: Heard) => {
    const later = heard.get(device)
    heard.set(device, { ...facts, ...later })
  }
  const run = async () => {
    if (!ports.isLeader()) return undefined
    if (forget) {
      await store.forgetPresence(clock.wallMs())
      forget = false
      // Devices speak when they connect, not when somebody else leads: what they said then is all there is to hear.
      for (const [device, presence] of lastWords) keep(device, { presence })
    }
    const startedMs = clock.monotonicMs()
    const all = [...heard]
    heard.clear()
    const failures: unknown[] = []
    const size = together
    for (let start = 0; start < all.length; start += size) {
      const batch = all.slice(start, start + size)
      try {
        await record(batch)
      } catch (error) {
        for (const [device, facts] of batch) keep(device, facts)
        failures.push(error)
      }
    }
    tookMs = clock.monotonicMs() - startedMs
    together = failures.length > 0 ? Math.max(1, Math.ceil(size / 10)) : TOGETHER
    if (failures.length > 0) throw failures[0]
    return undefined
  }
  const loop = startLoop(clock, ports.log, { name: 'facts', debounceMs: DEBOUNCE_MS, run })

  const forgetPresence = () => {
    forget = true
    if (ports.isLeader()) loop.wake()
  }

  return {
    take(device, kind, payload) {
      // An empty payload is how a retained message is cleared, after its device was deleted.
      if (payload.byteLength === 0) return
      const message = MESSAGES[kind].parse(payload)
      if (!message.ok) return problems.add(device, kind, message.code, message.message)
      const before = heard.get(device) ?? {}
      const held: Session | undefined = before[kind]?.session
      if (held !== undefined && isOlderSession(message.value.session, held)) {
        return problems.add(device, kind, 'message.stale', `start ${message.value.session.start}, heard ${held.start}`)
      }
      const now: Heard = { ...before, [kind]: message.value }
      heard.set(device, now)
      const last = lastWords.get(device)
      if (now.presence && !(last && isOlderSession(now.presence.session, last.session))) {
        lastWords.set(device, now.presence)
      }
      if (ports.isLeader()) loop.wake(gatheringOf(DEBOUNCE_MS, REST, tookMs))
    },
    forgetPresence,
    brokerGone() {
      lastWords.clear()
      for (const facts of heard.values()) delete facts.presence
      forgetPresence()
    },
    wake: () => loop.wake(),
    stop: () => loop.stop(),
  }
}
