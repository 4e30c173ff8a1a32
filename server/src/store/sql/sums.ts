/** A whole fleet in numbers: from columns that the database keeps beside its documents. */
import type { DeviceDecision } from '@ocelli/schemas/api/plan'
import { type SQL, sql } from 'drizzle-orm'
import type { DeploymentSums, DeviceGroup, InstanceRow, SumStore } from '../monitoring.ts'
import { type Database, present, type Row, rowsOf } from './database.ts'
import { CONVERGED, FAILING } from './history.ts'

export function sumStore(database: Database): SumStore {
  return {
    deviceSums: async (project, longBeforeMs) => {
      const [row = {}] = await rowsOf(
        database,
        sql`
        SELECT count(*) AS total, ${countOf('online')}, ${countOf('offline')}, ${countOf('lost')}, ${countOf('unknown')},
          count(*) FILTER (WHERE ${CONVERGED}) AS converged, count(*) FILTER (WHERE simulated) AS simulated,
          ${group('degraded', sql`presence = 'online' AND ${FAILING}`)},
          ${group('long_lost', sql`presence = 'lost' AND presence_at_ms < ${longBeforeMs}`)},
          ${group('long_unknown', sql`presence = 'unknown' AND presence_at_ms < ${longBeforeMs}`)}
        FROM devices LEFT JOIN desired ON desired.device = devices.id WHERE devices.project = ${project}`,
      )
      const count = (name: string) => Number(row[name] ?? 0)
      return {
        total: count('total'),
        presence: {
          online: count('online'),
          offline: count('offline'),
          lost: count('lost'),
          unknown: count('unknown'),
        },
        converged: count('converged'),
        simulated: count('simulated'),
        degraded: groupOf(row, 'degraded'),
        longLost: groupOf(row, 'long_lost'),
        longUnknown: groupOf(row, 'long_unknown'),
      }
    },
    deploymentSums: async (project) => {
      const rows = await rowsOf(
        database,
        sql`
        WITH decided AS (
          SELECT deployment, outcome, count(*) AS count FROM decisions
          WHERE deployment IN (SELECT id FROM deployments WHERE project = ${project}) GROUP BY deployment, outcome
        ), outcomes AS (SELECT deployment, json_object_agg(outcome, count) AS outcomes FROM decided GROUP BY deployment),
        instances AS (
          SELECT placements.deployment, count(*) AS placed,
            count(*) FILTER (WHERE jsonb_exists(running, instance)) AS running,
            count(*) FILTER (WHERE jsonb_exists(healthy, instance)) AS healthy,
            count(*) FILTER (WHERE failing @> jsonb_build_array(jsonb_build_object('id', instance))) AS failing
          FROM placements LEFT JOIN devices ON devices.id = placements.device
          WHERE placements.project = ${project} GROUP BY placements.deployment
        )
        SELECT id, outcomes, placed, running, healthy, failing FROM deployments
        LEFT JOIN outcomes ON outcomes.deployment = id LEFT JOIN instances ON instances.deployment = id
        WHERE project = ${project} ORDER BY id`,
      )
      return rows.map(deploymentSums)
    },
    deploymentInstances: async (deployment) => {
      const rows = await rowsOf(
        database,
        sql`
        SELECT placement, coalesce(name, placements.device) AS name, coalesce(presence, 'unknown') AS presence,
          jsonb_path_query_first(reported, '$.instances[*] ? (@.id == $id)', jsonb_build_object('id', instance)) AS state
        FROM placements LEFT JOIN devices ON devices.id = placements.device
        WHERE placements.deployment = ${deployment} ORDER BY instance`,
      )
      return rows.map(
        (row): InstanceRow =>
          present({
            placement: row.placement as InstanceRow['placement'],
            deviceName: String(row.name),
            presence: row.presence as InstanceRow['presence'],
            state: row.state as NonNullable<InstanceRow['state']> | null,
          }),
      )
    },
  }
}

function countOf(presence: string): SQL {
  return sql`count(*) FILTER (WHERE presence = ${presence}) AS ${sql.raw(presence)}`
}

/** The least of one is the one. */
function group(name: string, condition: SQL): SQL {
  const [counted, id, text] = ['count', 'id', 'name'].map((what) => sql.raw(`${name}_${what}`))
  return sql`count(*) FILTER (WHERE ${condition}) AS ${counted}, min(id) FILTER (WHERE ${condition}) AS ${id},
    min(name) FILTER (WHERE ${condition}) AS ${text}`
}

function groupOf(row: Row, name: string): DeviceGroup {
  const count = Number(row[`${name}_count`] ?? 0)
  if (count !== 1) return { count }
  return {
    count,
    only: { id: row[`${name}_id`] as NonNullable<DeviceGroup['only']>['id'], name: String(row[`${name}_name`]) },
  }
}

function deploymentSums(row: Row): DeploymentSums {
  const outcomes = (row.outcomes ?? {}) as Partial<Record<DeviceDecision['outcome'], number>>
  const { placed = 0, refused = 0, notTargeted = 0 } = outcomes
  const count = (name: string) => Number(row[name] ?? 0)
  return {
    deployment: row.id as DeploymentSums['deployment'],
    devices: { placed, refused, notTargeted },
    instances: {
      placed: count('placed'),
      running: count('running'),
      healthy: count('healthy'),
      failing: count('failing'),
    },
  }
}
