/** Random lives of small fleets: whatever devices and people do, the numbered invariants of SPEC.md hold. */
import { ROLLOUT_VERBS, type RolloutVerb } from '@ocelli/schemas/api/rollout'
import type { DeviceId } from '@ocelli/schemas/ids'
import type { RolloutSpec } from '@ocelli/schemas/manifest/rollout'
import { isRefusal } from '@ocelli/server/domain/refusal'
import { command } from '@ocelli/server/rollout/command'
import { decide } from '@ocelli/server/rollout/decide'
import { hasEnded } from '@ocelli/server/rollout/table'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NEW, SmallFleet } from '../support/rollout-builders.ts'

const DEVICES = 8
const RUNS = 300 * Number(process.env.OCELLI_RUNS_FACTOR ?? '1')

const WAVES: NonNullable<RolloutSpec['waves']> = [
  0,
  1,
  3,
  '10%',
  '50%',
  '100%',
  { selector: 'device.labels.floor == "2"' },
  { devices: ['cam-3', 'cam-5'], approval: 'manual' },
]

const policy: fc.Arbitrary<RolloutSpec> = fc
  .record({
    waves: fc.option(fc.array(fc.constantFrom(...WAVES), { minLength: 1, maxLength: 4 })),
    maxUnavailable: fc.constantFrom(1, 2, 3, '25%', '60%'),
    onFailure: fc.constantFrom('pause' as const, 'rollBack' as const),
    maxFailed: fc.integer({ min: 0, max: 2 }),
    shadow: fc.boolean(),
    approval: fc.boolean(),
  })
  .map(({ waves, maxUnavailable, onFailure, maxFailed, shadow, approval }) => ({
    ...(waves && { waves }),
    maxUnavailable,
    onFailure,
    gate: { healthyForMs: 2000, maxFailed },
    deadlineMs: 120_000,
    fallback: { withinMs: 20_000 },
    ...(shadow && { shadow: { forMs: 2000 } }),
    ...(approval && { approval: 'manual' as const }),
  }))

type Happening =
  | { readonly kind: 'settle'; readonly sick: number }
  | { readonly kind: 'lost' | 'back' | 'fails' | 'sick' | 'joins'; readonly device: number }
  | { readonly kind: 'ask'; readonly verb: RolloutVerb }

const device = fc.integer({ min: 1, max: DEVICES })
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('settle' as const), sick: fc.integer({ min: 0, max: DEVICES }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('lost', 'back', 'fails', 'sick', 'joins'), device }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('ask' as const), verb: fc.constantFrom(...ROLLOUT_VERBS) }) },
)

test('invariants 1, 4, 5, 6, 7, 9, 11, 12, 14 and 15 hold whatever happens', () => {
  fc.assert(
    fc.property(
      policy,
      fc.array(happening, { maxLength: 40 }),
      fc.integer({ min: 0, max: 3 }),
      (spec, story, absent) => {
        const fleet = new SmallFleet(DEVICES, spec, { absent })
        const watch = new Watch(fleet)
        for (const one of story) {
          happen(fleet, one, watch)
          watch.decide()
          fleet.nowMs += 1000
        }
        // Left alone it ends, at its deadline and that of going back at the latest.
        for (let step = 0; step < 30 && !hasEnded(fleet.rollout.phase); step++) {
          fleet.settle()
          fleet.nowMs += 10_000
          watch.decide()
        }
        expect(hasEnded(fleet.rollout.phase), `${fleet.rollout.phase} never ends`).toBe(true)
        // Who could not be taken back in time is when all are well again.
        if (fleet.rollout.phase !== 'rolledBack') return
        for (let index = 1; index <= fleet.devices.size; index++) fleet.presence(index, 'online')
        for (let step = 0; step <= fleet.devices.size; step++) {
          fleet.settle()
          watch.decide()
        }
        expect(fleet.released, '14: some never go back').toEqual([])
      },
    ),
    { numRuns: RUNS },
  )
})

function happen(fleet: SmallFleet, one: Happening, watch: Watch): void {
  switch (one.kind) {
    case 'settle':
      fleet.settle((index) => index !== one.sick)
      return
    case 'lost':
      fleet.presence(one.device, 'lost')
      return
    case 'back':
      fleet.presence(one.device, 'online')
      return
    case 'fails': {
      const found = fleet.get(one.device)
      if (found.wanted === NEW)
        Object.assign(found, { failure: { code: 'instance.trap', message: 'trapped', logs: [] } })
      return
    }
    case 'sick':
      Object.assign(fleet.get(one.device), { healthy: false })
      return
    case 'joins':
      if (fleet.devices.size < DEVICES + 3) fleet.add(fleet.devices.size + 1)
      return
    case 'ask': {
      const asked = command(fleet.rollout, fleet.facts, one.verb, { actor: 'ada', atMs: fleet.nowMs })
      if (!isRefusal(asked)) watch.ask(one.verb)
    }
  }
}

