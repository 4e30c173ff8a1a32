/** The agent's plan as tables: what is desired, what is, and the steps between. */
import { AFTER_END, type AfterEnd, afterEnd, type EndKind, LIFE } from '@ocelli/agent/plan/lifecycle'
import {
  type Current,
  type CurrentInstance,
  nextPlanAtMs,
  obstacle,
  type Progress,
  plan,
  type Step,
  sameRun,
  verifyKey,
} from '@ocelli/agent/plan/plan'
import type { Digest } from '@ocelli/schemas/ids'
import type { DesiredInstance } from '@ocelli/schemas/messages/desired'
import { expect, test } from 'vitest'
import { Authority, imagerId, instance } from '../support/agent-documents.ts'

const counter = new Authority().component('counter')
const { component } = counter
const NOW = 10_000
const done: Progress = { phase: 'done' }
const active: Progress = { phase: 'active' }
const error = { code: 'artifact.unavailable', message: 'no network' }
const failed = (retryAtMs: number): Progress => ({ phase: 'failed', error, retryAtMs })
const refused: Progress = { phase: 'refused', error: { code: 'trust.signature', message: 'no' } }

interface Situation {
  readonly signature?: Progress
  readonly bytes?: Progress
  readonly verified?: Progress
  readonly prepared?: Progress
  readonly instance?: Omit<CurrentInstance, 'restartAsked'> & { readonly restartAsked?: boolean }
  readonly imagers?: readonly string[]
  readonly features?: readonly string[]
}

/** Everything got and nothing running, unless said otherwise. */
function current(situation: Situation = {}): Current {
  const map = <K, V>(key: K, value: V | undefined): Map<K, V> => new Map(value === undefined ? [] : [[key, value]])
  const { signature, bytes, verified, prepared } = situation
  return {
    features: new Set(situation.features ?? []),
    imagers: new Set((situation.imagers ?? []).map(imagerId)),
    fetched: new Map([...map(component.signature, signature), ...map(component.digest, bytes)]),
    verified: map(verifyKey(component), verified),
    prepared: map(component.digest, prepared),
    instances: map(instance(counter).id, situation.instance && { restartAsked: false, ...situation.instance }),
  }
}

const READY = { signature: done, bytes: done, verified: done, prepared: done } as const
const spec = instance(counter)
const ended = (outcome: AfterEnd, atMs = 0, of: DesiredInstance = spec) =>
  ({ spec: of, phase: 'ended', after: { outcome, atMs } }) as const
const other = { ...spec, config: { values: { level: '2' } } }
const revised = { ...spec, revision: 2 }
const eyed = { ...spec, imager: imagerId('cam0') }
const strict = { ...spec, features: ['teleport'] }
const tooFar = { ...spec, components: [{ ...component, links: [{ interface: 'a:b/c@1.0.0', from: 3 }] }] }
const running = { spec, phase: 'running' } as const

const fetchSignature: Step = { do: 'fetch', digest: component.signature, maxBytes: 131_072, exactBytes: false }
const fetchBytes: Step = { do: 'fetch', digest: component.digest, maxBytes: component.sizeBytes, exactBytes: true }
const start = (of: DesiredInstance = spec): Step => ({ do: 'start', instance: of })
const stop = (why: Extract<Step, { do: 'stop' }>['why']): Step => ({ do: 'stop', id: spec.id, why })

