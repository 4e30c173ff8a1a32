import type { Explanation } from '@ocelli/schemas/api/deployment'
import type { Caller } from '../../actions/caller.ts'
import { findDevice } from '../../actions/devices.ts'
import { recordInputs, replayInputs } from '../../actions/recordings.ts'
import type { DeploymentRow, PendingChangeRow } from '../../domain/records.ts'
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts'
import { type Handlers, ok } from '../operations.ts'
import { deploymentDetail, deploymentSummary, revisionView } from '../views/deployments.ts'
import type { HandlerContext } from './context.ts'

type Deployments =
  | 'listDeployments'
  | 'getDeployment'
  | 'listRevisions'
  | 'explainDeployment'
  | 'recordInputs'
  | 'replayInputs'

export function deploymentHandlers({ actions }: HandlerContext): Pick<Handlers, Deployments> {
  const { store } = actions
  const find = async ({ project }: Caller, name: string): Promise<DeploymentRow | Refusal> => {
    const row = (await store.deployments(project)).find((one) => one.name === name)
    return row ?? refusal('request.notFound', `there is no deployment ${name}`)
  }
  const revisionAt = async (row: DeploymentRow, atMs: number) => {
    const made = (await store.revisions(row.id)).filter(({ createdAtMs }) => createdAtMs <= atMs)
    return Math.max(1, ...made.map(({ revision }) => revision))
  }
  return {
    async listDeployments({ caller }) {
      return ok({ items: await deploymentSummaries(actions, caller) })
    },
    async getDeployment({ caller, params }) {
      const row = await find(caller, params.name)
      if (isRefusal(row)) return row
      const [sums, instances] = await Promise.all([
        store.deploymentSums(caller.project),
        store.deploymentInstances(row.id),
      ])
      const own = sums.find(({ deployment }) => deployment === row.id)
      return ok(deploymentDetail(deploymentSummary(row, own), row, instances))
    },
    async listRevisions({ caller, params }) {
      const row = await find(caller, params.name)
      if (isRefusal(row)) return row
      const revisions = [...(await store.revisions(row.id))].sort((a, b) => b.revision - a.revision)
      return ok({ items: revisions.map(revisionView) })
    },
    async explainDeployment({ caller, params, query }) {
      const row = await find(caller, params.name)
      if (isRefusal(row)) return row
      const device = query.device === undefined ? undefined : await findDevice(actions, caller, query.device)
      if (isRefusal(device)) return device
      const atMs = query.atMs ?? actions.clock.wallMs()
      const all = await store.decidedAt(row.id, atMs, device?.id)
      const found = all.filter(({ decision }) => query.outcome === undefined || decision.outcome === query.outcome)
      return ok({
        deployment: row.id,
        name: row.name,
        revision: query.atMs === undefined ? row.revision : await revisionAt(row, query.atMs),
        decisions: found.map(({ decision }) => decision),
        held: found.map(({ sinceMs, untilMs }) => ({ sinceMs, ...(untilMs !== undefined && { untilMs }) })),
        ...(query.atMs === undefined && waitsOf(row, await store.pending(caller.project))),
      })
    },
    async recordInputs({ caller }) {
      return ok(await recordInputs(actions, caller))
    },
    async replayInputs({ bytes }) {
      const replayed = replayInputs(bytes)
      return isRefusal(replayed) ? replayed : ok(replayed)
    },
  }
}

/** What facts ask for, where a person decides first. */
function waitsOf({ id }: DeploymentRow, pending: readonly PendingChangeRow[]): Pick<Explanation, 'waits'> {
  const waiting = pending.find(({ change }) => change.kind === 'replan' && change.only?.id === id)
  if (waiting === undefined) return {}
  const { touched, exceeded = [] } = waiting.plan
  return { waits: { change: waiting.id, devices: touched.map(({ name }) => name), exceeded } }
}

export async function deploymentSummaries({ store }: HandlerContext['actions'], { project }: Caller) {
  const [rows, sums] = await Promise.all([store.deployments(project), store.deploymentSums(project)])
  const byId = new Map(sums.map((one) => [one.deployment, one]))
  return rows.map((row) => deploymentSummary(row, byId.get(row.id))).sort((a, b) => (a.name < b.name ? -1 : 1))
}
