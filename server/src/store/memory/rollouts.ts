import type { DeploymentId, DeviceId } from '@ocelli/schemas/ids'
import type { Rollout } from '../../domain/rollout.ts'
import type { DeploymentState } from '../../domain/snapshot.ts'
import type { EvidenceRow, FramePairRow } from '../../rollout/facts.ts'
import { withRollout } from '../../rollout/stage.ts'
import { isActive } from '../../rollout/table.ts'
import type { Transact } from '../memory.ts'
import type { EvidenceQuery, RolloutStore } from '../rollouts.ts'
import { instanceOf, nameOf } from '../telemetry-rule.ts'
import { keyOf, type State } from './state.ts'

export function rolloutStore(transact: Transact): RolloutStore {
  return {
    rollouts: (project, { deployment, active }) =>
      transact((state) =>
        [...state.rollouts.values()]
          .filter((one) => one.project === project)
          .filter((one) => deployment === undefined || one.deployment === deployment)
          .filter((one) => active !== true || isActive(one))
          .sort(
            (a, b) =>
              b.startedAtMs - a.startedAtMs || b.revision - a.revision || (a.deployment < b.deployment ? -1 : 1),
          ),
      ),
    rollout: (deployment, revision) =>
      transact((state) => {
        const own = [...state.rollouts.values()].filter((one) => one.deployment === deployment)
        if (revision !== undefined) return own.find((one) => one.revision === revision)
        return own.sort((a, b) => b.revision - a.revision)[0]
      }),
    saveRollout: (rollout) => transact((state) => isNext(state, rollout) && putRollout(state, rollout)),
    evidence: (query) => transact((state) => evidence(state, query)),
    framePairs: (query) => transact((state) => framePairs(state, query)),
  }
}

/** A new one has version 1, any other one more than what is kept. */
export function isNext(state: State, { deployment, revision, version }: Rollout): boolean {
  return (state.rollouts.get(rolloutKey(deployment, revision))?.version ?? 0) === version - 1
}

export function putRollout(state: State, rollout: Rollout): boolean {
  state.rollouts.set(rolloutKey(rollout.deployment, rollout.revision), structuredClone(rollout))
  return true
}

/** The deployment as its rollout lets it be. */
export function staged(state: State, deployment: DeploymentState): DeploymentState {
  const rollout = state.rollouts.get(rolloutKey(deployment.id, deployment.revision))
  const revisions = state.revisions.get(deployment.id) ?? []
  return withRollout(deployment, rollout, (revision) => {
    const found = revisions.find((one) => one.revision === revision)
    return found && { revision, spec: found.spec, components: found.components }
  })
}

export function deleteRollouts(state: State, deployment: DeploymentId): void {
  for (const [key, rollout] of [...state.rollouts]) if (rollout.deployment === deployment) state.rollouts.delete(key)
}

function rolloutKey(deployment: string, revision: number): string {
  return keyOf(deployment, String(revision))
}

function evidence(state: State, { project, deployment, fromMs, toMs }: EvidenceQuery): EvidenceRow[] {
  const found = new Map<string, EvidenceRow>()
  for (const stored of state.records) {
    if (stored?.project !== project || stored.row.deployment !== deployment) continue
    const { row } = stored
    if (row.observedAtMs < fromMs || row.observedAtMs >= toMs) continue
    const { record } = row
    const isError = record.kind === 'log' && (record.level === 'error' || record.level === 'critical')
    if (record.kind !== 'measurement' && record.kind !== 'event' && !isError) continue
    if (record.role !== 'live') continue
    const kind = record.kind === 'log' ? 'error' : record.kind
    const name = nameOf(record) ?? ''
    const key = keyOf(row.device, String(record.revision), kind, name)
    const before = found.get(key)
    found.set(key, {
      device: row.device,
      revision: record.revision,
      kind,
      name,
      samples: (before?.samples ?? 0) + 1,
      sum: (before?.sum ?? 0) + (record.kind === 'measurement' ? record.value : 0),
      firstMs: Math.min(before?.firstMs ?? row.observedAtMs, row.observedAtMs),
      lastMs: Math.max(before?.lastMs ?? row.observedAtMs, row.observedAtMs),
    })
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

function framePairs(
  state: State,
  { project, deployment, fromMs, toMs, revision }: Parameters<RolloutStore['framePairs']>[0],
): FramePairRow[] {
  const live = new Map<string, number>()
  const shadow = new Map<string, { readonly device: DeviceId; readonly name: string; readonly value: number }>()
  for (const stored of state.records) {
    if (stored?.project !== project || stored.row.deployment !== deployment) continue
    const { row } = stored
    const { record, device } = row
    if (record.kind !== 'measurement') continue
    if (row.observedAtMs < fromMs || row.observedAtMs >= toMs || record.frame === undefined) continue
    const name = nameOf(record) ?? ''
    const key = JSON.stringify([device, name, record.imager, record.boot, record.frame])
    if (record.role === 'live') live.set(key, record.value)
    else if (record.revision === revision && instanceOf(record)) shadow.set(key, { device, name, value: record.value })
  }
  const found = new Map<string, FramePairRow>()
  for (const [key, { device, name, value }] of shadow) {
    const twin = live.get(key)
    if (twin === undefined) continue
    const at = keyOf(device, name)
    const before = found.get(at) ?? { device, name, pairs: 0, equal: 0, difference: 0 }
    found.set(at, {
      ...before,
      pairs: before.pairs + 1,
      equal: before.equal + (twin === value ? 1 : 0),
      difference: before.difference + Math.abs(twin - value),
    })
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}
