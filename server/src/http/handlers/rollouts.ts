import type { RolloutDetail } from '@ocelli/schemas/api/rollout'
import type { ProjectId } from '@ocelli/schemas/ids'
import { askRollout } from '../../actions/ask-rollout.ts'
import { rolloutFacts } from '../../actions/rollout-facts.ts'
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts'
import type { Rollout } from '../../domain/rollout.ts'
import { sha256Hex } from '../../domain/sha256.ts'
import { type Handlers, ok } from '../operations.ts'
import { rolloutDetail, rolloutDevices, rolloutSummary, type Shown } from '../views/rollouts.ts'
import type { HandlerContext } from './context.ts'

type Names = 'listRollouts' | 'getRollout' | 'listRolloutDevices' | 'actOnRollout'

const DEFAULT_LIMIT = 1_000
/** How often a follower's answer is looked at again. */
const LOOK_MS = 500

export function rolloutHandlers({ actions }: HandlerContext): Pick<Handlers, Names> {
  const { store, clock } = actions
  const show = async (rollout: Rollout): Promise<Shown> => {
    const facts = await rolloutFacts(actions, rollout, await store.moment(rollout.project))
    return { rollout, facts, nowMs: clock.wallMs() }
  }
  const find = async (project: ProjectId, name: string, revision?: number): Promise<Shown | Refusal> => {
    const deployment = (await store.deployments(project)).find((one) => one.name === name)
    if (deployment === undefined) return refusal('request.notFound', `there is no deployment ${name}`)
    const rollout = await store.rollout(deployment.id, revision)
    const which = revision === undefined ? 'no rollout' : `no rollout to revision ${revision}`
    return rollout ? show(rollout) : refusal('request.notFound', `deployment ${name} has ${which}`)
  }
  const detail = async (project: ProjectId, name: string, revision?: number): Promise<RolloutDetail | Refusal> => {
    const found = await find(project, name, revision)
    if (isRefusal(found)) return found
    const shown = rolloutDetail(found)
    return { ...shown, check: sha256Hex(JSON.stringify(shown)).slice(0, 16) }
  }
  const pause = (forMs: number) => new Promise<void>((resolve) => clock.setTimer(forMs, resolve))

  return {
    async listRollouts({ caller, query }) {
      const names = new Map((await store.deployments(caller.project)).map(({ id, name }) => [id, name]))
      const all = (await store.rollouts(caller.project, { active: query.active === true })).filter(
        ({ deployment }) => query.deployment === undefined || names.get(deployment) === query.deployment,
      )
      const newest = all.filter(
        (one) => !all.some((other) => other.deployment === one.deployment && other.revision > one.revision),
      )
      const wanted = query.all === true ? all : newest.sort((a, b) => (a.name < b.name ? -1 : 1))
      if (wanted.length === 0) return ok({ items: [] })
      // Read once for all: a project may have hundreds of deployments.
      const moment = await store.moment(caller.project)
      const items = []
      for (const rollout of wanted) {
        const facts = await rolloutFacts(actions, rollout, moment)
        items.push(rolloutSummary({ rollout, facts, nowMs: clock.wallMs() }))
      }
      return ok({ items })
    },
    async getRollout({ caller, params, query }) {
      const untilMs = clock.monotonicMs() + (query.waitMs ?? 0)
      for (;;) {
        const found = await detail(caller.project, params.name, query.revision)
        if (isRefusal(found)) return found
        const leftMs = untilMs - clock.monotonicMs()
        if (query.after === undefined || found.check !== query.after || leftMs <= 0) return ok(found)
        await pause(Math.min(LOOK_MS, leftMs))
      }
    },
    async listRolloutDevices({ caller, params, query }) {
      const found = await find(caller.project, params.name, query.revision)
      if (isRefusal(found)) return found
      const rows = rolloutDevices(found).filter(
        ({ device, name, progress }) =>
          (query.progress === undefined || progress === query.progress) &&
          (query.device === undefined || query.device === device || query.device === name) &&
          (query.after === undefined || device > query.after),
      )
      const limit = query.limit ?? DEFAULT_LIMIT
      const last = rows.length > limit ? rows[limit - 1] : undefined
      return ok({ items: rows.slice(0, limit), ...(last !== undefined && { next: last.device }) })
    },
    async actOnRollout({ caller, params, query }) {
      const done = await askRollout(actions, caller, params.name, params.verb, query.dryRun === true)
      return isRefusal(done) ? done : ok(done)
    },
  }
}
