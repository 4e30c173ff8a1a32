/** Rollouts as people read them, and the local time of places. */
import { PROGRESS, type RolloutSummary } from '@ocelli/schemas/api/rollout'
import { createLocalTime } from '@ocelli/server/local-time'
import { describe, expect, test } from 'vitest'
import { countsText, outcomeCode, progressBar } from '../../server/cli/format/rollout.ts'
import { isRefusal } from '../../server/src/domain/refusal.ts'
import { command } from '../../server/src/rollout/command.ts'
import { SmallFleet } from '../support/rollout-builders.ts'

const counts = (some: Partial<RolloutSummary['counts']>): RolloutSummary['counts'] =>
  ({ ...Object.fromEntries(PROGRESS.map((one) => [one, 0])), ...some }) as RolloutSummary['counts']

describe('progress', () => {
  test('a bar shows how many are healthy and how many failed, of those that are still meant', () => {
    const shown = progressBar({ members: 12, counts: counts({ healthy: 5, failed: 2, waiting: 3, left: 2 }) }, 10)
    expect(shown).toBe('[#####xx---] 5 of 10 healthy')
    expect(progressBar({ members: 0, counts: counts({}) }, 4)).toBe('[----] 0 of 0 healthy')
  })

  test('counts name only what there is', () => {
    expect(countsText({ counts: counts({ healthy: 2, rolledBack: 1 }) })).toBe('2 healthy, 1 rolled back')
  })

  test.each([
    ['completed', {}, 0],
    ['completed', { failed: 1 }, 1],
    ['paused', {}, 3],
    ['approval', {}, 3],
    ['rolledBack', {}, 4],
    ['aborted', {}, 5],
    ['superseded', {}, 6],
    ['open', {}, undefined],
    ['rollingBack', {}, undefined],
  ] as const)('%s %j ends with exit code %j', (phase, some, code) => {
    expect(outcomeCode({ phase, counts: counts(some) })).toBe(code)
  })
})

test('each verb says what it does to running, waiting and absent devices before it is done', () => {
  const fleet = new SmallFleet(
    6,
    { waves: ['50%', '100%'], maxUnavailable: 2, gate: { healthyForMs: 0 } },
    { absent: 1 },
  )
  fleet.run(1)
  fleet.decide()
  const told = (verb: 'pause' | 'abort' | 'roll-back' | 'promote') => {
    const asked = command(fleet.rollout, fleet.facts, verb, { actor: 'ada', atMs: fleet.nowMs })
    if (isRefusal(asked)) throw new Error(asked.message)
    const { running, waiting, absent } = asked
    return { running, waiting, absent }
  }
  expect(told('pause')).toEqual({
    running:
      'cam-1, cam-2, cam-3 that have revision 5 or are moving to it: nothing changes, those that are moving go on',
    waiting: 'cam-4, cam-5: stay on what they run now',
    absent: 'cam-6: stay on what they run now when they come back, unless they were released already',
  })
  expect(told('abort').running).toContain('cam-3 that was told and does not run it yet goes back')
  expect(told('roll-back').running).toContain('those that are not healthy at once, the others no more at a time')
  expect(told('promote').waiting).toContain('get it now')
})

test('local time knows zones, their summer time, and what is no zone', () => {
  const localTime = createLocalTime()
  const july = Date.UTC(2026, 6, 4, 22, 30)
  expect(localTime('UTC', july)).toEqual({ weekday: 6, minute: 22 * 60 + 30 })
  expect(localTime('Europe/Zurich', july)).toEqual({ weekday: 0, minute: 30 })
  expect(localTime('Europe/Zurich', Date.UTC(2026, 0, 4, 22, 30))).toEqual({ weekday: 0, minute: 23 * 60 + 30 })
  expect(localTime('Asia/Kathmandu', july)).toEqual({ weekday: 0, minute: 4 * 60 + 15 })
  expect(localTime('Mars/Phobos', july)).toBeUndefined()
})
