/** What a rollout decides, on a small fleet whose clock is an argument. Numbers name the invariants of SPEC.md. */
import { describe, expect, test } from 'vitest'
import { NEW, OLD, SmallFleet, samples } from '../support/rollout-builders.ts'
import { deviceId } from '../support/snapshot-builders.ts'

const QUICK = { healthyForMs: 3000 }

describe('waves', () => {
  test('invariant 7: a canary, then a share, then the rest, each after the gate of the one before', () => {
    const fleet = new SmallFleet(10, { waves: [1, '50%', '100%'], maxUnavailable: 10, gate: QUICK })
    fleet.decide()
    expect(fleet.released).toEqual([1])
    fleet.run(2)
    expect(fleet.released).toEqual([1])
    fleet.run(3)
    expect(fleet.released).toEqual([1, 2, 3, 4, 5])
    fleet.run(12)
    expect(fleet.rollout).toMatchObject({ phase: 'completed', reach: 'all' })
  })

  test('by number, share, selector and list; the rest is a last wave', () => {
    const waves = [{ devices: ['cam-7'] }, { selector: 'device.labels.floor == "2"', name: 'upstairs' }, 1]
    const fleet = new SmallFleet(8, { waves })
    const ids = (numbers: number[]) => numbers.map(deviceId).sort()
    expect(fleet.rollout.waves.map(({ name, devices }) => [name, devices])).toEqual([
      ['cam-7', ids([7])],
      ['upstairs', ids([2, 4, 6, 8])],
      ['1 device', ids([1])],
      ['the rest', ids([3, 5])],
    ])
  })

  test('waves by size take devices that are connected first', () => {
    const fleet = new SmallFleet(4, { waves: [1] })
    fleet.presence(1, 'lost')
    const other = new SmallFleet(4, { waves: [2] }, { absent: 2 })
    expect(other.rollout.waves[0]?.devices).toEqual([deviceId(1), deviceId(2)])
  })

  test('invariant 6: waves stay as they were made; a device that comes later joins where it belongs', () => {
    const fleet = new SmallFleet(6, { waves: [{ selector: 'device.labels.floor == "2"' }], gate: QUICK })
    const frozen = fleet.rollout.waves.map(({ devices }) => devices)
    fleet.decide()
    fleet.add(8, {})
    fleet.add(9, {})
    fleet.decide()
    expect(fleet.rollout.waves.map(({ devices }) => devices)).toEqual(frozen)
    expect(fleet.rollout.waves.map(({ joined }) => joined)).toEqual([[deviceId(8)], [deviceId(9)]])
    fleet.settle()
    fleet.decide()
    expect(fleet.released).toContain(8)
    expect(fleet.released).not.toContain(9)
  })

  test('invariant 10: absent devices hold nothing up, and join when they are back', () => {
    const fleet = new SmallFleet(6, { waves: [3, '100%'], maxUnavailable: 6, gate: QUICK }, { absent: 1 })
    fleet.presence(2, 'lost')
    fleet.run(6)
    expect(fleet.rollout.wave).toBe(1)
    expect(fleet.released).toEqual([1, 3, 4, 5])
    fleet.presence(2, 'online')
    fleet.decide()
    expect(fleet.released).toEqual([1, 2, 3, 4, 5])
    fleet.run(10)
    expect(fleet.rollout.phase).toBe('completed')
  })

  test('a wave of which nobody is connected waits, and says so', () => {
    const fleet = new SmallFleet(3, { waves: [1] })
    fleet.presence(1, 'lost')
    const { reasons } = fleet.decide()
    expect(reasons).toEqual(['none of the 1 devices of the wave is connected'])
    expect(fleet.released).toEqual([])
  })

  test('invariant 10: after a start of the server it waits until everybody was heard, or three minutes', () => {
    const fleet = new SmallFleet(4, { waves: ['100%'], maxUnavailable: 4, gate: { healthyForMs: 0 } })
    for (const index of [2, 3, 4]) fleet.presence(index, 'unknown')
    fleet.decide()
    fleet.settle()
    expect(fleet.released).toEqual([1])
    expect(fleet.decide().reasons[0]).toBe('waits to hear from 3 of 4 devices: the server was started')
    expect(fleet.rollout.phase).toBe('open')
    fleet.nowMs += 180_000
    fleet.decide()
    expect(fleet.rollout.phase).toBe('completed')
  })

  test('without waves everybody has it at once, and it ends when all living are healthy or failed', () => {
    const fleet = new SmallFleet(3, {})
    expect(fleet.rollout).toMatchObject({ phase: 'open', reach: 'all' })
    for (const device of fleet.devices.values()) device.wanted = NEW
    fleet.decide()
    expect(fleet.rollout.phase).toBe('open')
    fleet.settle((index) => index !== 2)
    expect(fleet.decide().reasons[0]).toContain('2 of 3 living devices are healthy on revision 5: waits for cam-2')
    fleet.get(2).failure = { code: 'instance.trap', message: 'trapped', logs: [] }
    fleet.decide()
    expect(fleet.rollout.phase).toBe('completed')
  })
})

