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

  /** Desired states that were just committed here, and where they lie: they need not be read. */
  noteDesired(project: ProjectId, rows: readonly StampedDesired[]): void {
    const known = this.#projects.get(project)
    if (known === undefined) return
    const next = new Map(known)
    for (const { desired, stamp: desiredStamp } of rows) {
      const held = next.get(desired.device)
      if (held) next.set(desired.device, { ...held, desiredStamp, row: { ...held.row, desired } })
    }
    this.#projects.set(project, next)
  }
}

export interface StampedDesired {
  readonly desired: DesiredRow
  /** As `DESIRED_STAMP` says it; empty where the database holds other texts than these. */
  readonly stamp: string
}

/** Names a desired state as it lies in its table. */
export const DESIRED_STAMP = sql`concat_ws(' ', desired.xmin, desired.ctid)`

/** What a device says and what it is told change at different times: each is read where it is another. */
async function readAnew(
  tx: Database,
  stale: readonly Row[],
  before: ReadonlyMap<string, Held> | undefined,
): Promise<ReadonlyMap<string, Held>> {
  if (stale.length === 0) return new Map()
  const known = stale.map(({ id, stamp }) => {
    const held = before?.get(String(id))
    const { inventoryAtMs = null, reportedAtMs = null } = held?.row ?? {}
    return { id, stamp, i: inventoryAtMs, r: reportedAtMs, d: held?.desiredStamp ?? null }
  })
  const rows = await rowsOf(
    tx,
    sql`
    SELECT devices.id, project, name, labels, enrolled_at_ms, presence, presence_at_ms, taints, session,
      CASE WHEN known.i IS DISTINCT FROM inventory_at_ms THEN inventory END AS inventory, inventory_at_ms,
      CASE WHEN known.r IS DISTINCT FROM reported_at_ms THEN reported END AS reported, reported_at_ms,
      epoch, counter, issued_at_ms, trust_version, stamp,
      CASE WHEN known.d IS DISTINCT FROM ${DESIRED_STAMP} THEN instances END AS instances,
      ${DESIRED_STAMP} AS desired_stamp
    FROM json_to_recordset(${JSON.stringify(known)}::json) AS known (id text, stamp text, i bigint, r bigint, d text)
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
  const reportedAtMs = number(read.reported_at_ms)
  const isReported = reportedAtMs !== null
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
    reported: isReported ? ((read.reported as DeviceRow['reported'] | null) ?? known?.reported ?? null) : null,
    reportedAtMs,
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
