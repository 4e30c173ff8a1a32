/** From what a device reports to what people read of it: each word of progress, and why it failed, with its last log lines. */
import type { Placement } from '@ocelli/schemas/api/plan'
import { PROGRESS, type Progress } from '@ocelli/schemas/api/rollout'
import type { DeploymentId, Digest, InstanceId, ProjectId } from '@ocelli/schemas/ids'
import type { Reported, ReportedInstance } from '@ocelli/schemas/messages/reported'
import type { DeviceRow } from '@ocelli/server/domain/records'
import type { Rollout } from '@ocelli/server/domain/rollout'
import { decide } from '@ocelli/server/rollout/decide'
import type { RolloutFacts } from '@ocelli/server/rollout/facts'
import { membersFrom } from '@ocelli/server/rollout/members'
import { progressOf } from '@ocelli/server/rollout/progress'
import { describe, expect, test } from 'vitest'
import { deviceLines } from '../../server/cli/format/rollout.ts'
import { rolloutDevices } from '../../server/src/http/views/rollouts.ts'
import { NEW, OLD, SmallFleet } from '../support/rollout-builders.ts'
import { deviceId } from '../support/snapshot-builders.ts'

const DEPLOYMENT = 'p-aaaaaaaaaaaaaaaa' as DeploymentId
const instance = (index: number) => `i-${String(index).padStart(16, 'a')}` as InstanceId
const SEEN = { epoch: 1, counter: 2 }

interface Said {
  readonly presence?: DeviceRow['presence']
  /** Generation that it reported; it was told of `SEEN`. */
  readonly counter?: number
  readonly instance?: Partial<ReportedInstance>
}

function row(index: number, { presence = 'online', counter = 2, instance: said }: Said): DeviceRow {
  const reported = {
    generation: { epoch: 1, counter },
    instances: said ? [{ id: instance(index), restarts: 0, healthy: false, ...said }] : [],
  } as unknown as Reported
  return {
    id: deviceId(index),
    project: 'default' as ProjectId,
    name: `cam-${index}`,
    labels: {},
    enrolledAtMs: 1,
    presence,
    presenceAtMs: 1,
    reported,
    desired: { device: deviceId(index), generation: SEEN, instances: [], issuedAtMs: 1, trustVersion: 1 },
  }
}

function placement(index: number, revision: number): Placement {
  return {
    instance: instance(index),
    deployment: DEPLOYMENT,
    revision,
    device: deviceId(index),
    slot: 'device',
    realisation: 'main',
    components: [{ reference: 'a@1.0.0', digest: 'sha256:x' as Digest, links: [] }],
    score: 100,
  }
}

/** One device that has the new revision, and says this of it. */
function shown(said: Said, change: Partial<Rollout> = {}, revision: number | 'none' = NEW) {
  const fleet = new SmallFleet(2, { waves: [1] })
  fleet.decide()
  const rollout = { ...fleet.rollout, ...change }
  const members = membersFrom(rollout, {
    rows: [row(1, said)],
    placements: revision === 'none' ? [] : [placement(1, revision)],
    would: new Set(revision === 'none' ? [] : [deviceId(1)]),
    pinned: new Set(),
    decisions: new Map(),
    local: () => ({ weekday: 0, minute: 0 }),
  })
  const facts: RolloutFacts = { members, evidence: new Map(), pairs: [] }
  return { rollout, facts, nowMs: fleet.nowMs }
}

describe('progress of a device', () => {
  const cases: readonly (readonly [Progress, Parameters<typeof shown>])[] = [
    ['waiting', [{ instance: { revision: OLD, state: 'running', healthy: true } }, { released: [] }, OLD]],
    ['told', [{ counter: 1, instance: { revision: OLD, state: 'running', healthy: true } }]],
    ['fetching', [{ instance: { revision: NEW, state: 'fetching' } }]],
    ['starting', [{ instance: { revision: NEW, state: 'running' } }]],
    ['healthy', [{ instance: { revision: NEW, state: 'running', healthy: true } }]],
    ['failed', [{ instance: { revision: NEW, state: 'crashLoop' } }]],
    [
      'rolledBack',
      [{ instance: { revision: OLD, state: 'running' } }, { released: [], takenBack: [deviceId(1)] }, OLD],
    ],
    ['absent', [{ presence: 'lost', instance: { revision: OLD, state: 'running' } }]],
    ['left', [{}, { released: [] }, 'none']],
  ]

  test.each(cases)('%s', (progress, given) => {
    const { rollout, facts } = shown(...given)
    expect([...facts.members.values()].map(progressOf(rollout))).toEqual([progress])
  })

  test('has a case for each word', () => {
    expect(cases.map(([progress]) => progress)).toEqual([...PROGRESS])
  })
})

test('a crash loop ends by the device giving up: it is counted, taken back, and told with its reason and last log lines', () => {
  const logs = ['info main: started', 'warn main: no frame', 'error main: divide by zero', 'error stderr: trapped']
  const error = { code: 'instance.crashLoop', message: 'given up after 10 tries: integer divide by zero', atMs: 1 }
  const given = shown({ instance: { revision: NEW, state: 'crashLoop', restarts: 9, error, logs } })
  const { next } = decide(given.rollout, given.facts, given.nowMs)
  expect(next.failed).toMatchObject([{ device: deviceId(1), code: error.code, message: error.message, logs }])
  expect(next.takenBack).toEqual([deviceId(1)])
  const [device] = rolloutDevices({ ...given, rollout: next })
  expect(device).toMatchObject({ progress: 'failed', why: error.message, error: { code: error.code }, logs })
  expect(device && deviceLines(device)).toEqual([
    '    cam-1 (wave 1): failed: given up after 10 tries: integer divide by zero',
    '      | warn main: no frame',
    '      | error main: divide by zero',
    '      | error stderr: trapped',
  ])
})
