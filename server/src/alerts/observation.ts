/** What is seen of the things that a rule looks at, at one moment. */
import type { DeploymentId, DeviceId, ImagerId, InstanceId } from '@ocelli/schemas/ids'

/** unknown: nothing can be said now, so nothing begins and nothing ends. */
export type Verdict = 'true' | 'false' | 'unknown'

export interface Observation {
  /** What is looked at: the same text at each look. */
  readonly subject: string
  readonly verdict: Verdict
  /** Where it is true: since when, if that is known. */
  readonly sinceMs?: number
  readonly device: DeviceId
  readonly deviceName: string
  readonly labels: Readonly<Record<string, string>>
  readonly instance?: InstanceId
  readonly imager?: ImagerId
  readonly deployment?: DeploymentId
  readonly deploymentName?: string
  readonly name?: string
  readonly unit?: string
  readonly value?: number
  readonly limit?: number
  /** One sentence with numbers. */
  readonly summary: string
}

export interface Look {
  readonly observations: readonly Observation[]
  /** Of subjects without an observation nothing is known where this is true; of all others: they are no more. */
  readonly hidden: (subject: { readonly device: DeviceId; readonly instance?: InstanceId }) => boolean
  /** When another look may see something else though nothing happens. */
  readonly againAtMs?: number
}

/** An instance that should run. */
export interface Placed {
  readonly instance: InstanceId
  readonly device: DeviceId
  readonly imager?: ImagerId
  readonly deployment: DeploymentId
  readonly deploymentName: string
  /** When its deployment was last changed. */
  readonly sinceMs: number
}

/** `3 min`: for sentences. */
export function duration(ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`
}

export function shown(value: number, unit: string): string {
  const text = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)))
  return unit === '1' ? text : `${text} ${unit}`
}