const TABLE: readonly [string, readonly DesiredInstance[], Situation, readonly Step[]][] = [
  ['nothing is got: fetch signature and bytes', [spec], {}, [fetchSignature, fetchBytes]],
  ['a fetch under way is not planned again', [spec], { signature: active }, [fetchBytes]],
  ['a failed fetch waits for its time', [spec], { signature: done, bytes: failed(NOW + 1) }, []],
  ['and is due then', [spec], { signature: done, bytes: failed(NOW) }, [fetchBytes]],
  [
    'both are here: verify, and nothing before that',
    [spec],
    { signature: done, bytes: done },
    [{ do: 'verify', component }],
  ],
  [
    'verified: prepare',
    [spec],
    { signature: done, bytes: done, verified: done },
    [{ do: 'prepare', digest: component.digest }],
  ],
  ['refused: nothing', [spec], { signature: done, bytes: done, verified: refused }, []],
  ['refused while it runs: stop', [spec], { ...READY, verified: refused, instance: running }, [stop('refused')]],
  ['ready: start', [spec], READY, [start()]],
  ['starting or running as desired: nothing', [spec], { ...READY, instance: running }, []],
  ['stopping: wait', [spec], { ...READY, instance: { spec: other, phase: 'stopping' } }, []],
  ['runs something else: stop', [other], { ...READY, instance: running }, [stop('changed')]],
  ['starts something else: stop', [other], { ...READY, instance: { spec, phase: 'starting' } }, [stop('changed')]],
  [
    'runs the same under an older revision: adopt',
    [revised],
    { ...READY, instance: running },
    [{ do: 'adopt', instance: revised }],
  ],
  ['its successor is not here yet: it goes on', [other], { signature: done, bytes: active, instance: running }, []],
  ['stopped for a change: start', [other], { ...READY, instance: ended('again') }, [start(other)]],
  ['backoff: wait', [spec], { ...READY, instance: ended('backoff', NOW + 1) }, []],
  ['backoff over: start', [spec], { ...READY, instance: ended('backoff', NOW) }, [start()]],
  ['completed: nothing', [spec], { ...READY, instance: ended('completed') }, []],
  ['completed in an older revision: start', [revised], { ...READY, instance: ended('completed') }, [start(revised)]],
  ['given up: nothing', [spec], { ...READY, instance: ended('givenUp') }, []],
  ['given up, but the revision changed: start', [revised], { ...READY, instance: ended('givenUp') }, [start(revised)]],
  ['refused by the host: nothing', [spec], { ...READY, instance: ended('refused') }, []],
  [
    'a restart was asked for while running: stop',
    [spec],
    { ...READY, instance: { ...running, restartAsked: true } },
    [stop('restart')],
  ],
  [
    'a restart was asked for after it was given up: start',
    [spec],
    { ...READY, instance: { ...ended('givenUp'), restartAsked: true } },
    [start()],
  ],
  ['no longer desired and running: stop', [], { ...READY, instance: running }, [stop('removed')]],
  ['no longer desired and stopping: wait', [], { instance: { spec, phase: 'stopping' } }, []],
  ['no longer desired and ended: forget', [], { instance: ended('again') }, [{ do: 'forget', id: spec.id }]],
  ['its imager is missing: wait', [eyed], READY, []],
  ['its imager is missing, but its component can be got', [eyed], { signature: done }, [fetchBytes]],
  ['its imager is there: start', [eyed], { ...READY, imagers: ['cam0'] }, [start(eyed)]],
  [
    'its imager was pulled out: stop',
    [eyed],
    { ...READY, instance: { spec: eyed, phase: 'running' } },
    [stop('imagerMissing')],
  ],
  ['a feature is lacking: nothing is even fetched', [strict], {}, []],
  ['a feature is there: as without', [strict], { ...READY, features: ['teleport'] }, [start(strict)]],
  ['a link leads to no component: nothing', [tooFar], READY, []],
]

test.each(TABLE)('%s', (_name, desired, situation, steps) => {
  expect(plan(desired, current(situation), NOW)).toEqual(steps)
})

test('two instances of one component fetch it once', () => {
  const steps = plan([instance(counter, {}, 'b'), instance(counter, {}, 'a')], current(), NOW)
  expect(steps).toEqual([fetchSignature, fetchBytes])
})

test('the plan does not depend on the order of what is desired', () => {
  const list = ['c', 'a', 'b'].map((letter) => instance(counter, {}, letter))
  expect(plan(list, current(READY), NOW)).toEqual(plan([...list].reverse(), current(READY), NOW))
})

test('a large configuration is fetched before the start', () => {
  const digest = `sha256:${'c'.repeat(64)}` as Digest
  const large = { ...spec, config: { digest } }
  expect(plan([large], current(READY), NOW)).toEqual([{ do: 'fetch', digest, maxBytes: 1_048_576, exactBytes: false }])
})

test('the next plan is due at the earliest retry or end of a backoff', () => {
  expect(nextPlanAtMs(current(READY), NOW)).toBeUndefined()
  expect(nextPlanAtMs(current({ signature: failed(NOW + 70), bytes: failed(NOW + 30) }), NOW)).toBe(NOW + 30)
  expect(nextPlanAtMs(current({ instance: ended('backoff', NOW + 5) }), NOW)).toBe(NOW + 5)
  expect(nextPlanAtMs(current({ instance: ended('givenUp', NOW + 5) }), NOW)).toBeUndefined()
})

