/** What a rollout means for placement, and from where the next one starts. */
import type { DeploymentId, ProjectId } from '@ocelli/schemas/ids'
import type { Failure, Rollout } from '@ocelli/server/domain/rollout'
import type { DeploymentState, RevisionState } from '@ocelli/server/domain/snapshot'
import { beginRollout } from '@ocelli/server/rollout/begin'
import { stageRevisions, withRollout } from '@ocelli/server/rollout/stage'
import { describe, expect, test } from 'vitest'
import { NEW, OLD, SmallFleet } from '../support/rollout-builders.ts'
import { deviceId } from '../support/snapshot-builders.ts'

const revision = (number: number): RevisionState => ({
  revision: number,
  spec: { realisations: [{ name: 'main', component: `people@1.0.${number}` }], grants: [] },
  components: {},
})
const deployment: DeploymentState = { id: 'p-aaaaaaaaaaaaaaaa' as DeploymentId, name: 'people', ...revision(NEW) }
const stage = (rollout: Rollout) => withRollout(deployment, rollout, revision).rollout
const failure = (index: number): Failure => ({
  device: deviceId(index),
  atMs: 1,
  code: 'instance.trap',
  message: 'x',
  logs: [],
})

function rollout(change: Partial<Rollout> = {}): Rollout {
  const fleet = new SmallFleet(3, { waves: [1] })
  fleet.decide()
  return { ...fleet.rollout, ...change }
}

describe('the stage', () => {
  test('while it runs: released devices have the new revision, others what they came from', () => {
    expect(stage(rollout())).toEqual({ from: revision(OLD), bases: {}, released: [deviceId(1)], shadow: [] })
    expect(stageRevisions(rollout({ bases: { [deviceId(2)]: 3 } }))).toEqual([OLD, 3])
  })

  test('a device that is released leaves its base', () => {
    const bases = { [deviceId(1)]: 3, [deviceId(2)]: 3 }
    expect(stage(rollout({ bases }))?.bases).toEqual({ [deviceId(2)]: revision(3) })
  })

  test('when everybody has it there is none, nor of a rollout that a later revision replaced', () => {
    expect(stage(rollout({ reach: 'all', phase: 'completed' }))).toBeUndefined()
    expect(stage(rollout({ phase: 'superseded' }))).toBeUndefined()
    expect(stage(rollout({ revision: NEW + 1 }))).toBeUndefined()
  })

  test('completed but for some: these keep what they went back to, everybody else has it, those of tomorrow too', () => {
    const done = stage(rollout({ phase: 'completed', failed: [failure(2)] }))
    expect(done).toMatchObject({
      from: revision(NEW),
      bases: { [deviceId(2)]: revision(OLD) },
      released: [],
      shadow: [],
    })
  })
})

describe('the next rollout', () => {
  const next = (last: Rollout) =>
    beginRollout({
      ...{ project: 'default' as ProjectId, deployment: deployment.id, name: 'people', revision: NEW + 1, before: NEW },
      ...{ policy: { waves: [1] }, last, devices: [], actor: 'ada', nowMs: 1 },
    })

  test('starts from the revision before, where that had reached everybody', () => {
    expect(next(rollout({ reach: 'all', phase: 'completed' }))).toMatchObject({ from: NEW, bases: {} })
  })

  test('of one that was not finished: goes back to the last that was, and leaves each device what it has until then', () => {
    for (const phase of ['open', 'aborted', 'superseded'] as const) {
      expect(next(rollout({ phase }))).toMatchObject({ from: OLD, bases: { [deviceId(1)]: NEW } })
    }
    expect(next(rollout({ phase: 'rolledBack', released: [] }))).toMatchObject({ from: OLD, bases: {} })
  })

  test('of one that completed but for some: these start from what they went back to', () => {
    const last = rollout({ phase: 'completed', failed: [failure(3)] })
    expect(next(last)).toMatchObject({ from: NEW, bases: { [deviceId(3)]: OLD } })
  })
})
