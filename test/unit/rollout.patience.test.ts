/** Devices that neither become healthy nor go back by themselves, and devices that are left when going back has ended. */
import type { RolloutSpec } from '@ocelli/schemas/manifest/rollout'
import { devicesNotBack, whyNotBack } from '@ocelli/server/rollout/not-back'
import { isActive } from '@ocelli/server/rollout/table'
import { describe, expect, test } from 'vitest'
import { NEW, OLD, SmallFleet } from '../support/rollout-builders.ts'
import { deviceId, inventory } from '../support/snapshot-builders.ts'

const QUICK = { healthyForMs: 1000 }
const WITHIN: RolloutSpec = { maxUnavailable: 1, gate: { ...QUICK, maxFailed: 4 }, fallback: { withinMs: 60_000 } }
const failedOf = (fleet: SmallFleet) => fleet.rollout.failed.map(({ device, code }) => [device, code])

describe('invariant 15: no device holds a gate for ever', () => {
  test('one whose agent cannot go back by itself is taken back when its time is up, and counts as failed', () => {
    const fleet = new SmallFleet(3, WITHIN)
    fleet.run(59, (index) => index !== 1)
    expect(fleet.rollout.failed).toEqual([])
    expect(fleet.released).toEqual([1])
    fleet.run(2, (index) => index !== 1)
    expect(failedOf(fleet)).toEqual([[deviceId(1), 'instance.notHealthy']])
    expect(fleet.rollout.failed[0]?.message).toMatch(
      /revision 5 was not healthy after \d+ s \(starting\), and the device did/,
    )
    expect(fleet.get(1).wanted).toBe(OLD)
    fleet.run(10, (index) => index !== 1)
    expect(fleet.rollout).toMatchObject({ phase: 'completed', reach: 'released' })
    expect(fleet.released).toEqual([2, 3])
  })

  test('it stops the rollout where no device may fail', () => {
    const fleet = new SmallFleet(3, { ...WITHIN, gate: QUICK, onFailure: 'rollBack' })
    fleet.run(70, () => false)
    expect(fleet.rollout).toMatchObject({ phase: 'rolledBack', released: [] })
    expect(fleet.rollout.why).toContain('on revision 4')
    expect(fleet.rollout.history.map(({ text }) => text).join()).toContain('goes back: 1 devices failed, 0 may')
  })

  test('one that goes back by itself has time to do so; without anything to go back to it has none', () => {
    const able = (fleet: SmallFleet) => {
      const one = fleet.get(1)
      const own = inventory({ features: ['fallback'] })
      Object.assign(one, { facts: { ...one.facts, inventory: own } })
      return fleet
    }
    const fleet = able(new SmallFleet(2, WITHIN))
    fleet.run(179, (index) => index !== 1)
    expect(fleet.rollout.failed).toEqual([])
    fleet.run(3, (index) => index !== 1)
    expect(failedOf(fleet)).toEqual([[deviceId(1), 'instance.notHealthy']])
    const first = able(new SmallFleet(2, WITHIN, { from: undefined }))
    first.run(62, (index) => index !== 1)
    expect(failedOf(first)).toEqual([[deviceId(1), 'instance.notHealthy']])
  })

  test('the time begins anew for one that was away, and none runs while it is', () => {
    const fleet = new SmallFleet(2, WITHIN)
    fleet.run(30, (index) => index !== 1)
    fleet.presence(1, 'lost')
    fleet.run(90, (index) => index !== 1)
    fleet.presence(1, 'online')
    fleet.run(59, (index) => index !== 1)
    expect(fleet.rollout.failed).toEqual([])
    fleet.run(3, (index) => index !== 1)
    expect(failedOf(fleet)).toEqual([[deviceId(1), 'instance.notHealthy']])
  })

  test('one that was healthy in time may restart later without being taken back', () => {
    // The gate waits for evidence that does not come.
    const checks = [{ measurement: 'people', compare: 'mean' as const, maxDifference: 1 }]
    const fleet = new SmallFleet(2, { ...WITHIN, waves: [1], gate: { ...QUICK, checks } })
    fleet.run(62)
    expect(fleet.rollout.released).toMatchObject([{ device: deviceId(1), tried: true }])
    fleet.run(10, (index) => index !== 1)
    expect(fleet.rollout.failed).toEqual([])
    expect(fleet.released).toEqual([1])
  })
})

