/** Records and last values as the API shows them. */
import type { Output, OutputRecord } from '@ocelli/schemas/api/record'
import type { DeploymentId, ProjectId } from '@ocelli/schemas/ids'
import type { LastValueRow, RecordRow } from '../../domain/records.ts'
import type { Names } from './names.ts'

export type RecordView = (row: RecordRow) => Promise<OutputRecord>

export function recordView(names: Names, project: ProjectId): RecordView {
  return async ({ cursor, device, stream, observedAtMs, receivedAtMs, record, deployment }) => ({
    cursor,
    device,
    deviceName: await names.device(device),
    ...(await deploymentOf(names, project, deployment)),
    stream,
    observedAtMs,
    receivedAtMs,
    record,
  })
}

export async function outputView(names: Names, project: ProjectId, row: LastValueRow): Promise<Output> {
  const { device, instance, deployment, imager, name, unit, value, observedAtMs, receivedAtMs } = row
  return {
    device,
    deviceName: await names.device(device),
    instance,
    ...(await deploymentOf(names, project, deployment)),
    ...(imager !== undefined && { imager }),
    name,
    unit,
    value,
    observedAtMs,
    receivedAtMs,
  }
}

async function deploymentOf(names: Names, project: ProjectId, deployment: DeploymentId | undefined) {
  if (deployment === undefined) return {}
  const deploymentName = await names.deployment(project, deployment)
  return { deployment, ...(deploymentName !== undefined && { deploymentName }) }
}

/** The columns of records in a CSV file. */
export const RECORD_COLUMNS = [
  'cursor',
  'observedAtMs',
  'receivedAtMs',
  'device',
  'deviceName',
  'deploymentName',
  'instance',
  'imager',
  'role',
  'kind',
  'name',
  'value',
  'unit',
  'level',
  'severity',
  'message',
  'labels',
  'attributes',
  'boxes',
] as const

export function recordCells({ record, ...item }: OutputRecord): Readonly<Record<string, unknown>> {
  return { ...record, ...item }
}

export const OUTPUT_COLUMNS = [
  'device',
  'deviceName',
  'deploymentName',
  'instance',
  'imager',
  'name',
  'value',
  'unit',
  'observedAtMs',
  'receivedAtMs',
] as const
