import type { DeviceId, ProjectId } from '@ocelli/schemas/ids'
import type { DecisionCommit, DesiredRow, IntentWrite } from '../../domain/records.ts'
import type { DeviceFacts, Snapshot } from '../../domain/snapshot.ts'
import { isUnreported } from '../desired-rule.ts'
import type { Transact } from '../memory.ts'
import type { IntentStore } from '../store.ts'
import { decidedAt, forgetDecisions, putDecisions, setPin, withPins } from './decisions.ts'
import { rowsOf } from './devices.ts'
import { noteDesired } from './history.ts'
import { revokeCertificates } from './identity.ts'
import { deleteRollouts, isNext, putRollout, staged } from './rollouts.ts'
import { byText, keyOf, knowProject, type State } from './state.ts'

export function intentStore(transact: Transact, onIntent: (listener: () => void) => () => void): IntentStore {
  return {
    projects: () => transact((state) => [...state.projects.keys()].sort()),
    restDue: () => transact((state) => [...state.restDueMs.keys()].sort()),
    snapshot: (project) => transact((state) => snapshotOf(state, project)),
    moment: (project) => transact((state) => ({ snapshot: snapshotOf(state, project), rows: rowsOf(state, project) })),
    commit: (decision) => transact((state) => commit(state, decision)),
    deployments: (project) => transact((state) => deploymentsOf(state, project)),
    revisions: (deployment) => transact((state) => state.revisions.get(deployment) ?? []),
    fleets: (project) => transact((state) => fleetsOf(state, project)),
    placements: (project) => transact((state) => placementsOf(state, project)),
    decisions: (deployment) =>
      transact((state) => [...(state.decisions.get(deployment)?.values() ?? [])].sort(byText((row) => row.device))),
    decision: (deployment, device) => transact((state) => state.decisions.get(deployment)?.get(device)),
    decidedAt: (deployment, atMs, device) => transact((state) => decidedAt(state, deployment, atMs, device)),
    putPending: (row) =>
      transact((state) => {
        knowProject(state, row.project)
        state.pending.set(row.id, structuredClone(row))
      }),
    pending: (project) =>
      transact((state) =>
        [...state.pending.values()]
          .filter((row) => row.project === project)
          .sort((a, b) => a.createdAtMs - b.createdAtMs || byText<typeof a>((row) => row.id)(a, b)),
      ),
    removePending: (id, audit) =>
      transact((state) => {
        if (!state.pending.delete(id)) return false
        state.audit.push(structuredClone(audit))
        return true
      }),
    desired: (device) => transact((state) => state.desired.get(device)),
    desiredKeys: (which) =>
      transact((state) =>
        desiredRows(state).flatMap((row) => {
          const device = state.devices.get(row.device)
          if (device === undefined || !mayBeTold(state, row)) return []
          if (which === 'unreported' && !isUnreported(row, device.reported)) return []
          const { generation, trustVersion } = row
          return { device: row.device, project: device.project, generation, trustVersion }
        }),
      ),
    desiredOf: (ids) =>
      transact((state) =>
        ids
          .flatMap((id) => state.desired.get(id) ?? [])
          .filter((row) => mayBeTold(state, row))
          .sort(byText((row) => row.device)),
      ),
    onIntent,
  }
}

function mayBeTold(state: State, { device, issuedAtMs }: DesiredRow): boolean {
  const project = state.devices.get(device)?.project
  return project === undefined || issuedAtMs >= (state.restDueMs.get(project) ?? 0)
}

function snapshotOf(state: State, project: ProjectId): Snapshot {
  const devices = [...state.devices.values()].filter((device) => device.project === project)
  return {
    project,
    version: state.projects.get(project) ?? 0,
    ...(state.restDueMs.has(project) && { restDue: true as const }),
    devices: devices
      .map(
        ({ id, name, labels, presence, presenceAtMs, taints, inventory }): DeviceFacts => ({
          id,
          name,
          labels,
          presence,
          presenceAtMs,
          ...(taints && { taints }),
          ...(inventory && { inventory }),
        }),
      )
      .sort(byText((device) => device.id)),
    fleets: fleetsOf(state, project),
    deployments: deploymentsOf(state, project).map(({ id, name, revision, spec, components, agreedDevices }) =>
      staged(
        state,
        withPins(state, {
          id,
          name,
          revision,
          spec,
          components,
          ...(agreedDevices !== undefined && { agreedDevices }),
        }),
      ),
    ),
    placements: placementsOf(state, project),
  }
}

