import type { Status } from '@ocelli/schemas/api/status'
import type { DeviceRow } from '../../domain/records.ts'
import { type Handlers, ok } from '../operations.ts'
import { isConverged, isFailing } from '../views/devices.ts'
import type { HandlerContext } from './context.ts'
import { deploymentSummaries } from './deployments.ts'

const DEFAULT_AUDIT_LIMIT = 100

export function statusHandlers(context: HandlerContext): Pick<Handlers, 'getStatus' | 'listAudit'> {
  const { store } = context.actions
  return {
    async getStatus({ caller }) {
      const [own, devices, components, pending] = await Promise.all([
        context.serverStatus(),
        store.devices(caller.project),
        store.components(caller.project),
        store.pending(caller.project),
      ])
      return ok({
        server: own.server,
        devices: counts(devices),
        attention: [],
        alerts: { firing: 0, pending: 0, critical: 0, unacknowledged: 0 },
        deploymentHealth: { healthy: 0, progressing: 0, degraded: 0, empty: 0 },
        deployments: await deploymentSummaries(context.actions, caller),
        components: components.length,
        pendingChanges: pending.length,
        telemetry: own.telemetry,
      })
    },
    async listAudit({ caller, query }) {
      const rows = await store.audit(caller.project, { limit: query.limit ?? DEFAULT_AUDIT_LIMIT })
      const items = rows.map(({ atMs, actor, action, subject, detail }) => ({
        atMs,
        actor,
        action,
        subject,
        detail: { ...detail },
      }))
      return ok({ items })
    },
  }
}

function counts(devices: readonly DeviceRow[]): Status['devices'] {
  const count = (test: (row: DeviceRow) => boolean) => devices.filter(test).length
  return {
    total: devices.length,
    online: count(({ presence }) => presence === 'online'),
    offline: count(({ presence }) => presence === 'offline'),
    lost: count(({ presence }) => presence === 'lost'),
    unknown: count(({ presence }) => presence === 'unknown'),
    converged: count(isConverged),
    simulated: count(({ inventory }) => inventory?.platform.simulated === true),
    degraded: count((row) => row.presence === 'online' && (row.reported?.instances.some(isFailing) ?? false)),
  }
}
