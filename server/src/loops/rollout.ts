/**
 * Moves rollouts on: load, decide, commit, publish. It looks again whenever something may have changed and, while one
 * runs, every second, as time alone may open a wave or end a wait; on large fleets less often than a look takes.
 */
import type { RolloutPhase } from '@ocelli/schemas/api/rollout'
import type { DeploymentId, ProjectId } from '@ocelli/schemas/ids'
import { SERVER_ACTOR } from '../actions/caller.ts'
import { commitRest } from '../actions/commit-rest.ts'
import type { ActionContext } from '../actions/context.ts'
import { moveRollout } from '../actions/move-rollout.ts'
import { isRefusal } from '../domain/refusal.ts'
import type { Log } from '../log.ts'
import { isActive } from '../rollout/table.ts'
import { gatheringOf, startLoop } from './loop.ts'

/** Gathers the reports of devices that start at the same time. */
const DEBOUNCE_MS = 100
/** A lost wake is made good by this. */
const EVERY_MS = 30_000
/** How soon time alone may matter. */
const AGAIN_MS: Record<RolloutPhase, number> = {
  scheduled: 1_000,
  approval: 10_000,
  shadowing: 1_000,
  open: 1_000,
  paused: 10_000,
  rollingBack: 1_000,
  completed: EVERY_MS,
  aborted: EVERY_MS,
  rolledBack: EVERY_MS,
  superseded: EVERY_MS,
}
/** So long those are told alone who had to hear of a decision first: the rest of it hurts nobody meanwhile. */
const ALONE_MS = 1_000
/** Rest for this many times as long as a look took, where time alone may matter, */
const REST = 5
/** and for this many times where devices spoke, or somebody else decided, meanwhile. */
const REST_WHEN_TOLD = 4

export interface Rollouts {
  /** A rollout may have been made, or asked for something: who did it has decided on it already. */
  wake(): void
  /** The rest of a decision is to be committed. */
  restDue(): void
  /** A device came, went or reported: that matters only while a rollout runs. */
  deviceChanged(): void
  stop(): Promise<void>
}

export function createRollouts(ports: {
  readonly context: ActionContext
  readonly log: Log
  readonly isLeader: () => boolean
}): Rollouts {
  const { context, log } = ports
  const { store, clock } = context
  let active = true
  let lookMs = 0
  let restFromMs = 0

  const move = async (project: ProjectId, deployment: DeploymentId): Promise<RolloutPhase | undefined> => {
    const moved = await moveRollout(context, { project, actor: SERVER_ACTOR }, deployment)
    if (moved === undefined) return undefined
    if (isRefusal(moved)) {
      log.error({ project, deployment, code: moved.code, reason: moved.message }, 'a rollout cannot move on')
      return 'paused'
    }
    const { before, decision } = moved
    const { name, revision, phase, why } = decision.next
    if (phase !== before.phase) log.info({ project, name, revision, phase, why }, 'a rollout entered a phase')
    return isActive(decision.next) ? phase : undefined
  }
  const finish = async (project: ProjectId) => {
    const refused = await commitRest(context, project)
    if (refused) log.error({ project, code: refused.code, reason: refused.message }, 'the rest of a decision is stuck')
  }
  const run = async () => {
    if (!ports.isLeader()) return undefined
    const startedMs = clock.monotonicMs()
    if (startedMs < restFromMs) return restFromMs - startedMs
    let againMs = Number.POSITIVE_INFINITY
    for (const project of await store.restDue()) await finish(project)
    for (const project of await store.projects()) {
      for (const { deployment } of await store.rollouts(project, { active: true })) {
        const phase = await move(project, deployment)
        if (phase !== undefined) againMs = Math.min(againMs, AGAIN_MS[phase])
      }
    }
    active = Number.isFinite(againMs)
    lookMs = clock.monotonicMs() - startedMs
    return active ? Math.max(againMs, REST * lookMs) : undefined
  }
  const soon = () => loop.wake(gatheringOf(DEBOUNCE_MS, REST_WHEN_TOLD, lookMs))
  const loop = startLoop(clock, log, { name: 'rollout', debounceMs: DEBOUNCE_MS, everyMs: EVERY_MS, run })

  return {
    wake() {
      active = true
      soon()
    },
    restDue() {
      restFromMs = clock.monotonicMs() + ALONE_MS
      loop.wake({ mostMs: ALONE_MS, quietMs: ALONE_MS })
    },
    deviceChanged() {
      if (active) soon()
    },
    stop: () => loop.stop(),
  }
}
