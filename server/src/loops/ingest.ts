/**
 * Telemetry: batch -> database -> acknowledgement. One batch a device is under way; of those that arrive meanwhile the
 * last is kept, since the device repeats what was not acknowledged. A bad record is set aside and counted; it blocks
 * neither its stream nor its neighbours.
 */
import type { DeviceId } from '@ocelli/schemas/ids'
import { defineMessage } from '@ocelli/schemas/message'
import {
  ack,
  readTelemetryRecord,
  TelemetryEnvelope,
  type TelemetryRecord,
  telemetry,
} from '@ocelli/schemas/messages/telemetry'
import { topics } from '@ocelli/schemas/topics'
import type { Log } from '../log.ts'
import type { Bus, Clock } from '../ports.ts'
import type { TelemetryStore } from '../store/store.ts'
import type { Problems } from './problems.ts'

/** Transactions at once: enough to keep two cores of a database busy, few enough to keep its locks short. */
const WIDTH = 16
/** Devices with a batch that waits. Beyond it a batch is dropped: the device keeps it and sends it again. */
const MAX_WAITING = 20_000

const envelope = defineMessage({ ...telemetry, schema: TelemetryEnvelope })

export interface Ingest {
  take(device: DeviceId, payload: Uint8Array): void
  readonly counts: { batches: number; records: number; refused: number }
  /** Takes nothing more; resolves when what is under way has ended. */
  stop(): Promise<void>
}

export interface IngestPorts {
  readonly store: Pick<TelemetryStore, 'commitTelemetry'>
  readonly bus: Pick<Bus, 'publish'>
  readonly clock: Pick<Clock, 'wallMs'>
  readonly problems: Problems
  readonly log: Log
}

export function createIngest(ports: IngestPorts): Ingest {
  const { store, bus, clock, problems, log } = ports
  const counts = { batches: 0, records: 0, refused: 0 }
  const waiting = new Map<DeviceId, Uint8Array>()
  const underWay = new Map<DeviceId, Promise<void>>()
  let stopped = false

  const refuse: Problems['add'] = (...problem) => {
    counts.refused++
    problems.add(...problem)
  }

  const commit = async (device: DeviceId, payload: Uint8Array) => {
    const batch = envelope.parse(payload)
    if (!batch.ok) return refuse(device, 'telemetry', batch.code, batch.message)
    const { stream, first, last, oldestHeld } = batch.value
    const records: TelemetryRecord[] = []
    for (const [index, value] of batch.value.records.entries()) {
      const record = readTelemetryRecord(value)
      if (record.ok) records.push(record.value)
      else refuse(device, 'telemetry', record.code, `record ${index} of ${first} to ${last}: ${record.message}`)
    }
    const receivedAtMs = clock.wallMs()
    const answer = await store.commitTelemetry({ device, stream, first, last, oldestHeld, records, receivedAtMs })
    if (answer === undefined) return refuse(undefined, 'telemetry', 'request.notFound', `no device ${device}`)
    counts.batches++
    counts.records += answer.added
    // A lost acknowledgement is harmless: the device sends the batch again and is answered with the position.
    await bus.publish(topics.ack(device), ack.encode({ stream, committed: answer.committed }), {
      qos: 1,
      retained: false,
    })
  }

  const work = async (device: DeviceId) => {
    for (let payload = waiting.get(device); payload !== undefined && !stopped; payload = waiting.get(device)) {
      waiting.delete(device)
      try {
        await commit(device, payload)
      } catch (error) {
        log.error({ device, err: error }, 'a telemetry batch could not be committed; the device sends it again')
      }
    }
  }

  const pump = () => {
    for (const device of waiting.keys()) {
      if (underWay.size >= WIDTH) return
      if (underWay.has(device)) continue
      const running = work(device).finally(() => {
        underWay.delete(device)
        if (!stopped) pump()
      })
      underWay.set(device, running)
    }
  }

  return {
    counts,
    take(device, payload) {
      if (stopped) return
      if (!waiting.has(device) && waiting.size >= MAX_WAITING) {
        return refuse(device, 'telemetry', 'server.busy', `${waiting.size} devices wait already`)
      }
      waiting.set(device, payload)
      pump()
    },
    async stop() {
      stopped = true
      await Promise.all(underWay.values())
    },
  }
}
