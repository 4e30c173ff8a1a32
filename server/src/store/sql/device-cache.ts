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
  /** Which transaction wrote its row, and where that lies: PostgreSQL never changes a row, it writes another. */
  readonly stamp: string
  /** The same of its desired state; empty where it has none. */
  readonly desiredStamp: string
  readonly row: DeviceRow
  /** The same object while nothing changes: who keeps what it read of it need not read it again. */
  readonly facts: DeviceFacts
}

export class DeviceCache {
  readonly #projects = new Map<ProjectId, Map<string, Held>>()
  /** What was written while somebody reads, of each who does. */
  readonly #meanwhile = new Set<((known: Map<string, Held>) => void)[]>()

  /** Ordered by id. `tx` shows one moment: a transaction of repeatable reads. */
  async read(tx: Database, project: ProjectId): Promise<readonly Held[]> {
    const written: ((known: Map<string, Held>) => void)[] = []
    this.#meanwhile.add(written)
    try {
      // What is written meanwhile is of a later moment than what is read.
      const now = await readMoment(tx, project, new Map(this.#projects.get(project)))
      const next = new Map(now)
      for (const write of written) write(next)
      this.#projects.set(project, next)
      return [...now.values()]
    } finally {
      this.#meanwhile.delete(written)
    }
  }

  /** Desired states that were just committed here, and where they lie: they need not be read. */
  noteDesired(rows: readonly StampedDesired[]): void {
    this.#note((known) => {
      for (const { desired, stamp: desiredStamp } of rows) {
        const held = known.get(desired.device)
        if (held) known.set(desired.device, { ...held, desiredStamp, row: { ...held.row, desired } })
      }
    })
  }

  /** The same for what devices said: it is known where the row was the one that was read last. */
  noteHeard(rows: readonly HeardRow[]): void {
    this.#note((known) => {
      for (const { device, before, after, said } of rows) {
        const held = known.get(device)
        if (held?.stamp !== before) continue
        const row = { ...held.row, ...said }
        known.set(device, { ...held, stamp: after, row, facts: factsAfter(held, row) })
      }
    })
  }

  #note(write: (known: Map<string, Held>) => void): void {
    for (const known of this.#projects.values()) write(known)
    for (const written of this.#meanwhile) written.push(write)
  }
}

async function readMoment(
  tx: Database,
  project: ProjectId,
  before: ReadonlyMap<string, Held>,
): Promise<ReadonlyMap<string, Held>> {
  const stamps = await rowsOf(
    tx,
    sql`
    SELECT id, ${DEVICE_STAMP} AS stamp, ${DESIRED_STAMP} AS desired_stamp
    FROM devices LEFT JOIN desired ON device = id WHERE project = ${project} ORDER BY id`,
  )
  const stale = stamps.filter(({ id, stamp, desired_stamp: desiredStamp }) => {
    const held = before.get(String(id))
    return held?.stamp !== stamp || held?.desiredStamp !== desiredStamp
  })
  const fresh = await readAnew(tx, stale, before)
  const now = new Map<string, Held>()
  for (const { id } of stamps) {
    const held = fresh.get(String(id)) ?? before.get(String(id))
    if (held) now.set(held.row.id, held)
  }
  return now
}

export interface StampedDesired {
  readonly desired: DesiredRow
  /** As `DESIRED_STAMP` says it; empty where the database holds other texts than these. */
  readonly stamp: string
}

export interface HeardRow {
  readonly device: DeviceId
  /** As `DEVICE_STAMP` said it before and after the row was written. */
  readonly before: string
  readonly after: string
  /** What was written. */
  readonly said: Partial<
    Pick<
      DeviceRow,
      'presence' | 'presenceAtMs' | 'session' | 'inventory' | 'inventoryAtMs' | 'reported' | 'reportedAtMs'
    >
  >
}

/** Names a device as it lies in its table. */
export const DEVICE_STAMP = sql`concat_ws(' ', devices.xmin, devices.ctid)`

/** Names a desired state as it lies in its table. */
export const DESIRED_STAMP = sql`concat_ws(' ', desired.xmin, desired.ctid)`

/** What a device says and what it is told change at different times: each is read where it is another. */
async function readAnew(
  tx: Database,
  stale: readonly Row[],
  before: ReadonlyMap<string, Held>,
): Promise<ReadonlyMap<string, Held>> {
  if (stale.length === 0) return new Map()
  const known = stale.map(({ id }) => {
    const held = before.get(String(id))
    const { inventoryAtMs = null, reportedAtMs = null } = held?.row ?? {}
    return { id, i: inventoryAtMs, r: reportedAtMs, d: held?.desiredStamp ?? null }
  })
  const rows = await rowsOf(
    tx,
    sql`
    SELECT devices.id, project, name, labels, enrolled_at_ms, presence, presence_at_ms, taints, session,
      CASE WHEN known.i IS DISTINCT FROM inventory_at_ms THEN inventory END AS inventory, inventory_at_ms,
      CASE WHEN known.r IS DISTINCT FROM reported_at_ms THEN reported END AS reported, reported_at_ms,
      epoch, counter, issued_at_ms, trust_version,
      CASE WHEN known.d IS DISTINCT FROM ${DESIRED_STAMP} THEN instances END AS instances,
      ${DEVICE_STAMP} AS stamp, ${DESIRED_STAMP} AS desired_stamp
    FROM json_to_recordset(${JSON.stringify(known)}::json) AS known (id text, i bigint, r bigint, d text)
    JOIN devices ON devices.id = known.id LEFT JOIN desired ON desired.device = devices.id`,
  )
  return new Map(
    rows.map((read): [string, Held] => {
      const row = deviceRowOf(read, before.get(String(read.id))?.row)
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

/** The same object where what the scheduler reads is the same. */
function factsAfter({ row: before, facts }: Held, row: DeviceRow): DeviceFacts {
  const { presence, presenceAtMs, inventory } = before
  if (row.presence === presence && row.presenceAtMs === presenceAtMs && row.inventory === inventory) return facts
  return factsOf(row)
}

function factsOf({ id, name, labels, presence, presenceAtMs, taints, inventory }: DeviceRow): DeviceFacts {
  return { id, name, labels, presence, presenceAtMs, ...(taints && { taints }), ...(inventory && { inventory }) }
}
