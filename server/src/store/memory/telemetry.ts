import { OcelliError } from '@ocelli/schemas/errors'
import { levelOf, roleOf, searchedTexts } from '../../domain/record-traits.ts'
import type { RecordRow } from '../../domain/records.ts'
import type { Transact } from '../memory.ts'
import { storable, storableText } from '../storable.ts'
import type { RecordQuery, TelemetryStore } from '../store.ts'
import {
  instanceOf,
  nameOf,
  observedAtMs,
  type TelemetryAnswer,
  type TelemetryBatch,
  takeBatch,
} from '../telemetry-rule.ts'
import { byText, keyOf, type State, type StoredRecord } from './state.ts'

export function telemetryStore(transact: Transact, onRecords: (listener: () => void) => () => void): TelemetryStore {
  return {
    commitTelemetry: (batch) => transact((state) => commitBatch(state, batch)),
    position: (device, stream) => transact((state) => state.positions.get(keyOf(device, stream)) ?? 0),
    records: (query) => transact((state) => findRecords(state, query)),
    head: () => transact((state) => String(state.records.length)),
    lastValues: (project, { deployment, device }) =>
      transact((state) =>
        [...state.lastValues.values()]
          .filter(({ project: owner }) => owner === project)
          .map(({ row }) => row)
          .filter((row) => deployment === undefined || row.deployment === deployment)
          .filter((row) => device === undefined || row.device === device)
          .sort(byText((row) => keyOf(row.device, row.instance, row.name))),
      ),
    onRecords,
  }
}

function commitBatch(state: State, batch: TelemetryBatch): TelemetryAnswer {
  const device = state.devices.get(batch.device)
  if (device === undefined) return undefined
  const key = keyOf(batch.device, batch.stream)
  const { committed, records } = takeBatch(state.positions.get(key) ?? 0, batch)
  state.positions.set(key, committed)
  for (const record of records) {
    const instance = instanceOf(record)
    const placed = instance === undefined ? undefined : state.instances.get(instance)
    const deployment = placed?.device === batch.device ? placed.deployment : undefined
    const times = { receivedAtMs: batch.receivedAtMs, observedAtMs: observedAtMs(record, batch.receivedAtMs) }
    const row: RecordRow = {
      cursor: String(state.records.length + 1),
      device: batch.device,
      stream: batch.stream,
      ...times,
      ...(deployment && { deployment }),
      record: storable(record),
    }
    state.records.push({ project: device.project, name: nameOf(record), row })
    if (record.kind !== 'measurement' || record.role !== 'live') continue
    const name = storableText(record.name)
    state.lastValues.set(keyOf(batch.device, record.instance, name), {
      project: device.project,
      row: {
        device: batch.device,
        instance: record.instance,
        ...(deployment && { deployment }),
        ...(record.imager && { imager: record.imager }),
        name,
        unit: storableText(record.unit),
        value: record.value,
        ...times,
      },
    })
  }
  state.recordsChanged ||= records.length > 0
  return { committed, added: records.length }
}

function findRecords(state: State, query: RecordQuery): RecordRow[] {
  const { device, deployment, instance, name, role, minLevel, text, fromMs, toMs } = query
  const kinds = query.kinds && new Set<string>(query.kinds)
  const matches = ({ row, ...stored }: StoredRecord) =>
    stored.project === query.project &&
    (kinds === undefined || kinds.has(row.record.kind)) &&
    (device === undefined || row.device === device) &&
    (deployment === undefined || row.deployment === deployment) &&
    (instance === undefined || instanceOf(row.record) === instance) &&
    (name === undefined || stored.name === storableText(name)) &&
    (role === undefined || roleOf(row.record) === role) &&
    (minLevel === undefined || (levelOf(row.record) ?? minLevel) >= minLevel) &&
    (text === undefined ||
      searchedTexts(row.record).some((one) => one.toLowerCase().includes(storableText(text).toLowerCase()))) &&
    (fromMs === undefined || row.observedAtMs >= fromMs) &&
    (toMs === undefined || row.observedAtMs < toMs)
  const start = query.after === undefined ? 0 : readCursor(query.after)
  const end = query.before === undefined ? state.records.length : readCursor(query.before) - 1
  const found: RecordRow[] = []
  if (query.end === 'oldest') {
    for (let index = start; index < end && found.length < query.limit; index++) {
      const stored = state.records[index]
      if (stored && matches(stored)) found.push(stored.row)
    }
    return found
  }
  for (let index = end - 1; index >= start && found.length < query.limit; index--) {
    const stored = state.records[index]
    if (stored && matches(stored)) found.push(stored.row)
  }
  return found.reverse()
}

function readCursor(cursor: string): number {
  if (!/^[0-9]{1,15}$/.test(cursor)) throw new OcelliError('request.invalid', `"${cursor}" is no cursor of this store`)
  return Number(cursor)
}
