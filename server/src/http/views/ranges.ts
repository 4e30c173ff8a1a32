/** Series of measurements as the API shows them. */
import type { RangeSeries } from '@ocelli/schemas/api/range'
import { expectedIntervalMs } from '../../domain/range-plan.ts'
import type { RangeRead, RangeRow } from '../../store/monitoring.ts'
import type { Names } from './names.ts'

export async function seriesView(names: Names, read: RangeRead, row: RangeRow): Promise<RangeSeries> {
  const { name, unit, device, instance, imager, deployment, label, atMs, value, min, max, count } = row
  const deploymentName = deployment && (await names.deployment(read.project, deployment))
  return {
    name,
    unit,
    ...(device !== undefined && { device, deviceName: await names.device(device) }),
    ...(instance !== undefined && { instance }),
    ...(imager !== undefined && { imager }),
    ...(deploymentName !== undefined && { deploymentName }),
    ...(typeof read.groupBy !== 'string' && { label: { key: read.groupBy.label, value: label ?? null } }),
    expectedIntervalMs: expectedIntervalMs(atMs, read.intervalMs),
    atMs: [...atMs],
    value: [...value],
    min: [...min],
    max: [...max],
    count: [...count],
  }
}

/** One point at a time, for files. */
export function* pointsOf(series: readonly RangeSeries[]): Generator<Record<string, unknown>> {
  for (const { name, unit, device, deviceName, instance, deploymentName, label, ...columns } of series) {
    for (const [index, atMs] of columns.atMs.entries()) {
      yield {
        name,
        unit,
        device,
        deviceName,
        instance,
        deploymentName,
        ...(label !== undefined && { label: label.value }),
        atMs,
        value: columns.value[index],
        min: columns.min[index],
        max: columns.max[index],
        count: columns.count[index],
      }
    }
  }
}