describe('invariant 14: all the way back', () => {
  /** Three have the revision; the first does not come up on the old one again, and holds up the others. */
  function stuck(): SmallFleet {
    const fleet = new SmallFleet(3, {
      waves: ['100%'],
      maxUnavailable: 1,
      deadlineMs: 60_000,
      gate: { healthyForMs: 1e9 },
    })
    fleet.run(8)
    expect(fleet.released).toEqual([1, 2, 3])
    fleet.ask('roll-back')
    sick(fleet, 70)
    return fleet
  }
  function sick(fleet: SmallFleet, seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      fleet.decide()
      fleet.settle()
      fleet.get(1).healthy = false
      fleet.nowMs += 1000
    }
  }

  test('at its deadline it ends, says who is left, and takes them back when it may', () => {
    const fleet = stuck()
    expect(fleet.rollout).toMatchObject({ phase: 'rolledBack' })
    expect(fleet.released).toEqual([2, 3])
    expect(fleet.rollout.why).toMatch(/its time was up at .*; not back yet: cam-2, cam-3/)
    expect(isActive(fleet.rollout)).toBe(true)
    const left = devicesNotBack(fleet.rollout, fleet.facts)
    expect(left.map((member) => [member.device.name, whyNotBack(fleet.rollout, member)])).toEqual([
      ['cam-2', 'waits until fewer devices are down'],
      ['cam-3', 'waits until fewer devices are down'],
    ])
    expect(fleet.decide().reasons.at(-1)).toContain('2 devices are not back yet')
    fleet.get(1).healthy = true
    fleet.decide()
    expect(fleet.released).toEqual([3])
    fleet.run(4)
    expect(fleet.released).toEqual([])
    expect([1, 2, 3].map((index) => fleet.get(index).runs)).toEqual([OLD, OLD, OLD])
    expect(devicesNotBack(fleet.rollout, fleet.facts)).toEqual([])
    expect(isActive(fleet.rollout)).toBe(false)
    expect(fleet.rollout.phase).toBe('rolledBack')
  })

  test('one that is away is told to go back at once, and named until it says that it did', () => {
    const fleet = new SmallFleet(2, { waves: ['100%'], maxUnavailable: 2, gate: { healthyForMs: 1e9 } })
    fleet.run(2)
    fleet.presence(2, 'lost')
    fleet.ask('roll-back')
    fleet.run(2)
    expect(fleet.rollout).toMatchObject({ phase: 'rolledBack', released: [] })
    expect(fleet.get(2)).toMatchObject({ wanted: OLD, runs: NEW })
    const left = devicesNotBack(fleet.rollout, fleet.facts)
    expect(left.map((member) => [member.device.name, whyNotBack(fleet.rollout, member)])).toEqual([
      ['cam-2', 'not connected: it goes back when it is'],
    ])
    fleet.presence(2, 'online')
    fleet.settle()
    expect(devicesNotBack(fleet.rollout, fleet.facts)).toEqual([])
  })
})

describe('invariant 16: no growth without a person', () => {
  const policy: RolloutSpec = { maxTouched: 2, waves: [1, '100%'], maxUnavailable: 9, gate: { healthyForMs: 5000 } }
  const joined = (count: number) => {
    const fleet = new SmallFleet(3, policy, { maxJoining: 2 })
    for (let index = 4; index < 4 + count; index++) {
      fleet.add(index, { runs: undefined })
      fleet.run(1)
    }
    return fleet
  }

  test('as many may join as a change may touch; one more pauses it before that one is released', () => {
    expect(joined(2).rollout.phase).toBe('open')
    const fleet = joined(3)
    expect(fleet.rollout).toMatchObject({ phase: 'paused', pausedFrom: 'open' })
    expect(fleet.rollout.why).toContain('3 devices joined since a person was asked, 2 may; resume goes on with them')
    fleet.run(60)
    expect(fleet.released).toEqual([1])
  })

  test('a person who goes on agrees to those that are there, and it is counted anew', () => {
    const fleet = joined(3)
    fleet.ask('resume')
    expect(fleet.rollout).toMatchObject({ phase: 'open', joiningAgreed: 3 })
    fleet.add(7, { runs: undefined })
    fleet.run(30)
    expect(fleet.rollout).toMatchObject({ phase: 'completed', reach: 'all' })
  })
})