/** Judges each decision by what it did, from the facts alone. */
class Watch {
  readonly #fleet: SmallFleet
  readonly #frozen: string
  #abortedWith: ReadonlySet<number> | undefined

  constructor(fleet: SmallFleet) {
    this.#fleet = fleet
    this.#frozen = this.#waves()
  }

  decide(): void {
    this.#step(() => this.#fleet.decide())
  }

  ask(verb: RolloutVerb): void {
    this.#step(() => this.#fleet.ask(verb))
    if (this.#fleet.rollout.phase === 'aborted') this.#abortedWith = new Set(this.#fleet.released)
    if (verb === 'roll-back') this.#abortedWith = undefined
  }

  #step(act: () => unknown): void {
    const fleet = this.#fleet
    const before = new Set(fleet.released)
    const { phase } = fleet.rollout
    const { facts } = fleet
    const down = this.#down()
    const up = this.#up()
    const allowed = decide(fleet.rollout, fleet.facts, fleet.nowMs).budget.allowed ?? Number.POSITIVE_INFINITY
    act()
    const after = new Set(fleet.released)
    const added = [...after].filter((index) => !before.has(index))
    // Completed, everybody has it, and nobody is named.
    const removed = fleet.rollout.reach === 'all' ? [] : [...before].filter((index) => !after.has(index))
    const failed = new Set(
      fleet.rollout.failed.map((one) => Number(fleet.devices.get(one.device)?.facts.name.slice(4))),
    )

    // 1: who goes out of service by the decision, beside who is out of it already.
    const out = [...added, ...removed.filter((index) => !failed.has(index))].filter((index) => up.has(index))
    const isAbort = fleet.rollout.phase === 'aborted'
    if (out.length > 0 && !isAbort) expect(down + out.length, '1: too many down').toBeLessThanOrEqual(allowed)
    // 4
    if (this.#abortedWith)
      expect(
        [...after].every((index) => this.#abortedWith?.has(index)),
        '4: released after abort',
      ).toBe(true)
    // 6
    expect(this.#waves(), '6: a frozen set changed').toBe(this.#frozen)
    // 7
    for (const index of added) expect(this.#waveOf(index), '7: before its wave').toBeLessThanOrEqual(fleet.rollout.wave)
    // 9
    for (const index of failed) expect(after.has(index), '9: released where it failed').toBe(false)
    // 11
    expect(decide(fleet.rollout, facts, fleet.nowMs).next, '11: decides on').toBe(fleet.rollout)
    // 12
    if (phase === fleet.rollout.phase && ['paused', 'approval', 'scheduled'].includes(phase)) {
      expect(added, '12: released while it waits').toEqual([])
    }
    // 14
    if (fleet.rollout.phase === 'rolledBack' && fleet.nowMs < fleet.rollout.phaseAtMs + 1) {
      const says = fleet.rollout.why?.includes('not back yet') === true
      expect(says || after.size === 0, '14: not all the way back').toBe(true)
    }
    if (fleet.rollout.phase === 'rolledBack') expect(added, '14: released after all').toEqual([])
    // 15
    for (const { device, atMs, tried } of fleet.rollout.phase === 'open' ? fleet.rollout.released : []) {
      const member = facts.members.get(device)
      const sinceMs = Math.max(atMs, member?.presenceAtMs ?? atMs)
      const isJudged = member?.device.presence === 'online' && member.wanted === NEW && tried !== true
      const late = isJudged && !member.up && fleet.nowMs - sinceMs > 20_000
      expect(late && !this.#hasPassed(device, sinceMs), '15: held up for ever').toBe(false)
    }
  }

  /** Living devices that are not healthy on what they should run, and have not been given up. */
  #down(): number {
    return [...this.#fleet.devices.values()].filter(
      (one) =>
        one.facts.presence === 'online' &&
        one.wanted !== undefined &&
        !one.givenUp &&
        !(one.runs === one.wanted && one.healthy),
    ).length
  }

  #up(): Set<number> {
    const serving = [...this.#fleet.devices.values()].filter(
      (one) => one.facts.presence === 'online' && one.runs === one.wanted && one.healthy,
    )
    return new Set(serving.map(({ facts }) => Number(facts.name.slice(4))))
  }

  #waves(): string {
    return JSON.stringify(this.#fleet.rollout.waves.map(({ devices }) => devices))
  }

  #hasPassed(device: DeviceId, sinceMs: number): boolean {
    const wave = this.#fleet.rollout.waves.find(({ devices, joined }) => [...devices, ...joined].includes(device))
    return wave?.passedAtMs !== undefined && sinceMs < wave.passedAtMs
  }

  #waveOf(index: number): number {
    const { id } = this.#fleet.get(index).facts
    return this.#fleet.rollout.waves.findIndex(({ devices, joined }) => devices.includes(id) || joined.includes(id))
  }
}
