/** Names for ids in answers. They change rarely and are for people, so a few seconds of age do no harm. */
import type { DeploymentId, DeviceId, ProjectId } from '@ocelli/schemas/ids'
import type { Clock } from '../../ports.ts'
import type { DeviceStore, IntentStore } from '../../store/store.ts'

const DEVICE_AGE_MS = 30_000
const DEPLOYMENTS_AGE_MS = 5_000
const KEPT_DEVICES = 20_000

export interface Names {
  device(id: DeviceId): Promise<string>
  deployment(project: ProjectId, id: DeploymentId): Promise<string | undefined>
}

export function createNames(
  store: Pick<DeviceStore, 'device'> & Pick<IntentStore, 'deployments'>,
  clock: Pick<Clock, 'monotonicMs'>,
): Names {
  const devices = new Map<DeviceId, { readonly name: string; readonly untilMs: number }>()
  const deployments = new Map<ProjectId, { readonly byId: Map<DeploymentId, string>; readonly untilMs: number }>()
  return {
    async device(id) {
      const known = devices.get(id)
      if (known !== undefined && known.untilMs > clock.monotonicMs()) return known.name
      const name = (await store.device(id))?.name ?? id
      devices.delete(id)
      devices.set(id, { name, untilMs: clock.monotonicMs() + DEVICE_AGE_MS })
      const oldest = devices.keys().next().value
      if (devices.size > KEPT_DEVICES && oldest !== undefined) devices.delete(oldest)
      return name
    },
    async deployment(project, id) {
      const known = deployments.get(project)
      if (known !== undefined && known.untilMs > clock.monotonicMs()) {
        const name = known.byId.get(id)
        if (name !== undefined) return name
      }
      const rows = await store.deployments(project)
      const byId = new Map(rows.map((row) => [row.id, row.name]))
      deployments.set(project, { byId, untilMs: clock.monotonicMs() + DEPLOYMENTS_AGE_MS })
      return byId.get(id)
    },
  }
}