test('every obstacle names its reason', () => {
  expect(obstacle(strict, current(READY))).toMatchObject({ state: 'refused', error: { code: 'feature.missing' } })
  expect(obstacle(tooFar, current(READY))).toMatchObject({ state: 'refused', error: { code: 'link.missing' } })
  expect(obstacle(eyed, current(READY))).toMatchObject({ state: 'waiting', error: { code: 'imager.missing' } })
  expect(obstacle(spec, current({ signature: failed(0) }))).toMatchObject({ state: 'fetching', error })
  expect(obstacle(spec, current({ ...READY, prepared: active }))).toEqual({ state: 'preparing' })
  expect(obstacle(spec, current(READY))).toBeUndefined()
})

test('a field that the instance can see makes another run; one that it cannot does not', () => {
  expect(sameRun(spec, { ...revised, role: 'shadow', realisation: 'other' })).toBe(true)
  for (const change of [
    { intervalMs: 5 },
    { grants: ['a:b/c@1.0.0'] },
    { frames: { widthPixels: 4 } },
    { imager: imagerId('x') },
  ]) {
    expect(sameRun(spec, { ...spec, ...change })).toBe(false)
  }
  // What a shadow must not do is decided when it starts.
  for (const grant of ['ocelli:sensing/images@0.1.0', 'ocelli:sensing/imager-control@0.1.0']) {
    const granted = { ...spec, grants: [grant] }
    expect(sameRun(granted, { ...granted, role: 'shadow' })).toBe(false)
  }
  // The order of fields is no difference.
  expect(sameRun(spec, Object.fromEntries(Object.entries(spec).reverse()) as DesiredInstance)).toBe(true)
})

test('the tables of life and restart are complete, and nothing leaves a phase by accident', () => {
  expect(LIFE).toMatchObject({
    stopping: { started: 'stopping', start: 'stopping' },
    ended: { start: 'starting', stop: 'ended' },
  })
  const ends: readonly EndKind[] = ['stopped', 'success', 'failure']
  const rows = Object.entries(AFTER_END).map(([policy, row]) => [policy, ...ends.map((end) => row[end])])
  expect(rows).toEqual([
    ['always', 'again', 'backoff', 'backoff'],
    ['onFailure', 'again', 'completed', 'backoff'],
    ['never', 'again', 'completed', 'givenUp'],
    ['unknown', 'again', 'completed', 'backoff'],
  ])
})

const restart = { policy: 'always', maxAttempts: 4, backoffMs: 100, maxBackoffMs: 300, healthyForMs: 5000 } as const
const COUNTS: readonly [string, EndKind, number, number, { failures: number; outcome: AfterEnd; backoffMs: number }][] =
  [
    [
      'the first failure waits the first backoff',
      'failure',
      0,
      10,
      { failures: 1, outcome: 'backoff', backoffMs: 100 },
    ],
    ['the second waits twice', 'failure', 1, 10, { failures: 2, outcome: 'backoff', backoffMs: 200 }],
    ['the third is bounded', 'failure', 2, 10, { failures: 3, outcome: 'backoff', backoffMs: 300 }],
    ['the last attempt ends it', 'failure', 3, 10, { failures: 4, outcome: 'givenUp', backoffMs: 0 }],
    ['a healthy run begins the count anew', 'failure', 3, 5000, { failures: 1, outcome: 'backoff', backoffMs: 100 }],
    [
      'a task that ends well runs again after its first backoff',
      'success',
      3,
      10,
      { failures: 0, outcome: 'backoff', backoffMs: 100 },
    ],
    ['a stop that was asked for counts nothing', 'stopped', 2, 10, { failures: 2, outcome: 'again', backoffMs: 0 }],
  ]

test.each(COUNTS)('%s', (_name, end, before, ranForMs, expected) => {
  expect(afterEnd(restart, end, before, ranForMs)).toEqual(expected)
})

test('without a limit of attempts nothing is ever given up', () => {
  expect(afterEnd({ ...restart, maxAttempts: 0 }, 'failure', 1_000_000, 0)).toMatchObject({
    outcome: 'backoff',
    backoffMs: 300,
  })
})