describe('how many at once', () => {
  test('invariant 1: never more than may be down, those that are down anyway first', () => {
    const fleet = new SmallFleet(10, { maxUnavailable: 2, gate: QUICK })
    fleet.get(9).healthy = false
    const { reasons, budget } = fleet.decide()
    expect(fleet.released).toEqual([1, 9])
    expect(budget).toMatchObject({ allowed: 2, moving: 2 })
    expect(reasons.join()).toContain('8 devices of the wave wait: 2 down, 2 may be')
    fleet.decide()
    expect(fleet.released).toEqual([1, 9])
    fleet.settle((index) => index !== 1)
    fleet.decide()
    expect(fleet.released).toEqual([1, 2, 9])
  })

  test('invariant 1: a share is one of the living devices, at least one', () => {
    const fleet = new SmallFleet(10, { maxUnavailable: '20%' }, { absent: 7 })
    expect(fleet.decide().budget).toMatchObject({ allowed: 1, living: 3 })
    expect(fleet.released).toHaveLength(1)
  })

  test('invariant 1: who was lost while it moved counts for ten minutes', () => {
    const fleet = new SmallFleet(4, { maxUnavailable: 1 })
    fleet.decide()
    expect(fleet.released).toEqual([1])
    fleet.presence(1, 'lost')
    fleet.decide()
    expect(fleet.released).toEqual([1])
    fleet.nowMs += 601_000
    fleet.decide()
    expect(fleet.released).toEqual([1, 2])
  })

  test('invariant 13: nobody is released outside of the window of its place', () => {
    const windows = [{ days: ['sat' as const], from: '22:00', to: '05:00' }]
    const fleet = new SmallFleet(5, { windows, maxUnavailable: 5 })
    fleet.get(1).local = { weekday: 6, minute: 22 * 60 }
    fleet.get(2).local = { weekday: 0, minute: 4 * 60 + 59 }
    fleet.get(3).local = { weekday: 0, minute: 5 * 60 }
    fleet.get(4).local = 'there is no time zone Mars/Phobos'
    const { reasons } = fleet.decide()
    expect(fleet.released).toEqual([1, 2])
    expect(reasons).toContain('2 devices wait for their window (sat 22:00 to 05:00, local time)')
    expect(reasons).toContain('cam-4 waits: there is no time zone Mars/Phobos')
  })

  test('invariant 12: nothing is released before the start, before an approval, or while paused', () => {
    const startAt = new Date(1_060_000).toISOString()
    const fleet = new SmallFleet(4, { startAt, approval: 'manual', maxUnavailable: 1 })
    expect(fleet.decide().reasons[0]).toBe('starts at 1970-01-01T00:17:40.000Z')
    expect(fleet.released).toEqual([])
    fleet.nowMs = 1_060_000
    expect(fleet.decide().reasons[0]).toContain('ocelli rollout approve people')
    expect(fleet.rollout.phase).toBe('approval')
    expect(fleet.released).toEqual([])
    fleet.ask('approve')
    expect(fleet.released).toEqual([1])
    fleet.ask('pause')
    fleet.settle()
    fleet.run(5)
    expect(fleet.released).toEqual([1])
    fleet.ask('resume')
    expect(fleet.released).toEqual([1, 2])
  })
})

