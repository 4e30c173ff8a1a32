/**
 * The fleet as metrics. Labels are projects, states and severities: their number does not grow with devices, deployments
 * or measurements, which belong into queries, not into a time series each.
 */
import type { ProjectId } from '@ocelli/schemas/ids'
import { Gauge, type Registry } from 'prom-client'
import type { Clock } from '../ports.ts'
import type { AlertStore, HistoryStore, RangeStore } from '../store/monitoring.ts'
import type { IntentStore } from '../store/store.ts'

export type FleetMetricsStore = Pick<HistoryStore, 'deviceFacts'> &
  Pick<AlertStore, 'openAlerts' | 'deliveries'> &
  Pick<RangeStore, 'rolledUpTo'> &
  Pick<IntentStore, 'projects' | 'pending' | 'deployments'>

/** Projects beyond these are left out of the metrics, and a metric says how many. */
const MAX_PROJECTS = 200
/** One look serves scrapes of this span: several servers of Prometheus ask at about the same time. */
const KEPT_MS = 5_000
/** More messages are counted no further. */
const MAX_DELIVERIES = 1_000

interface Picture {
  readonly atMs: number
  readonly left: number
  readonly counts: ReadonlyMap<string, readonly Count[]>
}
interface Count {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const METRICS = {
  ocelli_devices: ['Devices by presence', ['project', 'presence']],
  ocelli_devices_degraded: ['Devices online with an instance that fails', ['project']],
  ocelli_devices_not_converged: ['Devices that did not report the latest desired state', ['project']],
  ocelli_instances_failing: ['Instances in back-off, in a crash loop or refused', ['project', 'state']],
  ocelli_deployments: ['Deployments', ['project']],
  ocelli_changes_pending: ['Changes that wait for a person', ['project']],
  ocelli_alerts: ['Open alerts', ['project', 'state', 'severity']],
  ocelli_deliveries: ['Messages about alerts that are not delivered', ['project', 'state']],
  ocelli_sums_age_seconds: ['Time since all records were in the sums by minute and hour', ['project']],
} as const satisfies Record<string, readonly [string, readonly string[]]>

export function addFleetMetrics(store: FleetMetricsStore, registers: Registry[], clock: Pick<Clock, 'wallMs'>): void {
  let held: Picture | undefined
  let reading: Promise<Picture> | undefined
  const picture = async (): Promise<Picture> => {
    if (held !== undefined && clock.wallMs() - held.atMs < KEPT_MS) return held
    reading ??= read(store, clock).finally(() => {
      reading = undefined
    })
    held = await reading
    return held
  }
  for (const [name, [help, labelNames]] of Object.entries(METRICS)) {
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers,
      async collect() {
        const { counts } = await picture()
        this.reset()
        for (const { labels, value } of counts.get(name) ?? []) this.set(labels, value)
      },
    })
  }
  new Gauge({
    name: 'ocelli_projects_left_out',
    help: 'Projects of which there are no metrics, as there are too many',
    registers,
    async collect() {
      this.set((await picture()).left)
    },
  })
}

async function read(store: FleetMetricsStore, clock: Pick<Clock, 'wallMs'>): Promise<Picture> {
  const projects = await store.projects()
  const counts = new Map<string, Count[]>()
  const add = (name: keyof typeof METRICS, labels: Record<string, string>, value: number) => {
    const list = counts.get(name) ?? []
    counts.set(name, list)
    list.push({ labels, value })
  }
  for (const project of projects.slice(0, MAX_PROJECTS)) await readProject(store, project, clock, add)
  return { atMs: clock.wallMs(), left: Math.max(0, projects.length - MAX_PROJECTS), counts }
}

async function readProject(
  store: FleetMetricsStore,
  project: ProjectId,
  clock: Pick<Clock, 'wallMs'>,
  add: (name: keyof typeof METRICS, labels: Record<string, string>, value: number) => void,
): Promise<void> {
  const [devices, alerts, deliveries, pending, deployments, sumsToMs] = await Promise.all([
    store.deviceFacts(project),
    store.openAlerts(project),
    store.deliveries(project, { states: ['pending', 'dead'], limit: MAX_DELIVERIES }),
    store.pending(project),
    store.deployments(project),
    store.rolledUpTo(project),
  ])
  for (const presence of ['online', 'offline', 'lost', 'unknown']) {
    add('ocelli_devices', { project, presence }, devices.filter((one) => one.presence === presence).length)
  }
  const failing = devices.flatMap((one) => one.failing ?? [])
  add(
    'ocelli_devices_degraded',
    { project },
    devices.filter((one) => one.presence === 'online' && one.failing?.length).length,
  )
  add('ocelli_devices_not_converged', { project }, devices.filter(({ converged }) => !converged).length)
  for (const state of ['backoff', 'crashLoop', 'refused']) {
    add('ocelli_instances_failing', { project, state }, failing.filter((one) => one.state === state).length)
  }
  add('ocelli_deployments', { project }, deployments.length)
  add('ocelli_changes_pending', { project }, pending.length)
  for (const state of ['pending', 'firing']) {
    for (const severity of ['info', 'warning', 'critical']) {
      const count = alerts.filter((one) => one.state === state && one.severity === severity).length
      add('ocelli_alerts', { project, state, severity }, count)
    }
  }
  for (const state of ['pending', 'dead']) {
    add('ocelli_deliveries', { project, state }, deliveries.filter((one) => one.state === state).length)
  }
  if (sumsToMs > 0) add('ocelli_sums_age_seconds', { project }, Math.max(0, clock.wallMs() - sumsToMs) / 1000)
}
