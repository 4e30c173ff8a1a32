/** `GET /metrics` in the Prometheus text format. Numbers are read when asked for; nothing counts on its own clock. */
import { ERRORS } from '@ocelli/schemas/errors'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Problems } from '../loops/problems.ts'
import type { Clock } from '../ports.ts'
import { addFleetMetrics, type FleetMetricsStore } from './fleet-metrics.ts'

export interface MetricsPorts {
  readonly core: {
    readonly counts: { readonly batches: number; readonly records: number }
    readonly problems: Problems
    isLeader(): boolean
    busIsUp(): boolean
  }
  readonly streams: { clients(): number }
  readonly store: FleetMetricsStore
  readonly clock: Pick<Clock, 'wallMs'>
  readonly version: string
  readonly recordsPerSecond: () => number
  /** Of the embedded broker: connections whose TLS handshake waits, is under way, or was refused for want of room. */
  readonly handshakes?: () => { readonly waiting: number; readonly underWay: number; readonly turnedAway: number }
}

export function createMetrics(ports: MetricsPorts): () => Promise<{ readonly type: string; readonly text: string }> {
  const { core, streams } = ports
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  /** A counter that shows a total counted elsewhere. */
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  counter('ocelli_telemetry_batches_total', 'Telemetry batches committed', () => core.counts.batches)
  counter('ocelli_telemetry_records_total', 'Telemetry records committed', () => core.counts.records)
  gauge('ocelli_leader', 'Whether this process leads', () => (core.isLeader() ? 1 : 0))
  gauge('ocelli_broker_up', 'Whether the broker is reached', () => (core.busIsUp() ? 1 : 0))
  const { handshakes } = ports
  if (handshakes !== undefined) {
    gauge(
      'ocelli_broker_handshakes_waiting',
      'Connections of devices that wait for their TLS handshake',
      () => handshakes().waiting,
    )
    gauge('ocelli_broker_handshakes', 'TLS handshakes of devices that are under way', () => handshakes().underWay)
    counter(
      'ocelli_broker_turned_away_total',
      'Connections of devices ended without a TLS handshake, as too many waited',
      () => handshakes().turnedAway,
    )
  }
  gauge('ocelli_stream_clients', 'Open event streams', () => streams.clients())
  new Counter({
    name: 'ocelli_refused_total',
    help: 'Messages and records of devices that were refused, by code',
    labelNames: ['code', 'fault'],
    registers,
    collect() {
      this.reset()
      for (const [code, count] of core.problems.counts()) this.inc({ code, fault: ERRORS[code].fault }, count)
    },
  })
  new Gauge({
    name: 'ocelli_build_info',
    help: 'Version of this server; always 1',
    labelNames: ['version'],
    registers,
    collect() {
      this.set({ version: ports.version }, 1)
    },
  })
  gauge('ocelli_telemetry_records_per_second', 'Telemetry records committed a second, over the last minute', () =>
    ports.recordsPerSecond(),
  )
  addFleetMetrics(ports.store, registers, ports.clock)
  return async () => ({ type: registry.contentType, text: await registry.metrics() })
}
