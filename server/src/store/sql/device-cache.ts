/**
 * Devices as they were read last. A loop looks at a whole fleet every second, and few of it have changed: so it reads
 * which row each device has, and the documents only of those that have another than before.
 */
import type { DeviceId, ProjectId } from '@ocelli/schemas/ids'
import { sql } from 'drizzle-orm'
import type { DesiredRow, DeviceRow } from '../../domain/records.ts'
import type { DeviceFacts } from '../../domain/snapshot.ts'
import { type Database, present, type Row, rowsOf } from './database.ts'

interface Held {
  /** Which transactions wrote its rows, and where they lie: PostgreSQL never changes a row, it writes another. */
  readonly stamp: string
  /** The same of its desired state alone. */
  readonly desiredStamp: string
  readonly row: DeviceRow
  /** The same object while nothing changes: who keeps what it read of it need not read it again. */
  readonly facts: DeviceFacts
}

export class DeviceCache {
  readonly #projects = new Map<ProjectId, ReadonlyMap<string, Held>>()

  /** Ordered by id. `tx` shows one moment: a transaction of repeatable reads. */
  async read(tx: Database, project: ProjectId): Promise<readonly Held[]> {
    const before = this.#projects.get(project)
    const stamps = await rowsOf(
      tx,
      sql`
      SELECT id, concat_ws(' ', devices.xmin, devices.ctid, desired.xmin, desired.ctid) AS stamp
      FROM devices LEFT JOIN desired ON device = id WHERE project = ${project} ORDER BY id`,
    )
    const stale = stamps.filter(({ id, stamp }) => before?.get(String(id))?.stamp !== stamp)
    const fresh = await readAnew(tx, stale, before)
    const now = new Map<string, Held>()
    for (const { id } of stamps) {
      const held = fresh.get(String(id)) ?? before?.get(String(id))
      if (held) now.set(held.row.id, held)
    }
    this.#projects.set(project, now)
    return [...now.values()]
  }
}

/** A device reports several times for one inventory and one desired state: those are read where they are others. */
async function readAnew(
  tx: Database,
  stale: readonly Row[],
  before: ReadonlyMap<string, Held> | undefined,
): Promise<ReadonlyMap<string, Held>> {
  if (stale.length === 0) return new Map()
  const known = stale.map(({ id, stamp }) => {
    const held = before?.get(String(id))
    return { id, stamp, i: held?.row.inventoryAtMs ?? null, d: held?.desiredStamp ?? null }
  })
  const rows = await rowsOf(
    tx,
    sql`
    SELECT devices.id, project, name, labels, enrolled_at_ms, presence, presence_at_ms, taints, session,
      CASE WHEN known.i IS DISTINCT FROM inventory_at_ms THEN inventory END AS inventory, inventory_at_ms,
      reported, reported_at_ms, epoch, counter, issued_at_ms, trust_version, stamp,
      CASE WHEN known.d IS DISTINCT FROM concat_ws(' ', desired.xmin, desired.ctid) THEN instances END AS instances,
      concat_ws(' ', desired.xmin, desired.ctid) AS desired_stamp
    FROM json_to_recordset(${JSON.stringify(known)}::json) AS known (id text, stamp text, i bigint, d text)
    JOIN devices ON devices.id = known.id LEFT JOIN desired ON desired.device = devices.id`,
  )
  return new Map(
    rows.map((read): [string, Held] => {
      const row = deviceRowOf(read, before?.get(String(read.id))?.row)
      return [row.id, { stamp: String(read.stamp), desiredStamp: String(read.desired_stamp), row, facts: factsOf(row) }]
    }),
  )
}

function deviceRowOf(read: Row, known: DeviceRow | undefined): DeviceRow {
  const id = read.id as DeviceId
  const number = (value: unknown) => (value === null ? null : Number(value))
  const row = present({
    id,
    project: read.project as ProjectId,
    name: String(read.name),
    labels: read.labels as DeviceRow['labels'],
    enrolledAtMs: Number(read.enrolled_at_ms),
    presence: read.presence as DeviceRow['presence'],
    presenceAtMs: Number(read.presence_at_ms),
    taints: read.taints as DeviceRow['taints'] | null,
    session: read.session as DeviceRow['session'] | null,
    inventory: (read.inventory as DeviceRow['inventory'] | null) ?? known?.inventory ?? null,
    inventoryAtMs: number(read.inventory_at_ms),
    reported: read.reported as DeviceRow['reported'] | null,
    reportedAtMs: number(read.reported_at_ms),
    desired: read.epoch === null ? null : desiredRowOf(id, read, known?.desired),
  })
  return row as DeviceRow
}

function desiredRowOf(device: DeviceId, read: Row, known: DesiredRow | undefined): DesiredRow {
  return {
    device,
    generation: { epoch: Number(read.epoch), counter: Number(read.counter) },
    instances: (read.instances as DesiredRow['instances'] | null) ?? known?.instances ?? [],
    issuedAtMs: Number(read.issued_at_ms),
    trustVersion: Number(read.trust_version),
  }
}

function factsOf({ id, name, labels, presence, presenceAtMs, taints, inventory }: DeviceRow): DeviceFacts {
  return { id, name, labels, presence, presenceAtMs, ...(taints && { taints }), ...(inventory && { inventory }) }
}
