/**
 * Matching as one SQL query over the facts as a database keeps them: the baseline of who would ask PostgreSQL instead.
 * For a deployment with everyImager and providers one deep, on devices with room for all their imagers, where nothing
 * runs yet. The query is made from the deployment; the answer is that of the plain loop.
 */
import type { DeploymentState, DeviceFacts } from '../../server/src/domain/snapshot.ts'
import type { Verdict } from './snapshot-naive.ts'

type Query = (text: string, values?: unknown[]) => Promise<{ readonly rows: readonly Record<string, unknown>[] }>

export async function loadDevices(query: Query, devices: readonly DeviceFacts[]): Promise<void> {
  await query('CREATE TABLE devices (id text COLLATE "C" PRIMARY KEY, labels jsonb NOT NULL, inventory jsonb)')
  for (let from = 0; from < devices.length; from += 5_000) {
    const rows = devices.slice(from, from + 5_000).map(({ id, labels, inventory }) => ({ id, labels, inventory }))
    await query(
      'INSERT INTO devices SELECT * FROM json_to_recordset($1::json) AS d (id text, labels jsonb, inventory jsonb)',
      [JSON.stringify(rows)],
    )
  }
  await query('ANALYZE devices')
}

export async function sqlVerdicts(query: Query, text: string): Promise<Verdict[]> {
  const { rows } = await query(text)
  return rows.map(({ device, outcome, placed, codes }) => ({
    device: String(device),
    outcome: String(outcome),
    placed: placed as string[],
    codes: codes as string[],
  }))
}

/** `label` and `not` say its selector in SQL: devices have the label, with another value. */
export function matchingQuery({ spec, components }: DeploymentState, label: string, not: string): string {
  const imports = [...new Set(Object.values(components).flatMap((one) => one.imports))]
  const met = (name: string) => `m${imports.indexOf(name)}`
  const memory = spec.limits?.memoryBytes ?? 67_108_864
  const each = spec.realisations.map((realisation, index) => {
    const main = components[realisation.component]
    const providers = (realisation.providers ?? []).flatMap((one) => components[one] ?? [])
    const provided = (name: string) =>
      providers
        .filter((one) => one.exports.some((offer) => offer === name))
        .map((one) => one.imports.map(met).join(' AND ') || 'true')
        .join(' OR ') || 'false'
    const unmet = (main?.imports ?? []).map(
      (name) => `CASE WHEN NOT ${met(name)} AND NOT (${provided(name)}) THEN 1 ELSE 0 END`,
    )
    const linked = (main?.imports ?? []).map((name) => `NOT ${met(name)} AND (${provided(name)})`).join(' OR ')
    return `SELECT id, slot, position, ${index} AS rank, '${realisation.name}' AS realisation,
      CASE WHEN slot IS NULL THEN ARRAY['placement.noImager'] ELSE '{}' END
      || CASE WHEN width < ${realisation.imager?.minWidthPixels ?? 0} THEN ARRAY['placement.imager'] ELSE '{}' END
      || array_fill('placement.unmetImport'::text, ARRAY[${unmet.join(' + ')}])
      || CASE WHEN (${linked}) AND NOT features ? 'providers' THEN ARRAY['placement.feature'] ELSE '{}' END
      || CASE WHEN memory < ${memory} THEN ARRAY['placement.memory'] ELSE '{}' END AS codes
    FROM met`
  })
  return `
  WITH targeted AS (
    SELECT id, inventory FROM devices WHERE labels ->> '${label}' <> '${not}'
  ), met AS MATERIALIZED (
    SELECT t.id, imager.position, imager.fact ->> 'id' AS slot, (imager.fact ->> 'widthPixels')::int AS width,
      t.inventory #> '{agent,features}' AS features, (t.inventory #>> '{platform,memoryBytes}')::bigint AS memory,
      offered.*
    FROM targeted AS t
    LEFT JOIN LATERAL jsonb_array_elements(t.inventory -> 'imagers') WITH ORDINALITY AS imager (fact, position) ON true
    CROSS JOIN LATERAL (
      SELECT ${imports.map((name) => `coalesce(bool_or(${meets(name)}), false) AS ${met(name)}`).join(',\n        ')}
      FROM jsonb_to_recordset(t.inventory -> 'interfaces') AS i (name text, imagers jsonb)
      WHERE i.imagers IS NULL OR i.imagers ? (imager.fact ->> 'id')
    ) AS offered
  ), considered AS (
    ${each.join('\n    UNION ALL ')}
  ), placed AS (
    SELECT DISTINCT ON (id, slot) id, slot || ' ' || realisation AS place
    FROM considered WHERE cardinality(codes) = 0 ORDER BY id, slot, rank
  ), places AS (
    SELECT id, array_agg(place ORDER BY place COLLATE "C") AS placed FROM placed GROUP BY id
  ), decided AS (
    SELECT c.id, coalesce(places.placed, '{}') AS placed, c.codes
    FROM (
      SELECT id, coalesce(array_agg(code ORDER BY code COLLATE "C") FILTER (WHERE code IS NOT NULL), '{}') AS codes
      FROM considered LEFT JOIN LATERAL unnest(codes) AS code ON true GROUP BY id
    ) AS c LEFT JOIN places ON places.id = c.id
  )
  SELECT devices.id AS device,
    CASE WHEN decided.id IS NULL THEN 'notTargeted' WHEN cardinality(placed) > 0 THEN 'placed' ELSE 'refused' END AS outcome,
    coalesce(placed, '{}') AS placed,
    coalesce(codes, ARRAY['placement.selector']) AS codes
  FROM devices LEFT JOIN decided ON decided.id = devices.id
  ORDER BY devices.id`
}

/** The rule of versions: the same compatible version and not an older one; a pre-release meets only itself. */
function meets(name: string): string {
  const [path = '', version = ''] = name.split('@')
  if (version.includes('-')) return `i.name = '${name}'`
  const [major = '0', minor = '0', patch = '0'] = version.split('.')
  const part = (at: number) => `split_part(split_part(i.name, '@', 2), '.', ${at})`
  const older =
    major === '0'
      ? `${part(1)} = '0' AND ${part(2)} = '${minor}' AND ${part(3)}::int >= ${patch}`
      : `${part(1)} = '${major}' AND (${part(2)}::int, ${part(3)}::int) >= (${minor}, ${patch})`
  return `CASE WHEN split_part(i.name, '@', 1) = '${path}' AND position('-' IN split_part(i.name, '@', 2)) = 0 THEN ${older} ELSE false END`
}
