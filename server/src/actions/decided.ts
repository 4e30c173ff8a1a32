/**
 * The explanations of the last commit of this process, so that the next plan need not read them all back. They hold for
 * exactly the version that the commit made; after anybody else's commit they are read from the store again.
 */
import type { DeviceDecision } from '@ocelli/schemas/api/plan'
import type { DeploymentId, DeviceId, ProjectId } from '@ocelli/schemas/ids'
import type { PlannedChange } from '../scheduler/schedule.ts'

export type DecisionsByDevice = ReadonlyMap<DeploymentId, ReadonlyMap<DeviceId, DeviceDecision>>

export interface Decided {
  at(project: ProjectId, version: number): DecisionsByDevice | undefined
  /** What was decided on `version`, and made the next one. A part is kept only beside what is known of the rest. */
  remember(project: ProjectId, version: number, planned: Pick<PlannedChange, 'plan' | 'isPart'>): void
}

export function createDecided(): Decided {
  const held = new Map<
    ProjectId,
    { readonly version: number; readonly decisions: Map<DeploymentId, Map<DeviceId, DeviceDecision>> }
  >()
  return {
    at(project, version) {
      const last = held.get(project)
      return last?.version === version ? last.decisions : undefined
    },
    remember(project, version, { plan, isPart }) {
      const last = held.get(project)
      if (isPart && last?.version !== version) return void held.delete(project)
      const decisions = (isPart && last?.decisions) || new Map<DeploymentId, Map<DeviceId, DeviceDecision>>()
      for (const { deployment, decisions: made } of plan.deployments) {
        const byDevice = decisions.get(deployment) ?? new Map<DeviceId, DeviceDecision>()
        decisions.set(deployment, byDevice)
        for (const decision of made) byDevice.set(decision.device, decision)
      }
      held.set(project, { version: version + 1, decisions })
    },
  }
}