describe('failures', () => {
  const trap = { code: 'instance.trap', message: 'integer divide by zero', logs: ['ERROR main: bad frame'] }

  test('invariant 9: a device on which it fails is counted once, goes back, and is left alone', () => {
    const fleet = new SmallFleet(4, { maxUnavailable: 1, gate: { ...QUICK, maxFailed: 1 } })
    fleet.decide()
    fleet.get(1).failure = trap
    const { steps } = fleet.decide()
    expect(steps[0]).toMatchObject({ do: 'takeBack', devices: [deviceId(1)] })
    expect(fleet.rollout.failed).toEqual([{ device: deviceId(1), atMs: fleet.nowMs, ...trap }])
    expect(fleet.get(1).wanted).toBe(OLD)
    fleet.run(20)
    expect(fleet.rollout.failed).toHaveLength(1)
    expect(fleet.rollout).toMatchObject({ phase: 'completed', reach: 'released' })
    expect(fleet.released).toEqual([2, 3, 4])
  })

  test('more than may fail pause it, with the reason; resumed, what was seen counts no more', () => {
    const fleet = new SmallFleet(4, { maxUnavailable: 1, gate: QUICK })
    fleet.decide()
    fleet.get(1).failure = trap
    const { reasons } = fleet.decide()
    expect(fleet.rollout).toMatchObject({ phase: 'paused', pausedFrom: 'open' })
    expect(reasons[0]).toContain('1 devices failed, 0 may (last cam-1: integer divide by zero)')
    fleet.ask('resume')
    fleet.run(20)
    expect(fleet.rollout.phase).toBe('completed')
  })

  test('invariant 14: with onFailure rollBack everybody goes back to what they had', () => {
    const fleet = new SmallFleet(6, { waves: ['50%', '100%'], maxUnavailable: 2, onFailure: 'rollBack', gate: QUICK })
    fleet.run(2)
    expect(fleet.released).toEqual([1, 2, 3])
    fleet.get(3).failure = trap
    fleet.decide()
    expect(fleet.rollout.phase).toBe('rollingBack')
    fleet.run(6)
    expect(fleet.rollout).toMatchObject({ phase: 'rolledBack', released: [] })
    expect([...fleet.devices.values()].map(({ runs }) => runs)).toEqual([OLD, OLD, OLD, OLD, OLD, OLD])
  })

  test('invariant 1: going back takes no more out of service at a time, and who is down anyway at once', () => {
    const fleet = new SmallFleet(6, { maxUnavailable: 2, gate: { healthyForMs: 100_000 } })
    fleet.run(10)
    expect(fleet.released).toHaveLength(6)
    fleet.get(5).healthy = false
    fleet.presence(6, 'lost')
    fleet.ask('roll-back')
    expect(fleet.released).toHaveLength(3)
    expect(fleet.released).not.toContain(5)
    expect(fleet.released).not.toContain(6)
  })

  test('invariant 1: going back, devices not heard from since the server was started count as they were', () => {
    const fleet = new SmallFleet(6, { maxUnavailable: 2, gate: { healthyForMs: 100_000 } })
    fleet.run(10)
    fleet.ask('roll-back')
    expect(fleet.released).toHaveLength(4)
    for (let index = 1; index <= 6; index++) fleet.presence(index, 'unknown')
    fleet.decide()
    // Two are on their way back still, for all that is known, and the others serve.
    expect(fleet.released).toHaveLength(4)
    for (const index of [3, 4, 5]) fleet.presence(index, 'online')
    fleet.decide()
    expect(fleet.released).toHaveLength(4)
    fleet.nowMs += 181_000
    fleet.decide()
    // Those two are given up waiting for; who is not there loses nothing, and two of those that are go back.
    expect(fleet.released).toHaveLength(1)
  })

  test('a canary that fails alone fails the gate, whatever maxFailed says', () => {
    const fleet = new SmallFleet(4, { waves: [1, '100%'], gate: { ...QUICK, maxFailed: 3 } })
    fleet.decide()
    fleet.get(1).failure = trap
    fleet.decide()
    expect(fleet.rollout.phase).toBe('paused')
    expect(fleet.rollout.why).toContain('all devices of the wave that live failed')
  })
})

