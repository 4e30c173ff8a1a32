/** Looks at measurements: over a limit, missing, or away from their own past. All windows are made of whole minutes. */
import type { DeploymentId, DeviceId, ImagerId, InstanceId } from '@ocelli/schemas/ids'
import type { AlertSpec } from '@ocelli/schemas/manifest/alert'
import type { WatchedDevice } from './devices.ts'
import { duration, type Look, type Observation, type Placed, shown } from './observation.ts'

/** One measurement of one instance by minute (or hour): columns ordered by time. */
export interface Series {
  readonly name: string
  readonly unit: string
  readonly device: DeviceId
  readonly instance: InstanceId
  readonly imager?: ImagerId
  readonly deployment?: DeploymentId
  readonly atMs: readonly number[]
  /** Mean of each bucket, or its last value where the rule asks for that. */
  readonly value: readonly number[]
  readonly min: readonly number[]
  readonly max: readonly number[]
  readonly count: readonly number[]
}

export interface MeasuredFacts {
  readonly devices: ReadonlyMap<DeviceId, WatchedDevice>
  readonly placed: ReadonlyMap<InstanceId, Placed>
}

type Threshold = NonNullable<AlertSpec['condition']['threshold']>

export function lookAtThreshold(spec: Threshold, series: readonly Series[], facts: MeasuredFacts): Look {
  const observations = series.flatMap((one) => {
    const value = aggregated(spec.aggregate ?? 'mean', one)
    const { above, below, windowMs } = spec
    const over = above !== undefined && value > above
    const under = below !== undefined && value < below
    const limit = under ? below : (above ?? below)
    const compared = under ? 'below' : 'above'
    const what = `${spec.aggregate ?? 'mean'} of ${one.name}`
    const numbers = limit === undefined ? '' : ` ${compared} ${shown(limit, one.unit)}`
    const summary = `${what} over ${duration(windowMs)} is ${shown(value, one.unit)},${numbers}`
    return observed(facts, one, over || under ? 'true' : 'false', {
      value,
      ...(limit !== undefined && { limit }),
      summary,
    })
  })
  return { observations, hidden: stillPlaced(facts) }
}

function aggregated(aggregate: NonNullable<Threshold['aggregate']>, { value, min, max, count }: Series): number {
  const total = count.reduce((sum, one) => sum + one, 0)
  const sum = value.reduce((all, one, index) => all + one * (count[index] ?? 0), 0)
  switch (aggregate) {
    case 'mean':
      return sum / total
    case 'min':
      return Math.min(...min)
    case 'max':
      return Math.max(...max)
    case 'sum':
      return sum
    case 'count':
      return total
    case 'last':
      return value.at(-1) ?? Number.NaN
  }
}

type Drift = NonNullable<AlertSpec['condition']['drift']>

/** Fewer buckets say nothing of what is usual. */
const MIN_PAST_BUCKETS = 5

export function lookForDrift(
  spec: Drift,
  recent: readonly Series[],
  past: readonly Series[],
  facts: MeasuredFacts,
): Look {
  const before = new Map(past.map((one) => [keyOf(one), one]))
  const observations = recent.flatMap((one) => {
    const usual = before.get(keyOf(one))
    if (usual === undefined || usual.value.length < MIN_PAST_BUCKETS) return []
    const mean = usual.value.reduce((sum, each) => sum + each, 0) / usual.value.length
    const variance = usual.value.reduce((sum, each) => sum + (each - mean) ** 2, 0) / usual.value.length
    const allowed = Math.max(spec.deviations * Math.sqrt(variance), spec.minChange ?? 0)
    const value = aggregated('mean', one)
    const limit = value > mean ? mean + allowed : mean - allowed
    const summary = `${one.name} is ${shown(value, one.unit)} over ${duration(spec.windowMs)}, its usual mean is ${shown(mean, one.unit)} and may differ by ${shown(allowed, one.unit)}`
    return observed(facts, one, Math.abs(value - mean) > allowed ? 'true' : 'false', { value, limit, summary })
  })
  return { observations, hidden: stillPlaced(facts) }
}

type Absence = NonNullable<AlertSpec['condition']['absence']>

/** The last value of a measurement by one instance. */
export interface LastMeasured {
  readonly device: DeviceId
  readonly instance: InstanceId
  readonly name: string
  readonly unit: string
  readonly receivedAtMs: number
}

export function lookForAbsence(
  spec: Absence,
  last: readonly LastMeasured[],
  facts: MeasuredFacts,
  nowMs: number,
): Look {
  const heard = new Map(last.filter(({ name }) => name === spec.name).map((one) => [one.instance, one]))
  const again: number[] = []
  const observations = [...facts.placed.values()].flatMap((placed) => {
    const device = facts.devices.get(placed.device)
    if (device === undefined || (spec.deployment !== undefined && placed.deploymentName !== spec.deployment)) return []
    const value = heard.get(placed.instance)
    // Without a deployment the rule is about those that have measured this before.
    if (value === undefined && spec.deployment === undefined) return []
    const sinceMs = Math.max(value?.receivedAtMs ?? 0, placed.sinceMs)
    const dueMs = sinceMs + spec.windowMs
    if (nowMs < dueMs) again.push(dueMs)
    const verdict = device.presence !== 'online' ? 'unknown' : nowMs >= dueMs ? 'true' : 'false'
    const unit = value?.unit ?? '1'
    const summary = `nothing of ${spec.name} for ${duration(nowMs - sinceMs)}`
    const one = { name: spec.name, unit, device: placed.device, instance: placed.instance }
    return observed(facts, one, verdict, { summary, sinceMs: dueMs })
  })
  return { observations, hidden: () => false, ...(again.length > 0 && { againAtMs: Math.min(...again) }) }
}

const keyOf = ({ device, instance, name }: Pick<Series, 'device' | 'instance' | 'name'>) =>
  `${device} ${instance} ${name}`

/** No minute of a window may be there yet: an instance that should run is not gone for that. */
function stillPlaced({ placed }: MeasuredFacts): Look['hidden'] {
  return ({ instance }) => instance !== undefined && placed.has(instance)
}

/** Of devices that are not watched, and instances that should not run, nothing is said. */
function observed(
  { devices, placed }: MeasuredFacts,
  { name, unit, ...one }: Pick<Series, 'name' | 'unit' | 'device' | 'instance' | 'imager'>,
  verdict: Observation['verdict'],
  seen: Pick<Observation, 'value' | 'limit' | 'summary' | 'sinceMs'>,
): Observation[] {
  const device = devices.get(one.device)
  const owner = placed.get(one.instance)
  if (device === undefined || owner === undefined) return []
  const imager = one.imager ?? owner.imager
  const summary = `${device.name}, ${owner.deploymentName}: ${seen.summary}`
  return [
    {
      subject: keyOf({ ...one, name }),
      verdict,
      device: one.device,
      deviceName: device.name,
      labels: device.labels,
      instance: one.instance,
      ...(imager !== undefined && { imager }),
      deployment: owner.deployment,
      deploymentName: owner.deploymentName,
      name,
      unit,
      ...seen,
      summary,
    },
  ]
}
