/**
 * The explanations of the last commit of this process, so that the next plan need not read them all back. They hold for
 * exactly the version that the commit made; after anybody else's commit they are read from the store again.
 */
import type { ChangePlan, DeviceDecision } from '@ocelli/schemas/api/plan'
import type { DeploymentId, ProjectId } from '@ocelli/schemas/ids'

export interface Decided {
  at(project: ProjectId, version: number): ReadonlyMap<DeploymentId, readonly DeviceDecision[]> | undefined
  remember(project: ProjectId, version: number, plan: ChangePlan): void
}

export function createDecided(): Decided {
  const held = new Map<ProjectId, { readonly version: number; readonly plan: ChangePlan }>()
  return {
    at(project, version) {
      const last = held.get(project)
      if (last?.version !== version) return undefined
      return new Map(last.plan.deployments.map(({ deployment, decisions }) => [deployment, decisions]))
    },
    remember: (project, version, plan) => void held.set(project, { version, plan }),
  }
}
