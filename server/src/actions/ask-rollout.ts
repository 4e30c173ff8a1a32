/** What a person asks of a rollout; with `dryRun` it is only said what it would do. */
import type { RolloutEffect, RolloutVerb } from '@ocelli/schemas/api/rollout'
import type { DeploymentId } from '@ocelli/schemas/ids'
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts'
import type { Rollout } from '../domain/rollout.ts'
import type { HeldTelling } from '../loops/publish.ts'
import { type Commanded, command } from '../rollout/command.ts'
import { decide } from '../rollout/decide.ts'
import type { Caller } from './caller.ts'
import type { ActionContext } from './context.ts'
import { loadRollout, moveRollout } from './move-rollout.ts'
import { takeMoment } from './take-snapshot.ts'

const ENDS: ReadonlySet<RolloutVerb> = new Set<RolloutVerb>(['abort', 'roll-back'])

export async function askRollout(
  context: ActionContext,
  caller: Caller,
  name: string,
  verb: RolloutVerb,
  dryRun: boolean,
): Promise<RolloutEffect | Refusal> {
  // Until it is decided who goes back, nobody more needs to hear of what is to end.
  const held = ENDS.has(verb) && !dryRun ? context.holdTelling() : undefined
  try {
    const deployment = (await context.store.deployments(caller.project)).find((one) => one.name === name)
    if (deployment === undefined) return refusal('request.notFound', `there is no deployment ${name}`)
    if (dryRun) return await tell(context, caller, name, deployment.id, verb)
    return await act(context, caller, name, deployment.id, verb, held)
  } finally {
    held?.release()
  }
}

async function tell(
  context: ActionContext,
  caller: Caller,
  name: string,
  deployment: DeploymentId,
  verb: RolloutVerb,
): Promise<RolloutEffect | Refusal> {
  const loaded = await loadRollout(context, await takeMoment(context, caller.project), deployment)
  if (loaded === undefined) return noRollout(name)
  const { rollout, facts, nowMs } = loaded
  const done = command(rollout, facts, verb, { actor: caller.actor, atMs: nowMs })
  if (isRefusal(done)) return done
  return effectOf(rollout, decide(done.next, facts, nowMs).next, done, verb, true)
}

async function act(
  context: ActionContext,
  caller: Caller,
  name: string,
  deployment: DeploymentId,
  verb: RolloutVerb,
  held: HeldTelling | undefined,
): Promise<RolloutEffect | Refusal> {
  let done: Commanded | undefined
  const moved = await moveRollout(context, caller, deployment, {
    action: `rollout.${verb}`,
    ...(held && { first: held.told }),
    ask({ rollout, facts, nowMs }) {
      const asked = command(rollout, facts, verb, { actor: caller.actor, atMs: nowMs })
      if (isRefusal(asked)) return asked
      done = asked
      return asked.next
    },
  })
  if (isRefusal(moved)) return moved
  if (moved === undefined || done === undefined) return noRollout(name)
  context.wake.rollout()
  return effectOf(moved.before, moved.decision.next, done, verb, false)
}

function effectOf(
  before: Rollout,
  after: Rollout,
  { text, running, waiting, absent }: Commanded,
  verb: RolloutVerb,
  dryRun: boolean,
): RolloutEffect {
  const { name, revision } = before
  return { verb, dryRun, name, revision, before: before.phase, after: after.phase, text, running, waiting, absent }
}

function noRollout(name: string): Refusal {
  return refusal(
    'request.notFound',
    `deployment ${name} has no rollout: it has had no new revision since there are rollouts`,
  )
}
