import type { ApplyResponse } from '@ocelli/schemas/api/change'
import { applyChanges, applyWanted } from '../../actions/apply-changes.ts'
import { approveChange, findPending, pendingView, rejectChange } from '../../actions/pending-changes.ts'
import { planChanges } from '../../actions/plan-changes.ts'
import { removal } from '../../actions/wanted-changes.ts'
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts'
import { compileFleet } from '../../scheduler/target.ts'
import { type Handlers, type Ok, ok } from '../operations.ts'
import type { HandlerContext } from './context.ts'

type Changes =
  | 'planChange'
  | 'applyChange'
  | 'listChanges'
  | 'getChange'
  | 'approveChange'
  | 'rejectChange'
  | 'listFleets'
  | 'getFleet'
  | 'deleteFleet'
  | 'deleteDeployment'

/** 202 where a change waits for a person. */
export function accepted(done: ApplyResponse | Refusal): Refusal | Ok<ApplyResponse> {
  if (isRefusal(done)) return done
  return ok(done, done.changes.some(({ outcome }) => outcome === 'pending') ? 202 : 200)
}

export function changeHandlers({ actions }: HandlerContext): Pick<Handlers, Changes> {
  const { store } = actions
  const fleets = async (project: Parameters<typeof store.fleets>[0]) => {
    const [manifests, { devices }] = await Promise.all([store.fleets(project), store.snapshot(project)])
    return manifests.map((manifest) => {
      const member = compileFleet(manifest)
      const members = devices.filter((device) => member(device).matches).map(({ id, name }) => ({ device: id, name }))
      return { name: manifest.metadata.name, spec: manifest.spec, members }
    })
  }
  return {
    async planChange({ caller, body }) {
      const planned = await planChanges(actions, caller, body)
      return isRefusal(planned) ? planned : ok(planned)
    },
    async applyChange({ caller, body }) {
      return accepted(await applyChanges(actions, caller, body))
    },
    async listChanges({ caller }) {
      return ok({ items: (await store.pending(caller.project)).map(pendingView) })
    },
    async getChange({ caller, params }) {
      const row = await findPending(actions, caller, params.id)
      return row ? ok(pendingView(row)) : refusal('request.notFound', `there is no waiting change ${params.id}`)
    },
    async approveChange({ caller, params }) {
      return accepted(await approveChange(actions, caller, params.id))
    },
    async rejectChange({ caller, params }) {
      return (await rejectChange(actions, caller, params.id)) ?? ok(undefined)
    },
    async listFleets({ caller }) {
      return ok({ items: await fleets(caller.project) })
    },
    async getFleet({ caller, params }) {
      const found = (await fleets(caller.project)).find(({ name }) => name === params.name)
      return found ? ok(found) : refusal('request.notFound', `there is no fleet ${params.name}`)
    },
    async deleteFleet({ caller, params }) {
      return accepted(await applyWanted(actions, caller, [removal('Fleet', params.name)]))
    },
    async deleteDeployment({ caller, params }) {
      return accepted(await applyWanted(actions, caller, [removal('Deployment', params.name)]))
    },
  }
}