describe('what a person asks', () => {
  test('invariant 4: abort leaves it to those that run it and takes it from those that were told', () => {
    const fleet = new SmallFleet(6, { maxUnavailable: 2, gate: QUICK }, { absent: 1 })
    fleet.run(1)
    fleet.decide()
    expect(fleet.released).toEqual([1, 2, 3, 4])
    fleet.ask('abort')
    expect(fleet.rollout).toMatchObject({ phase: 'aborted' })
    expect(fleet.released).toEqual([1, 2])
    fleet.presence(6, 'online')
    fleet.run(5)
    expect(fleet.released).toEqual([1, 2])
    expect(fleet.get(6).wanted).toBe(OLD)
  })

  test('invariant 4: without waves, too, abort leaves it to those that run it', () => {
    const fleet = new SmallFleet(4, {}, { absent: 1 })
    for (const device of fleet.devices.values()) device.wanted = NEW
    fleet.get(1).runs = NEW
    expect(() => fleet.ask('pause')).toThrow('all devices have the revision; it can be asked to abort, roll-back')
    fleet.ask('abort')
    expect(fleet.released).toEqual([1])
    expect([2, 3, 4].map((index) => fleet.get(index).wanted)).toEqual([OLD, OLD, OLD])
  })

  test('promote opens all waves at once, whatever gates and approvals are left, and never more than may be down', () => {
    const fleet = new SmallFleet(6, {
      waves: [1, '100%'],
      approval: 'manual',
      maxUnavailable: 2,
      gate: { healthyForMs: 1e9 },
    })
    fleet.decide()
    fleet.ask('promote')
    expect(fleet.released).toEqual([1, 2])
    fleet.run(4)
    expect(fleet.rollout.phase).toBe('completed')
  })

  test('a completed rollout can be taken back', () => {
    const fleet = new SmallFleet(3, { waves: ['100%'], maxUnavailable: 3, gate: QUICK })
    fleet.run(6)
    expect(fleet.rollout.phase).toBe('completed')
    fleet.ask('roll-back')
    fleet.run(3)
    expect(fleet.rollout).toMatchObject({ phase: 'rolledBack' })
    expect(fleet.get(1).runs).toBe(OLD)
  })

  test('of the first revision nobody has anything to go back to: instances stop', () => {
    const fleet = new SmallFleet(3, { waves: [1, '100%'], gate: QUICK }, { from: undefined })
    fleet.run(2)
    expect([1, 2, 3].map((index) => fleet.get(index).wanted)).toEqual([NEW, undefined, undefined])
    fleet.ask('roll-back')
    fleet.run(2)
    expect(fleet.rollout.phase).toBe('rolledBack')
    expect(fleet.get(1).wanted).toBeUndefined()
  })

  test.each(['approve', 'resume'] as const)('%s is refused where it makes no sense, with what can be asked', (verb) => {
    const fleet = new SmallFleet(3, { waves: [1] })
    fleet.decide()
    expect(() => fleet.ask(verb)).toThrow(/is open; it can be asked to pause, abort, roll-back, promote/)
  })
})

describe('the end', () => {
  test('invariant 5: at its deadline it ends, paused or waiting for evidence; going back has as long again', () => {
    const waiting = new SmallFleet(3, { waves: [1], deadlineMs: 60_000 })
    waiting.decide()
    waiting.ask('pause')
    waiting.nowMs += 60_000
    waiting.decide()
    expect(waiting.rollout.phase).toBe('aborted')
    const back = new SmallFleet(3, { waves: [1], deadlineMs: 60_000, onFailure: 'rollBack' })
    back.run(2)
    back.nowMs += 60_000
    back.decide()
    expect(back.rollout.phase).toBe('rollingBack')
    back.nowMs += 60_000
    back.decide()
    expect(back.rollout.phase).toBe('rolledBack')
  })

  test('invariant 11: the same question again changes nothing', () => {
    const fleet = new SmallFleet(5, { waves: [2, '100%'], gate: QUICK })
    for (let second = 0; second < 15; second++) {
      fleet.decide()
      const kept = fleet.rollout
      expect(fleet.decide().next).toBe(kept)
      fleet.settle()
      fleet.nowMs += 1000
    }
    expect(fleet.rollout.phase).toBe('completed')
  })
})

