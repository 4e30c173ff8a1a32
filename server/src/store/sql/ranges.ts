/** Measurements over time: values of each instance within each bucket, then the instances of each group together. */
import type { DeploymentId, DeviceId, ImagerId, InstanceId } from '@ocelli/schemas/ids'
import { type SQL, sql } from 'drizzle-orm'
import type { RangeRead, RangeRow } from '../monitoring.ts'
import { storableText } from '../storable.ts'
import { CLOCK_SLACK_MS } from '../telemetry-rule.ts'
import { type Database, type Row, rowsOf } from './database.ts'

/** More are sent as one document, as a statement takes a limited number of parameters. */
const LISTED = 64

export async function readRanges(database: Database, read: RangeRead): Promise<RangeRow[]> {
  const { groupBy, combine } = read
  const keys = GROUP_KEYS[typeof groupBy === 'string' ? groupBy : 'label']
  // The label is read once a device, not once a row.
  const grouped =
    typeof groupBy === 'string'
      ? sql`valued`
      : sql`(SELECT valued.*, label FROM valued LEFT JOIN (
          SELECT id, labels ->> ${groupBy.label} AS label FROM devices WHERE project = ${read.project} OFFSET 0
        ) AS labelled ON labelled.id = valued.device) AS valued`
  const rows = await rowsOf(
    database,
    sql`
    WITH each AS (${eachInstance(read)}), valued AS (${valued(read)}),
    points AS (
      SELECT name, unit, ${keys} max(deployment) AS deployment, bucket, ${COMBINED[combine]} AS value, min(lo) AS lo,
        max(hi) AS hi, sum(n) AS n
      FROM ${grouped}
      GROUP BY name, unit, ${keys} bucket
    )
    SELECT name, unit, ${keys} max(deployment) AS deployment, json_agg(bucket ORDER BY bucket) AS at,
      json_agg(value ORDER BY bucket) AS value, json_agg(lo ORDER BY bucket) AS lo, json_agg(hi ORDER BY bucket) AS hi,
      json_agg(n ORDER BY bucket) AS n
    FROM points GROUP BY name, unit, ${keys} () ORDER BY name, unit, ${keys} 1 LIMIT ${read.maxSeries + 1}`,
  )
  const imagers = groupBy === 'instance' ? await imagersOf(database, rows) : undefined
  return rows.map((row) => rangeRow(read, row, imagers))
}

/** Each ends with a comma where it is not empty. */
const GROUP_KEYS = {
  none: sql``,
  device: sql`device, `,
  instance: sql`device, instance, `,
  label: sql`label, `,
} as const

const COMBINED: Readonly<Record<RangeRead['combine'], SQL>> = {
  mean: sql`avg(value)`,
  min: sql`min(value)`,
  max: sql`max(value)`,
  sum: sql`sum(value)`,
  count: sql`count(*)`,
}

const WIDTH_MS = { minute: 60_000, hour: 3_600_000 } as const

/** One row for each instance, name and bucket: n values, their sum, bounds, and the last with its time. */
function eachInstance(read: RangeRead): SQL {
  const { source, aggregate, intervalMs } = read
  const needsLast = aggregate === 'last' || aggregate === 'rate'
  const fromMs = aggregate === 'rate' ? read.fromMs - intervalMs : read.fromMs
  const where = sql.join(filters(read), sql` AND `)
  if (source === 'raw') {
    const last = needsLast ? sql`(array_agg(value ORDER BY observed_at_ms DESC, txid DESC, row DESC))[1]` : sql`0`
    return sql`
      SELECT device, instance, name, max(unit) AS unit, max(deployment) AS deployment,
        observed_at_ms - observed_at_ms % ${intervalMs}::bigint AS bucket, count(*) AS n, sum(value) AS s,
        min(value) AS lo, max(value) AS hi, ${last} AS last, max(observed_at_ms) AS last_at
      FROM records
      WHERE kind = 'measurement' AND observed_at_ms >= ${fromMs} AND observed_at_ms < ${read.toMs}
        AND received_at_ms >= ${fromMs - CLOCK_SLACK_MS} AND ${where}
      GROUP BY device, instance, name, bucket`
  }
  const table = sql.raw(source === 'minute' ? 'minutes' : 'hours')
  if (intervalMs === WIDTH_MS[source]) {
    // Each row is a bucket of its own already.
    return sql`
      SELECT device, instance, name, unit, deployment, bucket_ms AS bucket, count AS n, sum AS s, min AS lo, max AS hi,
        last, last_at_ms AS last_at
      FROM ${table} WHERE bucket_ms >= ${fromMs} AND bucket_ms < ${read.toMs} AND ${where}`
  }
  const last = needsLast ? sql`(array_agg(last ORDER BY last_at_ms DESC))[1]` : sql`0`
  return sql`
    SELECT device, instance, name, max(unit) AS unit, max(deployment) AS deployment,
      bucket_ms - bucket_ms % ${intervalMs}::bigint AS bucket, sum(count) AS n, sum(sum) AS s, min(min) AS lo,
      max(max) AS hi, ${last} AS last, max(last_at_ms) AS last_at
    FROM ${table}
    WHERE bucket_ms >= ${fromMs} AND bucket_ms < ${read.toMs} AND ${where}
    GROUP BY device, instance, name, bucket`
}

