import { type Handlers, ok } from '../operations.ts'
import { alertCounts, attention, deploymentHealth, deviceCounts, SILENT_AFTER_MS } from '../views/status.ts'
import type { HandlerContext } from './context.ts'
import { deploymentSummaries } from './deployments.ts'

const DEFAULT_AUDIT_LIMIT = 100
/** More dead deliveries are counted no further. */
const MAX_DEAD = 1_000

export function statusHandlers(context: HandlerContext): Pick<Handlers, 'getStatus' | 'listAudit'> {
  const { store, clock } = context.actions
  return {
    async getStatus({ caller }) {
      const [own, devices, deployments, components, pending, alerts, dead] = await Promise.all([
        context.serverStatus(),
        store.deviceSums(caller.project, clock.wallMs() - SILENT_AFTER_MS),
        deploymentSummaries(context.actions, caller),
        store.components(caller.project),
        store.pending(caller.project),
        store.openAlerts(caller.project),
        store.deliveries(caller.project, { states: ['dead'], limit: MAX_DEAD }),
      ])
      return ok({
        server: own.server,
        devices: deviceCounts(devices),
        attention: attention({
          broker: own.server.broker,
          devices,
          deployments,
          pending,
          alerts,
          dead,
        }),
        alerts: alertCounts(alerts),
        deploymentHealth: deploymentHealth(deployments),
        deployments,
        components: components.length,
        pendingChanges: pending.length,
        telemetry: own.telemetry,
      })
    },
    async listAudit({ caller, query }) {
      const { limit = DEFAULT_AUDIT_LIMIT, ...filter } = query
      const rows = await store.audit(caller.project, { limit, ...filter })
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