describe('output gates', () => {
  const people = { measurement: 'people', compare: 'mean' as const, maxDifferencePercent: 20 }
  const opened = (check: object, evidence: Partial<Pick<SmallFleet, 'rows' | 'before'>>) => {
    const fleet = new SmallFleet(5, { waves: [1, '100%'], gate: { healthyForMs: 0, checks: [check as typeof people] } })
    fleet.decide()
    fleet.settle()
    Object.assign(fleet, evidence)
    return fleet
  }
  const rest = [2, 3, 4, 5].map((index) => samples(index, OLD, 2))

  test('invariant 8: without enough evidence a gate waits and says what for', () => {
    const fleet = opened(people, { rows: [samples(1, NEW, 2, 4), ...rest] })
    const { gate } = fleet.decide()
    expect(gate.at(-1)).toMatchObject({
      verdict: 'waits',
      text: 'people: waits for 10 samples of 1 device on either side; there are in the wave 4 of 1, on the old revision 80 of 4',
    })
    expect(fleet.rollout.wave).toBe(0)
  })

  test('a mean that is near lets the next wave open; one that is far off stops the rollout', () => {
    const good = opened(people, { rows: [samples(1, NEW, 2.3), ...rest] })
    good.decide()
    expect(good.rollout.wave).toBe(1)
    expect(good.rollout.waves[0]?.verdict?.at(-1)).toMatchObject({
      verdict: 'holds',
      wave: { value: 2.3 },
      rest: { value: 2 },
    })
    const bad = opened(people, { rows: [samples(1, NEW, 4), ...rest] })
    bad.decide()
    expect(bad.rollout.phase).toBe('paused')
    expect(bad.rollout.why).toContain(
      'people: 4 in the wave (20 samples of 1 device), 2 on the old revision (80 samples of 4 devices): differs by 2, 0.4 is all that is allowed',
    )
  })

  test('records of another revision or of devices that were not released count for neither side', () => {
    const fleet = opened(people, { rows: [samples(1, NEW, 2), samples(1, OLD, 99), samples(2, NEW, 99), ...rest] })
    fleet.decide()
    expect(fleet.rollout.wave).toBe(1)
  })

  test('a rate: a component that talks three times as often fails it', () => {
    const check = { measurement: 'people', compare: 'rate', maxDifferencePercent: 50 }
    const fleet = opened(check, { rows: [samples(1, NEW, 2, 60, 1_060_000), ...rest] })
    expect(fleet.decide().gate.at(-1)?.text).toBe('people: waits until the wave was watched for 60 s; it is 0 s so far')
    fleet.nowMs += 60_000
    fleet.decide()
    expect(fleet.rollout.why).toContain('people a minute: 60 in the wave')
  })

  test('silence: a component that runs and says nothing fails it', () => {
    const check = { measurement: 'people', compare: 'silence', maxSilenceMs: 10_000 }
    const quiet = opened(check, { rows: [samples(1, NEW, 2, 20, 985_000), ...rest] })
    quiet.decide()
    expect(quiet.rollout.why).toContain('people: silent for at most 15 s')
    const talking = opened(check, { rows: [samples(1, NEW, 2, 20, 995_000), ...rest] })
    talking.decide()
    expect(talking.rollout.wave).toBe(1)
    const mute = opened(check, { rows: [...rest] })
    mute.decide()
    expect(mute.rollout.phase).toBe('open')
    mute.nowMs += 11_000
    mute.decide()
    expect(mute.rollout.phase).toBe('paused')
  })

  test('drift: each device against itself before, whatever others see', () => {
    const check = { measurement: 'people', compare: 'drift', maxDifference: 1 }
    const same = opened(check, { rows: [samples(1, NEW, 30), ...rest], before: [samples(1, OLD, 29.5)] })
    same.decide()
    expect(same.rollout.wave).toBe(1)
    const drifted = opened(check, { rows: [samples(1, NEW, 30), ...rest], before: [samples(1, OLD, 20)] })
    drifted.decide()
    expect(drifted.rollout.why).toContain(
      'people: 30 in the wave (20 samples of 1 device), 20 before it got the revision',
    )
  })

  test('an expression: true where all is well, and it waits for what it reads', () => {
    const check = { cel: 'wave.people.mean <= rest.people.mean * 1.5' }
    const waits = opened(check, { rows: [samples(1, NEW, 2)] })
    waits.presence(2, 'online')
    expect(waits.decide().gate.at(-1)?.text).toContain('waits for 10 samples of people of 1 device on the old revision')
    const fails = opened(check, { rows: [samples(1, NEW, 4), ...rest] })
    fails.decide()
    expect(fails.rollout.why).toContain('wave.people.mean <= rest.people.mean * 1.5 is false (wave.people: mean 4')
  })

  test('in the last wave, where no device has the old revision, it is compared with what they put out before', () => {
    const policy = { waves: ['100%'], maxUnavailable: 5, gate: { healthyForMs: 0, checks: [people] } }
    const fleet = new SmallFleet(2, policy)
    fleet.decide()
    fleet.settle()
    fleet.rows = [samples(1, NEW, 4), samples(2, NEW, 4)]
    fleet.before = [samples(1, OLD, 2), samples(2, OLD, 2)]
    fleet.decide()
    expect(fleet.rollout.why).toContain('2 on the old revision, before')
  })

  test('restarts and errors are rates for each device, and judged once the wave is healthy', () => {
    const policy = { waves: [1], gate: { healthyForMs: 5000, maxRestartsPerHour: 1, maxErrorsPerHour: 100 } }
    const fleet = new SmallFleet(3, policy)
    fleet.decide()
    fleet.settle()
    fleet.get(1).restarts = 3
    expect(fleet.decide().gate.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['healthy', 'waits'],
      ['failed', 'holds'],
      ['restarts', 'waits'],
      ['errors', 'waits'],
    ])
    fleet.nowMs += 5000
    fleet.decide()
    expect(fleet.rollout.why).toContain('3 restarts in')
  })
})

