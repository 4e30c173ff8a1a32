/** The one way in which a rollout moves on: load, decide, commit what it releases and takes back, in one transaction. */
import { OcelliError } from '@ocelli/schemas/errors'
import type { DeploymentId, DeviceId } from '@ocelli/schemas/ids'
import { canonicalJson } from '../domain/canonical-json.ts'
import { isRefusal, type Refusal } from '../domain/refusal.ts'
import type { Rollout } from '../domain/rollout.ts'
import type { DeploymentState, Snapshot } from '../domain/snapshot.ts'
import { type Decision, decide } from '../rollout/decide.ts'
import type { RolloutFacts } from '../rollout/facts.ts'
import { withRollout } from '../rollout/stage.ts'
import type { Moment } from '../store/store.ts'
import type { Caller } from './caller.ts'
import { firstPart, takeWholeMoment } from './commit-rest.ts'
import type { ActionContext } from './context.ts'
import { rolloutFacts } from './rollout-facts.ts'
import { replaced, replanned, revisionsOf } from './stage-rollouts.ts'
import { tryCommit } from './try-commit.ts'

const MAX_ATTEMPTS = 20

export interface Loaded {
  readonly rollout: Rollout
  readonly moment: Moment
  readonly facts: RolloutFacts
  readonly nowMs: number
}

/** The newest rollout of a deployment with its facts; undefined where it has none, or is no more. */
export async function loadRollout(
  context: ActionContext,
  moment: Moment,
  deployment: DeploymentId,
): Promise<Loaded | undefined> {
  const rollout = await context.store.rollout(deployment)
  if (rollout === undefined || !isCurrent(moment.snapshot, rollout)) return undefined
  return { rollout, moment, facts: await rolloutFacts(context, rollout, moment), nowMs: context.clock.wallMs() }
}

function isCurrent({ deployments }: Snapshot, rollout: Rollout): boolean {
  return deployments.some(({ id, revision }) => id === rollout.deployment && revision === rollout.revision)
}

export interface Moved {
  readonly before: Rollout
  readonly decision: Decision
}

export interface MoveOptions {
  /** Named in the audit log; such a move is always written there. */
  readonly action?: string
  /** What a person asks of it, before it is decided what follows. */
  readonly ask?: (loaded: Loaded) => Rollout | Refusal
  /** Who must hear of it first; undefined: everybody alike. */
  readonly first?: () => Promise<ReadonlySet<DeviceId> | undefined>
}

/** Undefined where there is nothing to move. */
export function moveRollout(
  context: ActionContext,
  caller: Pick<Caller, 'project' | 'actor'>,
  deployment: DeploymentId,
  options: MoveOptions = {},
): Promise<Moved | Refusal | undefined> {
  return context.turns.take(caller.project, async () => {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const loaded = await loadRollout(context, await takeWholeMoment(context, caller.project), deployment)
      if (loaded === undefined) return undefined
      const asked = options.ask?.(loaded) ?? loaded.rollout
      if (isRefusal(asked)) return asked
      const decision = decide(asked, loaded.facts, loaded.nowMs)
      const moved = { before: loaded.rollout, decision }
      if (decision.next === loaded.rollout) return moved
      const done = await keep(context, caller, loaded, decision.next, options)
      if (isRefusal(done)) return done
      if (done) return moved
    }
    throw new OcelliError('server.busy', `rollout ${deployment}: ${MAX_ATTEMPTS} changes by others came first`)
  })
}

/** False where another was first. */
async function keep(
  context: ActionContext,
  caller: Pick<Caller, 'project' | 'actor'>,
  { rollout, moment }: Loaded,
  decided: Rollout,
  { action, first }: MoveOptions,
): Promise<boolean | Refusal> {
  const next = { ...decided, version: rollout.version + 1 }
  const { snapshot } = moment
  const deployment = snapshot.deployments.find(({ id }) => id === next.deployment)
  if (deployment === undefined) return false
  if (action === undefined && reachOf(next) === reachOf(rollout)) return context.store.saveRollout(next)
  const agreed = withJoinedAgreed(deployment, rollout, next)
  const staged = withRollout(agreed, next, await revisionsOf(context, deployment))
  const planned = await replanned(context, caller, replaced(snapshot, staged), [next.deployment])
  if (isRefusal(planned)) return planned
  const told = await first?.()
  const part = told && firstPart(planned, told)
  const done = await tryCommit(
    context,
    caller,
    moment,
    part ?? planned,
    {
      action: action ?? 'rollout.move',
      subject: next.name,
      worthAudit: action !== undefined,
      whole: planned,
      ...(part && { rest: 'due' }),
    },
    [next],
  )
  if (part && done !== 'stale') context.wake.rest()
  return isRefusal(done) ? done : done !== 'stale'
}

/** A person who goes on with devices that joined agrees to the deployment running on them too. */
function withJoinedAgreed(deployment: DeploymentState, before: Rollout, after: Rollout): DeploymentState {
  const more = (after.joiningAgreed ?? 0) - (before.joiningAgreed ?? 0)
  const { agreedDevices } = deployment
  return more === 0 || agreedDevices === undefined ? deployment : { ...deployment, agreedDevices: agreedDevices + more }
}

/** Which devices may have what: where it stays the same, no placement moves. */
function reachOf({ reach, phase, released, shadow, failed, bases }: Rollout): string {
  if (reach === 'all') return reach
  const ids: readonly DeviceId[] = released.map(({ device }) => device)
  return canonicalJson([phase === 'completed', ids, shadow, failed.map(({ device }) => device), bases])
}
