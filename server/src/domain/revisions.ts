/** The revisions of one deployment that may run at the same time: its own, those that a rollout leaves, those of pins. */
import type { DeploymentState, RevisionState } from './snapshot.ts'

/** A revision as a deployment of its own; undefined where nothing of the snapshot may run it. */
export function atRevision(deployment: DeploymentState, revision: number): DeploymentState | undefined {
  if (revision === deployment.revision) return deployment
  const { rollout, pins } = deployment
  if (rollout?.from?.revision === revision) return asDeployment(deployment, rollout.from)
  const others = [...Object.values(rollout?.bases ?? {}), ...Object.values(pins ?? {})]
  const pinned = others.find((one) => one.revision === revision)
  return pinned && asDeployment(deployment, pinned)
}

export function asDeployment({ id, name }: DeploymentState, revision: RevisionState): DeploymentState {
  return { id, name, revision: revision.revision, spec: revision.spec, components: revision.components }
}
