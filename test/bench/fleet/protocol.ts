/** What the benchmark and its processes of agents say to each other. */
import type { HostKind } from '../../../simulator/src/fleet/component-hosts.ts'
import type { BulkEnrolment } from './enrolment.ts'

export type Ask =
  | { readonly ask: 'enrol'; readonly enrolment: BulkEnrolment }
  /** Opens and connects the agents that it enrolled. */
  | { readonly ask: 'start'; readonly folder: string; readonly host: HostKind }
  /** Counts what is accepted from now on. */
  | { readonly ask: 'mark' }
  | { readonly ask: 'state' }
  /** What each instance runs: costs time. */
  | { readonly ask: 'outcome' }
  /** The first `count` say goodbye. */
  | { readonly ask: 'leave'; readonly count: number }
  /** They come back, each with the disk that it left. */
  | { readonly ask: 'return' }

export interface FleetState {
  readonly agents: number
  readonly connected: number
  /** Connections that were made since the mark. */
  readonly returned: number
  /** Agents that have accepted a desired state since the mark, and when the last one did. */
  readonly accepted: number
  readonly lastAcceptedAtMs: number
  /** Those of them that have accepted another one after it, and when the last one did. */
  readonly turned: number
  readonly lastTurnedAtMs: number
  /** Connections lost since the start, by reason. */
  readonly losses: readonly string[]
  /** Time on a processor since the start. */
  readonly cpuMs: number
  readonly residentBytes: number
}

/** What a device runs, by its name: `revision state`, one for each instance. */
export type Outcome = Readonly<Record<string, readonly string[]>>

export type Answer = { readonly state: FleetState } | { readonly outcome: Outcome } | { readonly failed: string }
