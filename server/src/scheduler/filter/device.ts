/** What keeps a deployment away from a device as a whole, whatever the device can do. */
import type { DeploymentId } from '@ocelli/schemas/ids'
import type { DeviceFacts, Snapshot } from '../../domain/snapshot.ts'
import { type Problem, problem } from '../problem.ts'
import type { Requirements } from '../requirements.ts'

/** A taint keeps new instances away and ends those that run. */
export function taintProblems(
  { tolerates, deployment }: Requirements,
  taints: NonNullable<DeviceFacts['taints']>,
): readonly Problem[] {
  return Object.entries(taints)
    .filter(([key, value]) => !tolerates(key, value))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => {
      const taint = value === '' ? key : `${key}=${value}`
      return problem(
        'placement.taint',
        `the device has the taint ${taint}, which ${deployment.name} does not tolerate`,
        `the device had no taint ${taint}`,
        { wanted: 'no taint', offered: taint },
      )
    })
}

export function isAbsent({ presence, presenceAtMs }: DeviceFacts, absentAfterMs: number, atMs = 0): boolean {
  return presence !== 'online' && presenceAtMs !== undefined && atMs - presenceAtMs > absentAfterMs
}

/** When the next device that holds a replica becomes absent, if it stays silent; undefined where none can. */
export function nextAbsenceMs({ deployments, placements, devices, atMs = 0 }: Snapshot): number | undefined {
  const limits = new Map<DeploymentId, number>(
    deployments.flatMap(({ id, spec }) => (spec.absentAfterMs ? [[id, spec.absentAfterMs] as const] : [])),
  )
  if (limits.size === 0) return undefined
  const byId = new Map(devices.map((device) => [device.id, device]))
  let next: number | undefined
  for (const { deployment, device } of placements) {
    const [limit, facts] = [limits.get(deployment), byId.get(device)]
    if (limit === undefined || facts?.presenceAtMs === undefined || facts.presence === 'online') continue
    const dueMs = facts.presenceAtMs + limit + 1
    if (dueMs > atMs && (next === undefined || dueMs < next)) next = dueMs
  }
  return next
}

/** Says since when, not for how long: a decision that stays is told in the same words. */
export function absenceProblem(
  { absentAfterMs, deployment }: Requirements,
  device: DeviceFacts,
  atMs: number,
): Problem | undefined {
  if (!isAbsent(device, absentAfterMs, atMs)) return undefined
  const { presence, presenceAtMs = 0 } = device
  const since = new Date(presenceAtMs).toISOString()
  return problem(
    'placement.absent',
    `${presence} since ${since}, longer than the ${absentAfterMs} ms that ${deployment.name} allows`,
    'the device came back',
    { wanted: absentAfterMs, offered: since },
  )
}
