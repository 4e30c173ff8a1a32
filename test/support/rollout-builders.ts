/** Rollouts and their facts for tests: a small fleet whose devices follow what they are told when asked to. */

import type { RolloutVerb } from '@ocelli/schemas/api/rollout'
import type { DeploymentId, DeviceId, ProjectId } from '@ocelli/schemas/ids'
import type { RolloutSpec } from '@ocelli/schemas/manifest/rollout'
import { isRefusal } from '@ocelli/server/domain/refusal'
import type { Rollout } from '@ocelli/server/domain/rollout'
import type { DeviceFacts, PresenceState } from '@ocelli/server/domain/snapshot'
import { beginRollout } from '@ocelli/server/rollout/begin'
import { command } from '@ocelli/server/rollout/command'
import { type Decision, decide } from '@ocelli/server/rollout/decide'
import type {
  EvidenceRow,
  FramePairRow,
  LocalTime,
  Member,
  RolloutFacts,
  WindowEvidence,
} from '@ocelli/server/rollout/facts'
import { deviceId } from './snapshot-builders.ts'

export const OLD = 4
export const NEW = 5

interface SmallDevice {
  readonly facts: DeviceFacts
  presenceAtMs: number
  /** Revision that its placement asks for; undefined: none. */
  wanted: number | undefined
  /** Revision that it runs. */
  runs: number | undefined
  healthy: boolean
  givenUp: boolean
  failure: Member['failure']
  restarts: number
  shadow: Member['shadow']
  noShadow: string | undefined
  wouldRun: boolean
  local: LocalTime | string
}

/** A fleet, a rollout over it, and a clock that stands until it is moved. */
export class SmallFleet {
  nowMs = 1_000_000
  readonly devices = new Map<DeviceId, SmallDevice>()
  rollout: Rollout
  rows: EvidenceRow[] = []
  before: EvidenceRow[] = []
  pairs: FramePairRow[] = []

  constructor(
    count: number,
    policy: RolloutSpec,
    options: { readonly from?: number; readonly absent?: number; readonly maxJoining?: number } = {},
  ) {
    const from = 'from' in options ? options.from : OLD
    for (let index = 1; index <= count; index++) {
      this.add(index, { presence: index > count - (options.absent ?? 0) ? 'lost' : 'online', runs: from })
    }
    this.rollout = beginRollout({
      project: 'default' as ProjectId,
      deployment: 'p-aaaaaaaaaaaaaaaa' as DeploymentId,
      name: 'people',
      revision: NEW,
      ...(from !== undefined && { before: from }),
      policy,
      ...(options.maxJoining !== undefined && { maxJoining: options.maxJoining }),
      devices: [...this.devices.values()].map(({ facts }) => facts),
      actor: 'ada',
      nowMs: this.nowMs,
    })
  }

  add(
    index: number,
    { presence = 'online' as PresenceState, runs = OLD as number | undefined, labels = {} } = {},
  ): DeviceId {
    const id = deviceId(index)
    this.devices.set(id, {
      facts: { id, name: `cam-${index}`, labels: { floor: index % 2 === 0 ? '2' : '1', ...labels }, presence },
      presenceAtMs: this.nowMs,
      wanted: runs,
      runs,
      healthy: runs !== undefined,
      givenUp: false,
      failure: undefined,
      restarts: 0,
      shadow: undefined,
      noShadow: undefined,
      wouldRun: true,
      local: { weekday: 1, minute: 600 },
    })
    return id
  }

  get(index: number): SmallDevice {
    const found = this.devices.get(deviceId(index))
    if (!found) throw new RangeError(`no device ${index}`)
    return found
  }

  presence(index: number, presence: PresenceState): void {
    const device = this.get(index)
    Object.assign(device, { facts: { ...device.facts, presence }, presenceAtMs: this.nowMs })
  }

  get facts(): RolloutFacts {
    const members = new Map<DeviceId, Member>()
    for (const [id, one] of this.devices) {
      const { wanted, runs, healthy } = one
      members.set(id, {
        device: one.facts,
        presenceAtMs: one.presenceAtMs,
        wouldRun: one.wouldRun,
        ...(wanted !== undefined && { wanted }),
        told: true,
        up: wanted !== undefined && runs === wanted && healthy,
        state:
          wanted === undefined
            ? 'none'
            : one.givenUp
              ? 'givenUp'
              : runs === wanted
                ? healthy
                  ? 'running'
                  : 'starting'
                : 'fetching',
        ...(runs !== undefined && { running: runs }),
        restarts: one.restarts,
        ...(one.failure && { failure: one.failure }),
        ...(one.shadow && { shadow: one.shadow }),
        ...(one.noShadow !== undefined && { noShadow: one.noShadow }),
        local: one.local,
      })
    }
    const evidence = new Map<number, WindowEvidence>()
    for (const windowMs of [1000, 60_000]) {
      evidence.set(windowMs, {
        windowMs,
        fromMs: this.nowMs - windowMs,
        toMs: this.nowMs,
        rows: this.rows,
        before: this.before,
      })
    }
    return { members, evidence, pairs: this.pairs }
  }

  /** Decides, keeps what was decided, and places as the scheduler would. */
  decide(): Decision {
    const decision = decide(this.rollout, this.facts, this.nowMs)
    this.#keep(decision.next)
    return decision
  }

  ask(verb: RolloutVerb): Decision {
    const asked = command(this.rollout, this.facts, verb, { actor: 'ada', atMs: this.nowMs })
    if (isRefusal(asked)) throw new Error(asked.message)
    const decision = decide(asked.next, this.facts, this.nowMs)
    this.#keep(decision.next)
    return decision
  }

  /** Living devices come to run what they should; `healthy` says whether they are well then. */
  settle(healthy: (index: number) => boolean = () => true): void {
    for (const [id, one] of this.devices) {
      if (one.facts.presence !== 'online') continue
      const index = Number(one.facts.name.slice(4))
      one.runs = one.wanted
      one.healthy = one.wanted !== undefined && (one.wanted !== NEW || healthy(index))
      one.shadow = this.rollout.shadow.includes(id) && one.noShadow === undefined ? 'running' : undefined
    }
  }

  /** Decides and settles, a second each, until nothing changes or the rollout ended. */
  run(seconds: number, healthy?: (index: number) => boolean): void {
    for (let second = 0; second < seconds; second++) {
      this.decide()
      this.settle(healthy)
      this.nowMs += 1000
    }
    this.decide()
  }

  /** Numbers of the devices that have the new revision. */
  get released(): number[] {
    return this.rollout.released
      .map(({ device }) => Number(this.devices.get(device)?.facts.name.slice(4)))
      .sort((a, b) => a - b)
  }

  #keep(next: Rollout): void {
    this.rollout = next
    const released = new Set(next.released.map(({ device }) => device))
    for (const [id, one] of this.devices) {
      const has = next.reach === 'all' || released.has(id)
      const failed = next.failed.some(({ device }) => device === id)
      const wanted = has && !failed ? (one.wouldRun ? NEW : undefined) : next.from
      if (wanted !== one.wanted) one.givenUp = false
      one.wanted = wanted
    }
  }
}

export function samples(
  index: number,
  revision: number,
  mean: number,
  count = 20,
  lastMs = 1_000_000,
  name = 'people',
): EvidenceRow {
  return {
    device: deviceId(index),
    revision,
    kind: 'measurement',
    name,
    samples: count,
    sum: mean * count,
    firstMs: lastMs - 60_000,
    lastMs,
  }
}