describe('shadow', () => {
  const policy = {
    waves: [2, '100%'],
    maxUnavailable: 4,
    gate: { healthyForMs: 0 },
    shadow: { forMs: 3000, checks: [{ measurement: 'people', maxDifference: 0.5 }] },
  }
  const pairs = (difference: number) => [{ device: deviceId(1), name: 'people', pairs: 20, equal: 5, difference }]

  test('a wave runs as shadow first, is compared on the same frames, and is switched', () => {
    const fleet = new SmallFleet(4, policy)
    const { steps } = fleet.decide()
    expect(steps).toContainEqual({ do: 'shadow', devices: [deviceId(1), deviceId(2)] })
    expect(fleet.released).toEqual([])
    fleet.settle()
    expect(fleet.decide().reasons).toEqual([
      '2 shadows run beside the live instances for 0 of 3 s',
      'people: waits for 10 frames of which both put it out; there are 0',
    ])
    fleet.pairs = pairs(2)
    fleet.nowMs += 3000
    fleet.decide()
    expect(fleet.rollout.phase).toBe('open')
    expect(fleet.released).toEqual([1, 2])
  })

  test('shadows that put out something else stop it before any device was switched', () => {
    const fleet = new SmallFleet(4, policy)
    fleet.run(1)
    fleet.pairs = pairs(40)
    fleet.decide()
    expect(fleet.rollout.phase).toBe('paused')
    expect(fleet.rollout.why).toContain('on 20 same frames shadow and live differ by 2 on average')
    expect(fleet.released).toEqual([])
  })

  test('where no device has room for both it says so and pauses; resumed, it goes on without', () => {
    const fleet = new SmallFleet(4, policy)
    for (const index of [1, 2]) fleet.get(index).noShadow = 'memory 64 MiB > 20 MiB left'
    fleet.run(1)
    expect(fleet.rollout.phase).toBe('paused')
    expect(fleet.rollout.why).toContain(
      'no device of the wave has room for both revisions (cam-1: memory 64 MiB > 20 MiB left)',
    )
    fleet.ask('resume')
    expect(fleet.rollout.phase).toBe('open')
    expect(fleet.released).toEqual([1, 2])
  })
})
