/** The part of the store that keeps rollouts and adds up what their devices put out. */
import type { DeploymentId, ProjectId } from '@ocelli/schemas/ids'
import type { Rollout } from '../domain/rollout.ts'
import type { EvidenceRow, FramePairRow } from '../rollout/facts.ts'

export interface EvidenceQuery {
  readonly project: ProjectId
  readonly deployment: DeploymentId
  /** By the best estimate of when it happened: from, included. */
  readonly fromMs: number
  /** To, excluded. */
  readonly toMs: number
}

export interface RolloutStore {
  /** Newest first. `active`: only those that have something left to do by themselves. */
  rollouts(
    project: ProjectId,
    options: { readonly deployment?: DeploymentId; readonly active?: boolean },
  ): Promise<readonly Rollout[]>
  /** Of a revision; absent: the newest. */
  rollout(deployment: DeploymentId, revision?: number): Promise<Rollout | undefined>
  /** Keeps what moves no placement. False where another was first: its version is not one above what is kept. */
  saveRollout(rollout: Rollout): Promise<boolean>
  /** Live measurements and events by device, revision and name, and log lines of level error or critical. */
  evidence(query: EvidenceQuery): Promise<readonly EvidenceRow[]>
  /** Measurements that the live instance and the shadow of `revision` put out for the same frames. */
  framePairs(query: EvidenceQuery & { readonly revision: number }): Promise<readonly FramePairRow[]>
}
