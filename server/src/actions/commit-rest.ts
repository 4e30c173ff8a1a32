/**
 * A decision that takes much back is committed in two parts. The first has what was decided and the devices that were told
 * what is no longer true: they hear of it at once. For all others it is enough that they are told nothing until the rest is
 * committed, and the store sees to that, whoever ends or leads in between.
 */
import { OcelliError } from '@ocelli/schemas/errors'
import type { DeviceId, ProjectId } from '@ocelli/schemas/ids'
import { isRefusal, type Refusal } from '../domain/refusal.ts'
import type { PlannedChange } from '../scheduler/schedule.ts'
import type { Moment } from '../store/store.ts'
import { SERVER_ACTOR } from './caller.ts'
import type { ActionContext } from './context.ts'
import { replanned } from './stage-rollouts.ts'
import { takeMoment } from './take-snapshot.ts'
import { tryCommit } from './try-commit.ts'

/** Up to so many more devices are as quickly committed together. */
const FEW_MORE = 500
const MAX_ATTEMPTS = 20

/**
 * What concerns `devices`; undefined where the rest would hardly be any, or something starts: what moves from one device to
 * another does so at once.
 */
export function firstPart(planned: PlannedChange, devices: ReadonlySet<DeviceId>): PlannedChange | undefined {
  const { plan } = planned
  if (plan.touched.some(({ start }) => start.length > 0)) return undefined
  const touched = plan.touched.filter(({ device }) => devices.has(device))
  if (plan.touched.length - touched.length <= FEW_MORE) return undefined
  const deployments = plan.deployments.map((one) => ({
    ...one,
    decisions: one.decisions.filter(({ device }) => devices.has(device)),
  }))
  return { ...planned, plan: { ...plan, touched, deployments }, isPart: true }
}

/** Answers why the rest cannot be committed. */
export function commitRest(context: ActionContext, project: ProjectId): Promise<Refusal | undefined> {
  return context.turns.take(project, () => commitRestInTurn(context, project))
}

/** The moment on which a change is decided: with nothing left of the decision before it, unless that is refused. */
export async function takeWholeMoment(context: ActionContext, project: ProjectId): Promise<Moment> {
  const moment = await takeMoment(context, project)
  if (!moment.snapshot.restDue || (await commitRestInTurn(context, project)) !== undefined) return moment
  return takeMoment(context, project)
}

async function commitRestInTurn(context: ActionContext, project: ProjectId): Promise<Refusal | undefined> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const moment = await takeMoment(context, project)
    if (!moment.snapshot.restDue) return undefined
    // Rollouts were agreed to when their revisions were made; who else waits for a person waits on.
    const own = moment.snapshot.deployments.flatMap(({ id, rollout }) => (rollout ? [id] : []))
    const planned = await replanned(context, { project }, moment.snapshot, own)
    if (isRefusal(planned)) return planned
    const options = { action: 'decision.rest', subject: project, rest: 'done' } as const
    const done = await tryCommit(context, { project, actor: SERVER_ACTOR }, moment, planned, options)
    if (done !== 'stale') return isRefusal(done) ? done : undefined
  }
  throw new OcelliError('server.busy', `${project}: ${MAX_ATTEMPTS} changes by others came first`)
}