function commit(state: State, decision: DecisionCommit): Awaited<ReturnType<IntentStore['commit']>> {
  const { project } = decision
  if ((state.projects.get(project) ?? 0) !== decision.basedOn) return { kind: 'stale' }
  const rollouts = decision.rollouts ?? []
  if (!rollouts.every((rollout) => isNext(state, rollout))) return { kind: 'stale' }
  state.projects.set(project, decision.basedOn + 1)
  const issuedAtMs = decision.rest === 'due' ? afterAll(state, decision) : decision.atMs
  if (decision.rest === 'due') state.restDueMs.set(project, issuedAtMs)
  if (decision.rest === 'done') state.restDueMs.delete(project)
  for (const write of decision.intent) writeIntent(state, decision, structuredClone(write))
  for (const rollout of rollouts) putRollout(state, rollout)
  for (const instance of decision.remove) {
    if (state.placements.get(instance)?.project === project) state.placements.delete(instance)
  }
  for (const placement of structuredClone(decision.put)) {
    state.placements.set(placement.instance, { project, placement })
    state.instances.set(placement.instance, { deployment: placement.deployment, device: placement.device })
  }
  for (const { deployment, decisions } of structuredClone(decision.decisions)) {
    putDecisions(state, deployment, decisions, decision.atMs)
  }
  const desired: DesiredRow[] = []
  for (const { device, instances } of structuredClone(decision.desired)) {
    if (state.devices.get(device)?.project !== project) continue
    const counter = (state.desired.get(device)?.generation.counter ?? 0) + 1
    const row: DesiredRow = {
      device,
      generation: { epoch: state.epoch, counter },
      instances,
      issuedAtMs,
      trustVersion: state.trust?.version ?? 0,
    }
    noteDesired(state, row)
    state.desired.set(device, row)
    desired.push(row)
  }
  if (decision.pendingDone !== undefined) state.pending.delete(decision.pendingDone)
  state.audit.push(...structuredClone(decision.audit))
  state.intentChanged = true
  return { kind: 'committed', desired: desired.sort(byText((row) => row.device)) }
}

/** A clock that was set back must not make an earlier desired state look like one of this decision. */
function afterAll(state: State, { project, atMs }: DecisionCommit): number {
  const issued = desiredRows(state).filter(({ device }) => state.devices.get(device)?.project === project)
  return issued.reduce((latest, row) => Math.max(latest, row.issuedAtMs + 1), atMs)
}

function writeIntent(state: State, { project, atMs }: DecisionCommit, write: IntentWrite): void {
  switch (write.kind) {
    case 'putDeployment': {
      const { id, name, revision, spec, components, actor } = write
      const held = state.deployments.get(id)
      const createdAtMs = held?.createdAtMs ?? atMs
      const row = { ...held, id, project, name, revision, spec, components, createdAtMs, updatedAtMs: atMs }
      state.deployments.set(id, row)
      const revisions = state.revisions.get(id) ?? []
      if (revisions.some((row) => row.revision === revision)) return
      state.revisions.set(id, [...revisions, { deployment: id, revision, spec, components, createdAtMs: atMs, actor }])
      return
    }
    case 'deleteDeployment':
      if (state.deployments.get(write.id)?.project !== project) return
      state.deployments.delete(write.id)
      state.decisions.delete(write.id)
      forgetDecisions(state, (deployment) => deployment === write.id)
      deleteRollouts(state, write.id)
      deleteWhere(state.placements, ({ placement }) => placement.deployment === write.id)
      deleteWhere(state.lastValues, ({ row }) => row.deployment === write.id)
      return
    case 'setAgreed': {
      const held = state.deployments.get(write.deployment)
      if (held?.project !== project) return
      state.deployments.set(held.id, { ...held, agreedDevices: write.devices })
      return
    }
    case 'putFleet':
      state.fleets.set(keyOf(project, write.name), { project, manifest: write.manifest })
      return
    case 'deleteFleet':
      state.fleets.delete(keyOf(project, write.name))
      return
    case 'setLabels': {
      const device = state.devices.get(write.device)
      if (device?.project === project) state.devices.set(device.id, { ...device, labels: write.labels })
      return
    }
    case 'setTaints': {
      const row = state.devices.get(write.device)
      if (row?.project !== project) return
      const { taints: _, ...rest } = row
      const isTainted = Object.keys(write.taints).length > 0
      state.devices.set(row.id, isTainted ? { ...rest, taints: write.taints } : rest)
      return
    }
    case 'setPin': {
      const [device, deployment] = [state.devices.get(write.device), state.deployments.get(write.deployment)]
      if (device?.project !== project || deployment?.project !== project) return
      setPin(state, write.deployment, write.device, write.revision)
      return
    }
    case 'deleteDevice':
      if (state.devices.get(write.device)?.project === project) deleteDevice(state, write.device, atMs)
  }
}

/** Its records stay, as they are history; its certificates stay revoked, as an id is never given again. */
function deleteDevice(state: State, device: DeviceId, atMs: number): void {
  revokeCertificates(state, device, atMs)
  state.devices.delete(device)
  state.desired.delete(device)
  for (const decisions of state.decisions.values()) decisions.delete(device)
  forgetDecisions(state, (_, of) => of === device)
  deleteWhere(state.placements, ({ placement }) => placement.device === device)
  deleteWhere(state.lastValues, ({ row }) => row.device === device)
}

function deleteWhere<K, V>(map: Map<K, V>, matches: (value: V) => boolean): void {
  for (const [key, value] of [...map]) if (matches(value)) map.delete(key)
}

function deploymentsOf(state: State, project: ProjectId) {
  return [...state.deployments.values()].filter((row) => row.project === project).sort(byText((row) => row.id))
}

function fleetsOf(state: State, project: ProjectId) {
  return [...state.fleets.values()]
    .filter((row) => row.project === project)
    .map(({ manifest }) => manifest)
    .sort(byText((manifest) => manifest.metadata.name))
}

function placementsOf(state: State, project: ProjectId) {
  return [...state.placements.values()]
    .filter((row) => row.project === project)
    .map(({ placement }) => placement)
    .sort(byText((placement) => placement.instance))
}

function desiredRows(state: State): DesiredRow[] {
  return [...state.desired.values()].sort(byText((row) => row.device))
}
