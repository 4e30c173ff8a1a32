/** What was healthy, what is on trial and what was gone back from: kept in the store, so that it survives everything. */
import type { InstanceId } from '@ocelli/schemas/ids'
import { type DesiredInstance, readDesiredInstance } from '@ocelli/schemas/messages/desired'
import type { ErrorReport } from '@ocelli/schemas/messages/error-report'
import { attemptText, type Choice, choose, type FellBack, type Remembered, trialEndsAtMs } from '../plan/fallback.ts'
import type { Obstacle } from '../plan/plan.ts'
import type { AgentStore, Crypto } from '../ports.ts'
import { writeUnlessFull } from '../storage/group-commit.ts'
import type { Slot } from './slot.ts'

export interface Candidate {
  readonly wanted: DesiredInstance
  readonly slot: Slot | undefined
  readonly inTheWay: Obstacle | undefined
  readonly nowMs: number
}

export class Fallbacks {
  readonly #store: AgentStore
  readonly #crypto: Crypto
  readonly #remembered = new Map<InstanceId, Remembered>()
  /** Trials of this run of the agent. */
  readonly #trials = new Map<InstanceId, { readonly key: string; sinceMs: number | undefined }>()
  readonly #keys = new WeakMap<DesiredInstance, string>()

  constructor(store: AgentStore, crypto: Crypto) {
    this.#store = store
    this.#crypto = crypto
  }

  /** The last spec of the instance that was healthy. */
  good(id: InstanceId): DesiredInstance | undefined {
    return this.#of(id).good?.spec
  }

  fellBack(id: InstanceId): FellBack | undefined {
    return this.#of(id).failed?.fellBack
  }

  choose({ wanted, slot, inTheWay, nowMs }: Candidate): Choice {
    const wantedKey = this.#keyOf(wanted)
    const { failed } = this.#of(wanted.id)
    if (failed && failed.key !== wantedKey) this.#forgetFailed(wanted.id)
    if (this.#trials.get(wanted.id)?.key !== wantedKey) this.#trials.delete(wanted.id)
    // Without its imager nothing can become healthy: the time of a trial begins again when it is back.
    if (inTheWay?.error?.code === 'imager.missing') this.#pause(wanted.id)
    return choose({
      wanted,
      wantedKey,
      remembered: this.#of(wanted.id),
      inTheWay,
      slot: slot && {
        key: this.#keyOf(slot.spec),
        phase: slot.phase,
        outcome: slot.after?.outcome,
        lastError: slot.lastError,
      },
      triedSinceMs: this.#sinceMs(wanted),
      nowMs,
    })
  }

  trialEndsAtMs(wanted: DesiredInstance): number | undefined {
    return trialEndsAtMs({ wanted, triedSinceMs: this.#sinceMs(wanted) })
  }

  /** A start of `spec` begins. Where it can be gone back from, its trial is on record before it runs. */
  started(spec: DesiredInstance, nowMs: number): void {
    const remembered = this.#of(spec.id)
    const key = this.#keyOf(spec)
    if (!spec.fallback || remembered.good === undefined || remembered.good.key === key) return
    const trial = this.#trials.get(spec.id)
    if (trial?.key === key) {
      trial.sinceMs ??= nowMs
      return
    }
    this.#trials.set(spec.id, { key, sinceMs: nowMs })
    const runs = remembered.trial?.key === key ? remembered.trial.runs + 1 : 1
    this.#keep(spec.id, { ...remembered, trial: { key, runs } })
  }

  /** `spec` is healthy, or a task that ended well. A shadow is never gone back to. */
  healthy(spec: DesiredInstance): void {
    const { good } = this.#of(spec.id)
    const key = this.#keyOf(spec)
    if (spec.role !== 'live' || good?.key === key) return
    this.#trials.delete(spec.id)
    this.#keep(spec.id, { good: { key, spec } })
  }

  /** `spec` is not tried again until something else is wanted. */
  failed(spec: DesiredInstance, error: ErrorReport, logs: readonly string[], atMs: number): void {
    const { good } = this.#of(spec.id)
    this.#trials.delete(spec.id)
    const fellBack: FellBack = {
      revision: spec.revision,
      error: { atMs, ...error },
      atMs,
      ...(logs.length > 0 && { logs: [...logs] }),
    }
    this.#keep(spec.id, { ...(good && { good }), failed: { key: this.#keyOf(spec), fellBack } })
  }

  forget(id: InstanceId): void {
    this.#remembered.delete(id)
    this.#trials.delete(id)
    if (this.#store.get(storeKey(id)) === undefined) return
    writeUnlessFull(this.#store, (writes) => writes.remove(storeKey(id)))
  }

  #forgetFailed(id: InstanceId): void {
    const { failed: _, ...rest } = this.#of(id)
    this.#keep(id, rest)
  }

  #pause(id: InstanceId): void {
    const trial = this.#trials.get(id)
    if (trial) trial.sinceMs = undefined
  }

  #sinceMs(wanted: DesiredInstance): number | undefined {
    const trial = this.#trials.get(wanted.id)
    return trial?.key === this.#keyOf(wanted) ? trial.sinceMs : undefined
  }

  #of(id: InstanceId): Remembered {
    const known = this.#remembered.get(id)
    if (known) return known
    const read = parseRemembered(this.#store.get(storeKey(id)))
    this.#remembered.set(id, read)
    return read
  }

  /** On a full disk it is remembered until the agent ends, which is better than not to act on it. */
  #keep(id: InstanceId, remembered: Remembered): void {
    this.#remembered.set(id, remembered)
    writeUnlessFull(this.#store, (writes) => writes.put(storeKey(id), JSON.stringify(remembered)))
  }

  #keyOf(spec: DesiredInstance): string {
    const known = this.#keys.get(spec)
    if (known !== undefined) return known
    const key = this.#crypto.sha256(Buffer.from(attemptText(spec)))
    this.#keys.set(spec, key)
    return key
  }
}

const storeKey = (id: InstanceId): string => `fallback ${id}`

/** The agent's own words; only the spec may be of an older agent, which knew another shape. */
function parseRemembered(text: string | undefined): Remembered {
  if (text === undefined) return {}
  const { good, ...rest } = JSON.parse(text) as Remembered
  const spec = good && readDesiredInstance(good.spec)
  return good && spec?.ok ? { good: { key: good.key, spec: spec.value }, ...rest } : {}
}
