/** Ends the connections of devices whose certificates were revoked, by this replica or another. */
import type { DeviceId } from '@ocelli/schemas/ids'
import type { Log } from '../log.ts'
import type { Bus, Clock } from '../ports.ts'
import { type Loop, startLoop } from './loop.ts'

/** A revocation by this process acts at once; one by another replica within this. */
const EVERY_MS = 10_000

/** Which certificates are revoked, kept in memory for the listeners. */
export interface RevocationRefresh {
  /** Reads the store anew; answers the devices of certificates that are newly revoked. */
  refresh(): Promise<readonly DeviceId[]>
}

export function startUpkeep(ports: {
  readonly revocations: RevocationRefresh
  readonly bus: Pick<Bus, 'disconnect'>
  readonly clock: Clock
  readonly log: Log
}): Loop {
  const run = async () => {
    for (const device of await ports.revocations.refresh()) {
      ports.log.info({ device }, 'certificates revoked, the connection ends')
      await ports.bus.disconnect(device)
    }
    return undefined
  }
  return startLoop(ports.clock, ports.log, { name: 'upkeep', debounceMs: 0, everyMs: EVERY_MS, run })
}
