/** Asks the store again and again whether this process leads, and says when that changes. */
import type { Log } from '../log.ts'
import type { Clock } from '../ports.ts'
import type { LeadershipStore } from '../store/store.ts'
import { startLoop } from './loop.ts'

/** Another replica takes over within this after the leader's connection to the database ended. */
const EVERY_MS = 2_000

export interface Leadership {
  isLeader(): boolean
  /** Asks now. Rejects where the database cannot be reached. */
  check(): Promise<void>
  stop(): Promise<void>
}

export function createLeadership(ports: {
  readonly store: LeadershipStore
  readonly clock: Clock
  readonly log: Log
  readonly onChange: (leads: boolean) => void
}): Leadership {
  let leads = false
  const set = (now: boolean) => {
    if (now === leads) return
    leads = now
    ports.log.info({ leader: leads }, leads ? 'this process leads' : 'this process leads no more')
    ports.onChange(leads)
  }
  const check = async () => {
    try {
      set(await ports.store.lead())
    } catch (error) {
      // Without the database nobody can know who leads: decisions would be refused anyway.
      set(false)
      throw error
    }
  }
  const run = async () => {
    await check()
    return undefined
  }
  const loop = startLoop(ports.clock, ports.log, { name: 'leadership', debounceMs: 0, everyMs: EVERY_MS, run })
  return {
    isLeader: () => leads,
    check,
    async stop() {
      await loop.stop()
      if (!leads) return
      set(false)
      await ports.store.resign()
    },
  }
}
