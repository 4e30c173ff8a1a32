/** Decisions with the time in which they held, and devices that are pinned to a revision. */
import type { DeviceDecision } from '@ocelli/schemas/api/plan'
import type { DeploymentId, DeviceId } from '@ocelli/schemas/ids'
import type { DecidedRow } from '../../domain/records.ts'
import type { DeploymentState, RevisionState } from '../../domain/snapshot.ts'
import { DECISIONS_KEPT_MS } from '../decision-rule.ts'
import { byText, keyOf, type State } from './state.ts'

export function putDecisions(
  state: State,
  deployment: DeploymentId,
  decisions: readonly DeviceDecision[],
  atMs: number,
): void {
  const held = state.decisions.get(deployment) ?? new Map<DeviceId, DeviceDecision>()
  for (const decision of decisions) {
    const key = keyOf(deployment, decision.device)
    const before = held.get(decision.device)
    if (before) {
      const kept = (state.pastDecisions.get(key) ?? []).filter(({ untilMs = 0 }) => untilMs >= atMs - DECISIONS_KEPT_MS)
      const ended = { decision: before, sinceMs: state.decidedSince.get(key) ?? 0, untilMs: atMs }
      state.pastDecisions.set(key, [...kept, ended])
    }
    state.decidedSince.set(key, atMs)
    held.set(decision.device, decision)
  }
  state.decisions.set(deployment, held)
}

export function decidedAt(
  state: State,
  deployment: DeploymentId,
  atMs: number,
  device: DeviceId | undefined,
): DecidedRow[] {
  const found: DecidedRow[] = []
  for (const decision of state.decisions.get(deployment)?.values() ?? []) {
    if (device !== undefined && decision.device !== device) continue
    const key = keyOf(deployment, decision.device)
    const sinceMs = state.decidedSince.get(key) ?? 0
    if (sinceMs <= atMs) found.push({ decision, sinceMs })
    for (const past of state.pastDecisions.get(key) ?? []) {
      if (past.sinceMs <= atMs && (past.untilMs ?? 0) > atMs) found.push(past)
    }
  }
  return found.sort(byText((row) => row.decision.device))
}

export function forgetDecisions(state: State, matches: (deployment: string, device: string) => boolean): void {
  for (const map of [state.decidedSince, state.pastDecisions]) {
    for (const key of [...map.keys()]) {
      const [deployment = '', device = ''] = key.split(' ')
      if (matches(deployment, device)) map.delete(key)
    }
  }
  for (const [deployment, pins] of [...state.pins]) {
    const kept = [...pins].filter(([device]) => !matches(deployment, device))
    if (kept.length === 0) state.pins.delete(deployment)
    else state.pins.set(deployment, new Map(kept))
  }
}

export function setPin(state: State, deployment: DeploymentId, device: DeviceId, revision: number | undefined): void {
  const pins = new Map(state.pins.get(deployment))
  if (revision === undefined) pins.delete(device)
  else pins.set(device, revision)
  state.pins.set(deployment, pins)
}

/** The deployment with the revisions that its pinned devices keep. */
export function withPins(state: State, deployment: DeploymentState): DeploymentState {
  const revisions = state.revisions.get(deployment.id) ?? []
  const found: Record<DeviceId, RevisionState> = {}
  const pins = [...(state.pins.get(deployment.id) ?? [])].sort(byText(([device]) => device))
  for (const [device, pinned] of pins) {
    const row = revisions.find(({ revision }) => revision === pinned)
    if (row) found[device] = { revision: pinned, spec: row.spec, components: row.components }
  }
  return Object.keys(found).length === 0 ? deployment : { ...deployment, pins: found }
}
