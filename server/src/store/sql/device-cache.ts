/**
 * Devices as they were read last. A loop looks at a whole fleet every second, and few of it have changed: so it reads
 * which row each device has, and the documents only of those that have another than before.
 */
import type { DeviceId, ProjectId } from '@ocelli/schemas/ids'
import { sql } from 'drizzle-orm'
import type { DeviceRow } from '../../domain/records.ts'
import type { DeviceFacts } from '../../domain/snapshot.ts'
import { type Database, rowsOf } from './database.ts'
import { selectDevices } from './devices.ts'
import { devices } from './schema.ts'

interface Held {
  /** Which transactions wrote its rows, and where they lie: PostgreSQL never changes a row, it writes another. */
  readonly stamp: string
  readonly row: DeviceRow
  /** The same object while nothing changes: who keeps what it read of it need not read it again. */
  readonly facts: DeviceFacts
}

export class DeviceCache {
  readonly #projects = new Map<ProjectId, ReadonlyMap<DeviceId, Held>>()

  /** Ordered by id. `tx` shows one moment: a transaction of repeatable reads. */
  async read(tx: Database, project: ProjectId): Promise<readonly Held[]> {
    const before = this.#projects.get(project)
    const stamps = await rowsOf(
      tx,
      sql`
      SELECT id, concat_ws(' ', devices.xmin, devices.ctid, desired.xmin, desired.ctid) AS stamp
      FROM devices LEFT JOIN desired ON device = id WHERE project = ${project} ORDER BY id`,
    )
    const changed = stamps.flatMap(({ id, stamp }) => (before?.get(id as DeviceId)?.stamp === stamp ? [] : [id]))
    const fresh = new Map<DeviceId, DeviceRow>()
    if (changed.length > 0) {
      const rows = await selectDevices(
        tx,
        sql`${devices.id} IN (SELECT json_array_elements_text(${JSON.stringify(changed)}::json))`,
      )
      for (const row of rows) fresh.set(row.id, row)
    }
    const now = new Map<DeviceId, Held>()
    for (const { id, stamp } of stamps) {
      const row = fresh.get(id as DeviceId)
      const held = row ? { stamp: String(stamp), row, facts: factsOf(row) } : before?.get(id as DeviceId)
      if (held) now.set(held.row.id, held)
    }
    this.#projects.set(project, now)
    return [...now.values()]
  }
}

function factsOf({ id, name, labels, presence, presenceAtMs, taints, inventory }: DeviceRow): DeviceFacts {
  return { id, name, labels, presence, presenceAtMs, ...(taints && { taints }), ...(inventory && { inventory }) }
}
