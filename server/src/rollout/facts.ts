/** What a decision about a rollout is made from: its devices as they are now, and what they put out. Plain data. */
import type { DeviceId } from '@ocelli/schemas/ids'
import type { DeviceFacts } from '../domain/snapshot.ts'

/** Time where a device stands. */
export interface LocalTime {
  /** 0: Sunday. */
  readonly weekday: number
  /** Minutes since midnight, 0 to 1439. */
  readonly minute: number
}

/** One device that a rollout concerns. */
export interface Member {
  readonly device: DeviceFacts
  readonly presenceAtMs: number
  /** It would get an instance of the new revision. */
  readonly wouldRun: boolean
  /** Revision that its live placements ask for; absent: it has none. */
  readonly wanted?: number
  /** It knows of its newest desired state. */
  readonly told: boolean
  /** All its live instances run and are healthy, on the revision that is wanted. */
  readonly up: boolean
  /** Where its live instances are on the way to `wanted`, the one that is furthest behind. */
  readonly state: 'none' | 'fetching' | 'starting' | 'running' | 'givenUp'
  /** Revision that it reported last. */
  readonly running?: number
  /** Restarts since that revision started. */
  readonly restarts: number
  /** Why the new revision failed on it. */
  readonly failure?: MemberFailure
  /** Of its shadow, where it has one. */
  readonly shadow?: 'starting' | 'running' | 'givenUp'
  /** Why it runs no shadow though it should. */
  readonly noShadow?: string
  /** Text: its time zone is not known. */
  readonly local: LocalTime | string
}

export interface MemberFailure {
  readonly code: string
  readonly message: string
  readonly logs: readonly string[]
}

/** Records of one name by one device on one revision within a time. */
export interface EvidenceRow {
  readonly device: DeviceId
  readonly revision: number
  readonly kind: 'measurement' | 'event' | 'error'
  /** Empty for errors: log lines of level error or critical. */
  readonly name: string
  readonly samples: number
  /** Of the values of measurements; 0 for others. */
  readonly sum: number
  /** By the best estimate of when it happened. */
  readonly firstMs: number
  readonly lastMs: number
}

/** Values that live and shadow put out for the same frames, of one measurement on one device. */
export interface FramePairRow {
  readonly device: DeviceId
  readonly name: string
  /** Frames for which both put out a value. */
  readonly pairs: number
  /** Of these, with equal values. */
  readonly equal: number
  /** Sum of the absolute differences. */
  readonly difference: number
}

/** What was put out in the last `windowMs`, and in as long a time before the current wave opened. */
export interface WindowEvidence {
  readonly windowMs: number
  readonly fromMs: number
  readonly toMs: number
  readonly rows: readonly EvidenceRow[]
  readonly before: readonly EvidenceRow[]
}

export interface RolloutFacts {
  readonly members: ReadonlyMap<DeviceId, Member>
  /** By window. */
  readonly evidence: ReadonlyMap<number, WindowEvidence>
  readonly pairs: readonly FramePairRow[]
}

/**
 * After a start of the server nobody's presence is known until it is heard again; agents repeat theirs every two
 * minutes. Until then such a device may be there, and whoever was heard first must not speak for all.
 */
const UNKNOWN_FOR_MS = 180_000

export function isUnheard({ device, presenceAtMs }: Member, nowMs: number): boolean {
  return device.presence === 'unknown' && nowMs - presenceAtMs < UNKNOWN_FOR_MS
}

/** Connected, or perhaps so: who goes out of service may do so unseen. */
export function mayLive(member: Member, nowMs: number): boolean {
  return isLiving(member) || isUnheard(member, nowMs)
}

/** Connected: only then it counts in the arithmetic, and only then it is released. */
export function isLiving({ device }: Member): boolean {
  return device.presence === 'online'
}