function filters({ project, names, devices, deployment, instance, role }: RangeRead): SQL[] {
  return [
    sql`project = ${project}`,
    sql`shadow = ${role === 'shadow'}`,
    ...(names === undefined ? [] : [oneOf(sql`name`, names.map(storableText))]),
    ...(devices === undefined ? [] : [oneOf(sql`device`, devices)]),
    ...(deployment === undefined ? [] : [sql`deployment = ${deployment}`]),
    ...(instance === undefined ? [] : [sql`instance = ${instance}`]),
  ]
}

function oneOf(column: SQL, values: readonly string[]): SQL {
  if (values.length > LISTED) {
    return sql`${column} IN (SELECT json_array_elements_text(${JSON.stringify(values)}::json))`
  }
  const list = values.map((value) => sql`${value}`)
  return list.length === 0 ? sql`false` : sql`${column} IN (${sql.join(list, sql`, `)})`
}

/** The one value of an instance in a bucket. */
function valued({ aggregate, fromMs }: RangeRead): SQL {
  if (aggregate !== 'rate') {
    return sql`SELECT device, instance, name, unit, deployment, bucket, n, lo, hi, ${AGGREGATED[aggregate]} AS value FROM each`
  }
  return sql`
    SELECT device, instance, name, unit, deployment, bucket, n, lo, hi,
      (last - CASE WHEN last < before THEN 0 ELSE before END) * 1000 / (last_at - before_at) AS value
    FROM (
      SELECT *, lag(last) OVER series AS before, lag(last_at) OVER series AS before_at FROM each
      WINDOW series AS (PARTITION BY device, instance, name ORDER BY bucket)
    ) AS pairs
    WHERE bucket >= ${fromMs} AND last_at > before_at`
}

const AGGREGATED: Readonly<Record<Exclude<RangeRead['aggregate'], 'rate'>, SQL>> = {
  mean: sql`s / n`,
  min: sql`lo`,
  max: sql`hi`,
  sum: sql`s`,
  count: sql`n::double precision`,
  last: sql`last`,
}

/** An instance is bound to one imager; its last values know which. */
async function imagersOf(database: Database, rows: readonly Row[]): Promise<ReadonlyMap<string, ImagerId>> {
  const instances = [...new Set(rows.map(({ instance }) => String(instance)))]
  const found = await rowsOf(
    database,
    sql`SELECT DISTINCT instance, imager FROM last_values WHERE imager IS NOT NULL
      AND (device, instance) IN (SELECT device, instance FROM json_to_recordset(${JSON.stringify(
        rows.map(({ device, instance }) => ({ device, instance })),
      )}::json) AS wanted (device text, instance text))`,
  )
  return instances.length === 0
    ? new Map()
    : new Map(found.map((row) => [String(row.instance), row.imager as ImagerId]))
}

function rangeRow({ groupBy }: RangeRead, row: Row, imagers: ReadonlyMap<string, ImagerId> | undefined): RangeRow {
  const byInstance = groupBy === 'instance'
  const imager = imagers?.get(String(row.instance))
  return {
    name: String(row.name),
    unit: String(row.unit),
    ...((groupBy === 'device' || byInstance) && { device: row.device as DeviceId }),
    ...(byInstance && { instance: row.instance as InstanceId }),
    ...(byInstance && row.deployment !== null && { deployment: row.deployment as DeploymentId }),
    ...(imager !== undefined && { imager }),
    ...(typeof groupBy !== 'string' && { label: typeof row.label === 'string' ? row.label : null }),
    atMs: numbers(row.at),
    value: numbers(row.value),
    min: numbers(row.lo),
    max: numbers(row.hi),
    count: numbers(row.n),
  }
}

/** A sum that grew past all numbers comes as a text. */
function numbers(column: unknown): number[] {
  return Array.isArray(column) ? column.map(Number) : []
}
