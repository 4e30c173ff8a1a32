/** One instance as the runner holds it, and what is reported of it. */
import type { Digest, InstanceId } from '@ocelli/schemas/ids'
import type { DesiredInstance } from '@ocelli/schemas/messages/desired'
import type { ErrorReport } from '@ocelli/schemas/messages/error-report'
import type { ReportedInstance } from '@ocelli/schemas/messages/reported'
import {
  type AfterEnd,
  afterEnd,
  type EndKind,
  FINAL_CODES,
  LIFE,
  type LifeEvent,
  type Phase,
} from '../plan/lifecycle.ts'
import type { CurrentInstance, Obstacle } from '../plan/plan.ts'
import type { InstanceEnd, RunningInstance } from '../runtime/host.ts'

export type ReportedState = ReportedInstance['state']

/** Last log lines as a report holds them. */
const MAX_LINES = 10
const MAX_LINE_CHARACTERS = 256

export class Slot implements CurrentInstance {
  readonly id: InstanceId
  spec: DesiredInstance
  phase: Phase = 'ended'
  after: CurrentInstance['after']
  restartAsked = false
  restarts = 0
  exitCode: number | undefined
  lastError: ErrorReport | undefined
  running: RunningInstance | undefined
  /** Counts starts, so that what an earlier run still says is told apart. */
  run = 0
  /** Last log lines of this revision, oldest first. */
  readonly lastLines: string[] = []
  /** Monotonic; set while running. */
  runningSinceMs: number | undefined
  /** Log lines cut in earlier runs. */
  #linesCutBefore = 0
  #failures = 0

  constructor(spec: DesiredInstance) {
    this.id = spec.id
    this.spec = spec
  }

  handle(event: LifeEvent): void {
    this.phase = LIFE[this.phase][event]
  }

  /** A new run of `spec`. Another revision begins with a clean record. */
  begin(spec: DesiredInstance): number {
    if (spec.revision === this.spec.revision) {
      if (this.run > 0) this.restarts++
    } else {
      this.restarts = 0
      this.#failures = 0
      this.lastError = undefined
      this.lastLines.length = 0
    }
    this.spec = spec
    this.after = undefined
    this.exitCode = undefined
    this.restartAsked = false
    this.handle('start')
    return ++this.run
  }

  started(running: RunningInstance, nowMs: number): void {
    this.running = running
    this.runningSinceMs = nowMs
    this.handle('started')
  }

  /** `end` is what the host said; a stop that was asked for wins over it. */
  finish(end: InstanceEnd, nowMs: number, atMs: number): void {
    const asked = this.phase === 'stopping'
    const error = asked ? undefined : errorOf(end, atMs)
    const ranForMs = this.runningSinceMs === undefined ? 0 : nowMs - this.runningSinceMs
    const count = afterEnd(this.spec.restart, asked ? 'stopped' : kindOf(end), this.#failures, ranForMs)
    this.#failures = count.failures
    this.exitCode = end.kind === 'completed' ? end.exitCode : undefined
    this.lastError = error ?? this.lastError
    const outcome = error && FINAL_CODES.has(error.code) ? 'refused' : count.outcome
    this.settle(outcome, nowMs + count.backoffMs)
  }

  settle(outcome: AfterEnd, atMs: number): void {
    this.#linesCutBefore = this.linesCut()
    this.running = undefined
    this.runningSinceMs = undefined
    this.after = { outcome, atMs }
    this.handle('ended')
    if (outcome === 'givenUp' && this.lastError?.code !== 'instance.crashLoop') {
      const last = this.lastError ? `; last ${this.lastError.code}: ${this.lastError.message}` : ''
      const message = `given up after ${this.#failures} failures${last}`.slice(0, 2048)
      this.lastError = {
        code: 'instance.crashLoop',
        message,
        ...(this.lastError?.atMs && { atMs: this.lastError.atMs }),
      }
    }
  }

  /** Keeps what may tell why a run failed. */
  takeLine(level: string, context: string, message: string): void {
    this.lastLines.push(`${level} ${context}: ${message}`.slice(0, MAX_LINE_CHARACTERS))
    if (this.lastLines.length > MAX_LINES) this.lastLines.shift()
  }

  /** Log lines cut since the slot was made. */
  linesCut(): number {
    return this.#linesCutBefore + (this.running?.usage().logLinesCut ?? 0)
  }

  isHealthy(nowMs: number): boolean {
    return this.runningSinceMs !== undefined && nowMs - this.runningSinceMs >= this.spec.restart.healthyForMs
  }
}

const AFTER_STATE: Record<AfterEnd, ReportedState> = {
  again: 'waiting',
  backoff: 'backoff',
  completed: 'completed',
  givenUp: 'crashLoop',
  refused: 'refused',
}

/** The state to report: what is in the way of the wanted instance, else what its slot does. */
export function stateOf(slot: Slot | undefined, inTheWay: Obstacle | undefined): ReportedState {
  if (slot?.phase === 'stopping') return 'stopping'
  if (inTheWay) return inTheWay.state
  if (slot === undefined) return 'waiting'
  if (slot.phase !== 'ended') return slot.phase
  return slot.after ? AFTER_STATE[slot.after.outcome] : 'waiting'
}

export interface ReportFacts {
  readonly wanted: DesiredInstance
  readonly slot: Slot | undefined
  readonly inTheWay: Obstacle | undefined
  readonly state: ReportedState
  readonly sinceMs: number
  readonly nowMs: number
  readonly fellBack: ReportedInstance['fellBack']
}

export function reportInstance(facts: ReportFacts): ReportedInstance {
  const { wanted, slot, inTheWay, state, sinceMs, nowMs, fellBack } = facts
  const error = inTheWay?.error ?? (slot?.spec.revision === wanted.revision ? slot.lastError : undefined)
  const usage = slot?.running?.usage()
  const linesCut = slot?.linesCut() ?? 0
  return {
    id: wanted.id,
    revision: wanted.revision,
    realisation: wanted.realisation,
    digest: wanted.components[0]?.digest ?? ('' as Digest),
    state,
    healthy: state === 'running' && slot !== undefined && slot.isHealthy(nowMs),
    sinceMs,
    restarts: slot?.restarts ?? 0,
    ...(slot?.exitCode !== undefined && { exitCode: slot.exitCode }),
    ...(usage && {
      framesHandled: usage.framesHandled,
      framesDropped: usage.framesDropped,
      outputDroppedBytes: usage.outputDroppedBytes,
      memoryBytes: usage.memoryBytes,
    }),
    ...(linesCut > 0 && { logLinesCut: linesCut }),
    ...(error && { error }),
    ...(state === 'crashLoop' && slot && slot.lastLines.length > 0 && { logs: [...slot.lastLines] }),
    ...(fellBack && { fellBack }),
  }
}

function kindOf(end: InstanceEnd): EndKind {
  if (end.kind === 'stopped') return 'stopped'
  return end.kind === 'completed' && end.exitCode === 0 ? 'success' : 'failure'
}

function errorOf(end: InstanceEnd, atMs: number): ErrorReport | undefined {
  if (end.kind === 'failed') return { atMs, ...end.error }
  if (end.kind === 'completed' && end.exitCode !== 0) {
    return { code: 'instance.exit', message: `the task ended with exit code ${end.exitCode}`, atMs }
  }
  return undefined
}
