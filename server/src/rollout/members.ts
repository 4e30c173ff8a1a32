/** Devices as a rollout sees them, from what is placed, what was told and what was reported. */
import type { DeviceDecision, Placement } from '@ocelli/schemas/api/plan'
import type { DeviceId, InstanceId } from '@ocelli/schemas/ids'
import { compareGenerations } from '@ocelli/schemas/messages/generation'
import type { ReportedInstance } from '@ocelli/schemas/messages/reported'
import { shadowSlot } from '../domain/instance-id.ts'
import type { DeviceRow } from '../domain/records.ts'
import type { Rollout } from '../domain/rollout.ts'
import type { DeviceFacts } from '../domain/snapshot.ts'
import type { LocalTime, Member, MemberFailure } from './facts.ts'

export interface MemberSources {
  readonly rows: readonly DeviceRow[]
  /** Of this deployment, as they are now. */
  readonly placements: readonly Placement[]
  /** Devices that would get an instance of the new revision if all were released. */
  readonly would: ReadonlySet<DeviceId>
  /** Devices that a person pinned: a rollout passes them by. */
  readonly pinned: ReadonlySet<DeviceId>
  /** Of the devices that should run a shadow. */
  readonly decisions: ReadonlyMap<DeviceId, DeviceDecision>
  readonly local: (device: DeviceFacts) => LocalTime | string
}

/** Everybody that the rollout concerns: who has an instance, who would get one, and who is in a wave. */
export function membersFrom(rollout: Rollout, sources: MemberSources): Map<DeviceId, Member> {
  const placed = new Map<DeviceId, Placement[]>()
  for (const placement of sources.placements) {
    const list = placed.get(placement.device)
    if (list) list.push(placement)
    else placed.set(placement.device, [placement])
  }
  const inWaves = new Set(rollout.waves.flatMap(({ devices, joined }) => [...devices, ...joined]))
  const members = new Map<DeviceId, Member>()
  for (const row of sources.rows) {
    if (sources.pinned.has(row.id)) continue
    const own = placed.get(row.id)
    if (own === undefined && !sources.would.has(row.id) && !inWaves.has(row.id)) continue
    members.set(row.id, memberFrom(rollout, row, own ?? [], sources))
  }
  return members
}

function memberFrom(
  rollout: Rollout,
  row: DeviceRow,
  placements: readonly Placement[],
  { would, decisions, local }: MemberSources,
): Member {
  const { id, name, labels, presence, inventory } = row
  const device: DeviceFacts = { id, name, labels, presence, ...(inventory && { inventory }) }
  const reports = new Map<InstanceId, ReportedInstance>(row.reported?.instances.map((one) => [one.id, one]))
  const live = placements.filter(({ role }) => role !== 'shadow')
  const shadows = placements.filter(({ role }) => role === 'shadow')
  const mine = live.flatMap(({ instance }) => reports.get(instance) ?? [])
  const wanted = live[0]?.revision
  const failure = failureOf(rollout, mine)
  const shadow = shadowOf(shadows, reports)
  const missing = shadow === undefined ? noShadowOf(decisions.get(id)) : undefined
  return {
    device,
    presenceAtMs: row.presenceAtMs,
    wouldRun: would.has(id),
    ...(wanted !== undefined && { wanted }),
    told: isTold(row),
    up: live.length > 0 && live.every((placement) => isUp(placement, reports.get(placement.instance))),
    state: live.length === 0 ? 'none' : stateOf(live, reports),
    ...(mine[0] !== undefined && { running: mine[0].revision }),
    restarts: mine.reduce((sum, { restarts }) => sum + restarts, 0),
    ...(failure && { failure }),
    ...(shadow && { shadow }),
    ...(missing !== undefined && { noShadow: missing }),
    local: local(device),
  }
}

function isTold({ desired, reported }: DeviceRow): boolean {
  if (desired === undefined) return true
  return reported?.generation !== undefined && compareGenerations(reported.generation, desired.generation) >= 0
}

function isUp({ revision }: Placement, report: ReportedInstance | undefined): boolean {
  if (report === undefined || report.revision !== revision) return false
  return (report.state === 'running' && report.healthy) || report.state === 'completed'
}

const GIVEN_UP: ReadonlySet<ReportedInstance['state']> = new Set(['crashLoop', 'refused'])
const FETCHING: ReadonlySet<ReportedInstance['state']> = new Set(['waiting', 'fetching', 'preparing'])

function stateOf(
  live: readonly Placement[],
  reports: ReadonlyMap<InstanceId, ReportedInstance>,
): Exclude<Member['state'], 'none'> {
  const states = live.map(({ instance, revision }) => {
    const report = reports.get(instance)
    return report?.revision === revision ? report.state : undefined
  })
  if (states.some((state) => state !== undefined && GIVEN_UP.has(state))) return 'givenUp'
  if (states.some((state) => state === undefined || FETCHING.has(state))) return 'fetching'
  return states.every((state) => state === 'running' || state === 'completed') ? 'running' : 'starting'
}

/** The device went back by itself, or gave the new revision up. */
function failureOf({ revision }: Rollout, reports: readonly ReportedInstance[]): MemberFailure | undefined {
  for (const { fellBack, revision: runs, state, error, logs } of reports) {
    if (fellBack?.revision === revision) {
      return { code: fellBack.error.code, message: fellBack.error.message, logs: fellBack.logs ?? [] }
    }
    if (runs !== revision || !GIVEN_UP.has(state)) continue
    const code = error?.code ?? 'instance.crashLoop'
    return { code, message: error?.message ?? `the device reports ${state}`, logs: logs ?? [] }
  }
  return undefined
}

function shadowOf(
  shadows: readonly Placement[],
  reports: ReadonlyMap<InstanceId, ReportedInstance>,
): Member['shadow'] | undefined {
  if (shadows.length === 0) return undefined
  const all = shadows.map((placement) => {
    const report = reports.get(placement.instance)
    if (report?.revision === placement.revision && GIVEN_UP.has(report.state)) return 'givenUp'
    return isUp(placement, report) ? 'running' : 'starting'
  })
  if (all.includes('givenUp')) return 'givenUp'
  return all.includes('starting') ? 'starting' : 'running'
}

/** The scheduler says of shadows, too, what stands against them. */
function noShadowOf(decision: DeviceDecision | undefined): string | undefined {
  const prefix = shadowSlot('')
  const refused = decision?.candidates.filter(({ slot, fits }) => slot.startsWith(prefix) && !fits) ?? []
  const reasons = [...new Set(refused.flatMap(({ reasons: own }) => own.map(({ message }) => message)))]
  return reasons.length === 0 ? undefined : reasons.join('; ')
}
