/** The fleet at a glance: what needs somebody, and how many there are of each. */
import type { DeploymentSummary } from '@ocelli/schemas/api/deployment'
import type { Attention, Status } from '@ocelli/schemas/api/status'
import type { AlertRow, DeliveryRow } from '../../domain/alerts.ts'
import type { PendingChangeRow } from '../../domain/records.ts'
import type { DeviceGroup, DeviceSums } from '../../store/monitoring.ts'

/** A device may be on its way back; after this its silence is worth a look without an alert rule. */
export const SILENT_AFTER_MS = 5 * 60_000
/** Alerts and changes that are named each by itself; the rest is counted. */
const NAMED = 5

export function deviceCounts({ total, presence, converged, simulated, degraded }: DeviceSums): Status['devices'] {
  return { total, ...presence, converged, simulated, degraded: degraded.count }
}

export function alertCounts(alerts: readonly AlertRow[]): Status['alerts'] {
  const firing = alerts.filter(({ state }) => state === 'firing')
  return {
    firing: firing.length,
    pending: alerts.length - firing.length,
    critical: firing.filter(({ severity }) => severity === 'critical').length,
    unacknowledged: firing.filter(({ alert }) => alert.acknowledged === undefined).length,
  }
}

export function deploymentHealth(deployments: readonly DeploymentSummary[]): Status['deploymentHealth'] {
  const counts = { healthy: 0, progressing: 0, degraded: 0, empty: 0 }
  for (const { instances } of deployments) {
    if (instances.placed === 0) counts.empty++
    else if (instances.failing > 0) counts.degraded++
    else if (instances.healthy < instances.placed) counts.progressing++
    else counts.healthy++
  }
  return counts
}

export interface AttentionFacts {
  readonly broker: 'up' | 'down'
  /** Silence is long from `SILENT_AFTER_MS` on. */
  readonly devices: DeviceSums
  readonly deployments: readonly DeploymentSummary[]
  readonly pending: readonly PendingChangeRow[]
  readonly alerts: readonly AlertRow[]
  readonly dead: readonly DeliveryRow[]
}

/** The most severe first. */
export function attention(facts: AttentionFacts): Attention[] {
  const items = [
    ...serverItems(facts),
    ...alertItems(facts.alerts),
    ...changeItems(facts.pending),
    ...deploymentItems(facts.deployments),
    ...deviceItems(facts.devices),
    ...deliveryItems(facts.dead),
  ]
  return items.sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity))
}

const SEVERITIES = ['info', 'warning', 'critical']
const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`

function serverItems({ broker }: AttentionFacts): Attention[] {
  if (broker === 'up') return []
  const text = 'The broker cannot be reached: no device is heard'
  return [{ kind: 'server', severity: 'critical', text, count: 1, target: { kind: 'status' } }]
}

function alertItems(alerts: readonly AlertRow[]): Attention[] {
  const open = alerts.filter(({ state, alert }) => state === 'firing' && alert.acknowledged === undefined)
  const sorted = open.sort(
    (a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || b.sinceMs - a.sinceMs,
  )
  const named = sorted.slice(0, NAMED).map(
    ({ id, rule, severity, sinceMs, alert }): Attention => ({
      kind: 'alert',
      severity,
      text: `${rule}: ${alert.summary}`,
      count: 1,
      sinceMs,
      target: { kind: 'alert', id },
    }),
  )
  const rest = sorted.slice(NAMED)
  const [worst] = rest
  if (worst === undefined) return named
  const text = `${plural(rest.length, 'more alert fires', 'more alerts fire')} and nobody has taken them on`
  const target = { kind: 'alerts', query: { state: 'firing' } } as const
  return [...named, { kind: 'alert', severity: worst.severity, text, count: rest.length, target }]
}

function changeItems(pending: readonly PendingChangeRow[]): Attention[] {
  return pending.slice(0, NAMED).map(({ id, plan, actor, createdAtMs }) => ({
    kind: 'change',
    severity: 'warning',
    text: `A change by ${actor} ${changeText(plan)} and waits for a person`,
    count: 1,
    sinceMs: createdAtMs,
    target: { kind: 'change', id },
  }))
}

function changeText({ touched, exceeded = [] }: PendingChangeRow['plan']): string {
  const grown = exceeded.find(({ devices }) => devices !== undefined)
  if (grown === undefined) return `touches ${plural(touched.length, 'device')}`
  return `brings ${grown.name} to ${plural(grown.devices ?? 0, 'device')} (${grown.agreedDevices} were agreed to)`
}

function deploymentItems(deployments: readonly DeploymentSummary[]): Attention[] {
  return deployments.flatMap(({ name, instances }): Attention[] => {
    if (instances.failing === 0) return []
    const text = `${name}: ${instances.failing} of ${plural(instances.placed, 'instance')} fail`
    const severity = instances.failing === instances.placed ? 'critical' : 'warning'
    return [{ kind: 'deployment', severity, text, count: instances.failing, target: { kind: 'deployment', id: name } }]
  })
}

function deviceItems({ longLost, longUnknown, degraded }: DeviceSums): Attention[] {
  return [
    ...several('devicesLost', 'warning', longLost, 'lost for more than five minutes', { presence: 'lost' }),
    ...several('devicesSilent', 'warning', longUnknown, 'not heard since the server started', { presence: 'unknown' }),
    ...several('devicesDegraded', 'warning', degraded, 'online with a failing instance', { health: 'degraded' }),
  ]
}

function several(
  kind: Attention['kind'],
  severity: Attention['severity'],
  { count, only }: DeviceGroup,
  what: string,
  query: Record<string, string>,
): Attention[] {
  if (count === 0) return []
  if (only !== undefined) {
    return [{ kind, severity, text: `${only.name} is ${what}`, count, target: { kind: 'device', id: only.id } }]
  }
  return [{ kind, severity, text: `${count} devices are ${what}`, count, target: { kind: 'devices', query } }]
}

function deliveryItems(dead: readonly DeliveryRow[]): Attention[] {
  if (dead.length === 0) return []
  const text = `${plural(dead.length, 'message')} about alerts could not be delivered`
  const target = { kind: 'deliveries', query: { state: 'dead' } } as const
  return [{ kind: 'delivery', severity: 'warning', text, count: dead.length, target }]
}
